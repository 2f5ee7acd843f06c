import type { GlueCatalog } from '../../../shared/clients/glue-catalog.ts';
import type { Lake } from '../../../shared/lake/lake.ts';
import { readState, writeState } from '../../../shared/lake/mart-state.ts';
import type { SiteIndex } from '../../../shared/lake/site-index.ts';
import type { Kept } from './kept.ts';

/** What a site's index holds that nobody keeps any more. */
export function forgettable(index: SiteIndex, kept: Kept): { slices: string[]; targets: string[] } {
  const slices = new Set<string>();
  for (const { results } of Object.values(index.units)) {
    for (const bySlice of Object.values(results)) for (const slice of Object.keys(bySlice)) slices.add(slice);
  }
  return {
    slices: [...slices].filter((slice) => !kept.slices.has(slice)).sort(),
    // A name is a target, or a target and what of it was looked at.
    targets: Object.keys(index.ready).filter((name) => !kept.targets.has(name.split(' ')[0]!)),
  };
}

/**
 * Takes results that nobody keeps out of a site's index: one log entry. Their files stay until they have been
 * garbage for the whole grace, so that whoever uses them right now, or refers to them again, finds them.
 *
 * @returns slices that were forgotten
 */
export async function forget(lake: Lake, site: string, kept: Kept): Promise<string[]> {
  const log = lake.log(site);
  for (;;) {
    const { slices, targets } = forgettable(await log.read(), kept);
    if (slices.length === 0 && targets.length === 0) return [];
    if ((await log.append({ type: 'forgotten', slices, targets })) === 'written') return slices;
  }
}

/** Takes versions of a mart that nobody keeps out of the catalog and out of what stands. @returns how many */
export async function forgetMart(
  { lake, catalog }: { lake: Lake; catalog: GlueCatalog },
  mart: string,
  kept: Kept,
): Promise<number> {
  const slices = Object.keys(await readState(lake, mart)).filter((slice) => !kept.slices.has(slice));
  for (const slice of slices) {
    await catalog.dropPartitions(`${mart}_all`, [[slice, 'all']]);
    await writeState(lake, mart, slice, null);
  }
  return slices.length;
}
