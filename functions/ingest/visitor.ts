import { canonicalJson } from '../../shared/core/canonical-json.ts';
import { hash128 } from '../../shared/core/event/fingerprint.ts';
import type { Site } from '../../shared/core/site.ts';
import type { CollectRequest } from './http.ts';
import type { CollectWorld } from './world.ts';

const COOKIE = '_rc';
const COOKIE_SECONDS = 400 * 86_400;

/** Who a request's events belong to when they don't say (or may not say) themselves. */
export interface Visitor {
  id: string;
  /** `Set-Cookie` to send when the id was used; null when the browser has it, or must not have it. */
  cookie: string | null;
}

/**
 * The visitor of a request (docs/semantics.md "Collector"): the cookie `_rc`; else a new id of 128 random
 * bits, to be set. For cookieless sites and `Sec-GPC: 1` no cookie is read or set: the id is a hash of site,
 * UTC day, full address, user agent and the day's salt, so that it says nothing once the salt is gone and
 * joins no two days.
 */
export function visitorOf(
  request: CollectRequest,
  site: Site,
  address: string | null,
  now: number,
  world: Pick<CollectWorld, 'randomBytes' | 'salt'>,
): Visitor {
  if (site.privacy.cookieless || request.headers['sec-gpc'] === '1') {
    const day = new Date(now).toISOString().slice(0, 10);
    const agent = request.headers['user-agent'] ?? null;
    return { id: hash128(canonicalJson([site.site, day, address, agent, world.salt(day)])), cookie: null };
  }
  const known = cookieOf(request);
  if (known !== null) return { id: known, cookie: null };
  const id = world.randomBytes(16).toString('hex');
  const secure = isLocalhost(request.headers.host) ? '' : '; Secure';
  return {
    id,
    cookie: `${COOKIE}=${id}; Max-Age=${COOKIE_SECONDS}; Path=/; HttpOnly; SameSite=Lax${secure}`,
  };
}

/** The cookie's id; what we can't have set is no id. */
function cookieOf(request: CollectRequest): string | null {
  for (const cookie of request.cookies) {
    const [name, value] = cookie.split('=', 2);
    if (name?.trim() === COOKIE && value !== undefined && /^[0-9a-f]{32}$/.test(value.trim()))
      return value.trim();
  }
  return null;
}

function isLocalhost(host: string | undefined): boolean {
  return host !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host);
}
