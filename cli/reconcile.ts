import { createHash } from 'node:crypto';
import type { LocalLake } from '../local/lake.ts';
import { groupBy } from '../shared/core/group-by.ts';
import { landingPrefix, reconciledKey } from '../shared/lake/keys.ts';
import { openLanding } from '../shared/lake/landing-reader.ts';
import { unconsumed } from '../shared/lake/ledger.ts';
import { everyApplying, markApplying } from '../shared/lake/proposals.ts';
import type { SiteIndex } from '../shared/lake/site-index.ts';
import { everySite } from '../shared/lake/sites.ts';
import { redrive } from './redrive.ts';

/**
 * What the reconciler saw: of each folder of an hour under `landing/` in which everything was consumed, a hash of
 * the names in it. What is consumed stays consumed, so a folder with the same names needs no second look.
 */
interface Note {
  hours: Record<string, string>;
}

/**
 * Finds what a lost event missed: landing objects that the ledger doesn't know are announced to compact
 * again, proposals whose process died before they were released are taken up again, and every site is looked
 * at once more. Listing is the truth; events are hints. Only folders in which something is new since they were
 * seen consumed as a whole have their objects opened. Only beacons that could not be landed are in no listing:
 * they were answered 202, so they are tried again, however often.
 *
 * @returns landing objects that were announced again
 */
export async function reconcile(lake: LocalLake): Promise<number> {
  await redrive(lake, 'ingest');
  const sites = await everySite(lake.lake);
  const indexes = new Map<string, SiteIndex>();
  for (const site of sites) indexes.set(site, await lake.lake.log(site).read());
  const found = await lake.objects.get(reconciledKey);
  const note: Note = found === null ? { hours: {} } : (JSON.parse(found.body.toString('utf8')) as Note);
  const keys = (await lake.objects.list(landingPrefix)).map(({ key }) => key);
  const hours: Note['hours'] = {};
  const missing: string[] = [];
  for (const [hour, inHour] of groupBy(keys, (key) => key.slice(0, key.lastIndexOf('/')))) {
    const names = createHash('sha256').update(inHour.sort().join('\n')).digest('hex').slice(0, 32);
    let whole = true;
    for (const key of note.hours[hour] === names ? [] : inHour) {
      const state = await stateOf(lake, indexes, key);
      if (state === 'missing') missing.push(key);
      if (state !== 'consumed') whole = false;
    }
    if (whole) hours[hour] = names;
  }
  const text = JSON.stringify({ hours });
  if (text !== found?.body.toString('utf8')) await lake.objects.put(reconciledKey, text);
  await lake.compactAgain(missing);
  const applying = await everyApplying(lake.objects);
  for (const { id } of applying) await markApplying(lake.objects, id);
  await lake.bus.announce(
    applying.map(({ id }) => ({ type: 'Definition Changed', detail: { proposal: id } })),
  );
  await lake.bus.announce(
    sites.map((site) => ({ type: 'Partition Compacted', detail: { site, reason: 'reconciler' } })),
  );
  return missing.length;
}

/** `unclear`: it can't be read now, or it holds rows of a site that isn't opened, and may be some day. */
async function stateOf(
  lake: LocalLake,
  indexes: ReadonlyMap<string, SiteIndex>,
  object: string,
): Promise<'consumed' | 'missing' | 'unclear'> {
  let state: 'consumed' | 'unclear' = 'consumed';
  try {
    const index = await openLanding(lake.objects, object);
    if (index === null) return 'unclear';
    for (const { site, unit } of index.units) {
      const known = indexes.get(site);
      if (known === undefined) state = 'unclear';
      else if ((await unconsumed(lake.objects, known, unit, [{ object }])).length > 0) return 'missing';
    }
  } catch {
    return 'unclear';
  }
  return state;
}
