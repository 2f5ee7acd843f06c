import type { Clock } from '../../shared/core/clock.ts';
import { RetconError } from '../../shared/core/errors.ts';
import type { Site } from '../../shared/core/site.ts';
import { siteConfigPrefix, siteOfConfigKey } from '../../shared/lake/keys.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import type { OpenSite } from './world.ts';

/** How long sites are believed, and how long to wait after a refresh that failed. */
const FRESH_MS = 60_000;
const RETRY_MS = 5_000;

/**
 * The sites as the lake's `config/sites/*.json` has them, read again when they are older than 60 s. When
 * that fails the last good ones stay and the log says so; with none yet, it throws. Callers that come
 * together share one reading.
 */
export function createSiteCache(world: {
  objects: ObjectStore;
  clock: Clock;
  log: Log;
  /** Settles where a site's units begin, minutes east of UTC: opens its log when nobody has yet. */
  dayOffset(site: Site): Promise<number>;
}): () => Promise<ReadonlyMap<string, OpenSite>> {
  let known: ReadonlyMap<string, OpenSite> | null = null;
  let nextRead = 0;
  let reading: Promise<ReadonlyMap<string, OpenSite>> | null = null;

  async function refresh(): Promise<ReadonlyMap<string, OpenSite>> {
    try {
      known = await readSites(world, known);
      nextRead = world.clock.now() + FRESH_MS;
      return known;
    } catch (cause) {
      if (known === null) throw cause;
      world.log.warn('the sites could not be read again; the last ones stay', { error: String(cause) });
      nextRead = world.clock.now() + RETRY_MS;
      return known;
    } finally {
      reading = null;
    }
  }

  return async () => {
    if (known !== null && world.clock.now() < nextRead) return known;
    reading ??= refresh();
    return reading;
  };
}

async function readSites(
  world: { objects: ObjectStore; log: Log; dayOffset(site: Site): Promise<number> },
  last: ReadonlyMap<string, OpenSite> | null,
): Promise<ReadonlyMap<string, OpenSite>> {
  const sites = new Map<string, OpenSite>();
  for (const { key } of await world.objects.list(siteConfigPrefix)) {
    const id = siteOfConfigKey(key);
    if (id === null) continue;
    const object = await world.objects.get(key);
    if (object === null) continue;
    try {
      const site = parsedSite(object.body, id);
      sites.set(id, { ...site, day_offset_minutes: await world.dayOffset(site) });
    } catch (cause) {
      world.log.error('a site can not be read; its last settings stay', { key, error: String(cause) });
      const before = last?.get(id);
      if (before !== undefined) sites.set(id, before);
    }
  }
  return sites;
}

function parsedSite(body: Buffer, id: string): Site {
  const site = JSON.parse(body.toString()) as Partial<Site> | null;
  const lists = [site?.write_keys, site?.allowed_origins, site?.hosts].every(Array.isArray);
  if (site?.site !== id || !lists || site.privacy === undefined || site.limits === undefined) {
    throw new RetconError('bad_site', `The settings of site ${id} are not whole: store its site file again.`);
  }
  return site as Site;
}
