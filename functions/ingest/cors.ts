import type { Site } from '../../shared/core/site.ts';
import { allowsOrigin } from './access.ts';
import { type CollectReply, Refused } from './http.ts';

/**
 * The headers that let a page read a reply. A preflight names no site, and an error may come before the
 * site is known, so an origin is echoed when any site allows it; what it may send to a site is decided
 * with that site. Cookies go along, so the origin is named, never `*`.
 */
export function corsHeaders(sites: ReadonlyMap<string, Site>, origin: string | null): Record<string, string> {
  if (origin === null) return {};
  for (const site of sites.values()) {
    if (allowsOrigin(site, origin)) {
      return {
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        vary: 'origin',
      };
    }
  }
  return { vary: 'origin' };
}

/** Answers the question that a browser asks before it posts JSON from another origin. */
export function preflightReply(cors: Record<string, string>): CollectReply {
  if (cors['access-control-allow-origin'] === undefined) {
    throw new Refused(
      403,
      'origin_not_allowed',
      'No site takes this origin: add it to `allowed_origins` in the site file.',
    );
  }
  return {
    status: 204,
    headers: {
      ...cors,
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'content-type, content-encoding',
      'access-control-max-age': '86400',
    },
    cookies: [],
    body: '',
  };
}
