import type { Site } from '../core/site.ts';
import type { ObjectStore } from '../ports/objects.ts';
import { siteConfigKey, siteConfigPrefix, siteOfConfigKey } from './keys.ts';
import type { Lake } from './lake.ts';

/** Every site that the lake has a configuration of, by name. */
export async function everySite(lake: Lake): Promise<string[]> {
  const keys = await lake.objects.list(siteConfigPrefix);
  return keys.flatMap(({ key }) => siteOfConfigKey(key) ?? []);
}

/** A site's configuration as the functions read it; null when there is none. */
export async function loadSite(objects: ObjectStore, site: string): Promise<Site | null> {
  const found = await objects.get(siteConfigKey(site));
  return found === null ? null : (JSON.parse(found.body.toString('utf8')) as Site);
}

/** Stores a site's configuration where the functions read it; nothing is written when it didn't change. */
export async function storeSite(lake: Lake, site: Site): Promise<void> {
  const text = JSON.stringify(site);
  const had = await lake.objects.get(siteConfigKey(site.site));
  if (had?.body.toString('utf8') === text) return;
  await lake.objects.put(siteConfigKey(site.site), text, { contentType: 'application/json' });
}
