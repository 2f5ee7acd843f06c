import type { LocalLake } from '../local/lake.ts';
import { landingPrefix } from '../shared/lake/keys.ts';
import { openLanding } from '../shared/lake/landing-reader.ts';
import { everyApplying, markApplying } from '../shared/lake/proposals.ts';
import { everySite } from '../shared/lake/sites.ts';
import { redrive } from './redrive.ts';

/**
 * Finds what a lost event missed: landing objects that the ledger doesn't know are announced to compact
 * again, proposals whose process died before they were released are taken up again, and every site is looked
 * at once more. Listing is the truth; events are hints. Only beacons that could not be landed are in no listing:
 * they were answered 202, so they are tried again, however often.
 *
 * @returns landing objects that were announced again
 */
export async function reconcile(lake: LocalLake): Promise<number> {
  await redrive(lake, 'ingest');
  const consumed = new Set<string>();
  const sites = await everySite(lake.lake);
  for (const site of sites) {
    const { units } = await lake.lake.log(site).read();
    for (const [unit, state] of Object.entries(units)) {
      for (const object of Object.keys(state.consumed)) consumed.add(`${site}/${unit}/${object}`);
    }
  }
  const known = new Set(sites);
  const missing: string[] = [];
  for (const { key } of await lake.objects.list(landingPrefix)) {
    const index = await openLanding(lake.objects, key).catch(() => null);
    if (index?.units.some(({ site, unit }) => known.has(site) && !consumed.has(`${site}/${unit}/${key}`))) {
      missing.push(key);
    }
  }
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
