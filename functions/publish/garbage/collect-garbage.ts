import type { GlueCatalog } from '../../../shared/clients/glue-catalog.ts';
import type { Lake } from '../../../shared/lake/lake.ts';
import { maintained } from '../../../shared/lake/maintained.ts';
import { everyMart, readState } from '../../../shared/lake/mart-state.ts';
import { everySite } from '../../../shared/lake/sites.ts';
import { projectSite } from '../project.ts';
import { forget, forgetMart, forgettable } from './forget.ts';
import { type KeepPolicy, type Kept, keptOf } from './kept.ts';
import { Referenced } from './referenced.ts';
import { type Swept, sweep } from './sweep.ts';

export interface GarbageDeps {
  lake: Lake;
  catalog: GlueCatalog;
  bucketUri: string;
}

export interface Collected extends Swept {
  /** By site, slices that are kept no longer. */
  forgotten: Record<string, string[]>;
}

/**
 * Forgets results that nobody keeps, takes their partitions out of the catalog, and removes objects that
 * nothing has referred to for the whole grace. Never a fact that counts, never what was landed. May run at
 * any time, beside anything, and again after a crash.
 *
 * @param dryRun says what would go and changes nothing
 */
export async function collectGarbage(
  deps: GarbageDeps,
  policy: KeepPolicy,
  dryRun: boolean,
): Promise<Collected> {
  const { lake, catalog, bucketUri } = deps;
  const kept = await keptOf(lake, policy);
  if (kept === null) return { forgotten: {}, removed: {}, waiting: {} };
  const sites = await everySite(lake);
  const forgotten: Collected['forgotten'] = {};
  for (const site of sites) {
    const slices = dryRun
      ? forgettable(await lake.log(site).read(), kept).slices
      : await forget(lake, site, kept);
    if (slices.length > 0) forgotten[site] = slices;
  }
  if (!dryRun) {
    const { live } = (await maintained(lake))!;
    for (const site of sites) await projectSite(lake, catalog, bucketUri, site, live.slices);
    for (const mart of await everyMart(lake)) await forgetMart(deps, mart, kept);
  }
  return { forgotten, ...(await sweep(lake, () => referencedNow(lake, sites, kept), dryRun)) };
}

/** All that is referred to now. */
async function referencedNow(lake: Lake, sites: readonly string[], kept: Kept): Promise<Referenced> {
  const referenced = new Referenced();
  for (const site of sites) referenced.addSite(await lake.log(site).read());
  referenced.addProposals(kept.proposals);
  for (const mart of await everyMart(lake)) referenced.addMart(await readState(lake, mart));
  return referenced;
}
