import type { Site } from '../../shared/core/site.ts';
import { Refused } from './http.ts';
import { sameSecret } from './same-secret.ts';
import type { OpenSite } from './world.ts';

/** What a request may do in the site it named. */
export interface Access {
  site: OpenSite;
  /** Whether a visitor named by the request itself is believed: a valid key and no Origin. */
  bodyVisitorAllowed: boolean;
}

/**
 * Admits a request to a site (docs/semantics.md "Collector"). An unknown site and a wrong key are told
 * apart by nothing: one 403. An Origin, when there is one, must be listed unless the site lists none.
 */
export function admit(
  sites: ReadonlyMap<string, OpenSite>,
  siteId: string,
  key: string | null,
  origin: string | null,
): Access {
  const site = sites.get(siteId);
  const validKey = site !== undefined && key !== null && isKeyOf(site, key);
  if (site === undefined || (site.write_keys.length > 0 && !validKey)) {
    throw new Refused(
      403,
      'forbidden',
      'This site and key do not go together: check `site` and `key` against the site file.',
    );
  }
  if (origin !== null && !allowsOrigin(site, origin)) {
    throw new Refused(
      403,
      'origin_not_allowed',
      'This origin may not send to the site: add it to `allowed_origins` in the site file.',
    );
  }
  return { site, bodyVisitorAllowed: validKey && origin === null };
}

/** Every key is compared, so that the time taken says nothing about which one nearly fits. */
function isKeyOf(site: Site, key: string): boolean {
  let found = false;
  for (const known of site.write_keys) found = sameSecret(key, known) || found;
  return found;
}

export function allowsOrigin(site: Site, origin: string): boolean {
  return site.allowed_origins.length === 0 || site.allowed_origins.includes(origin.toLowerCase());
}
