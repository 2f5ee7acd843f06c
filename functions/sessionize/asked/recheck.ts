import { inParallel } from '../../../shared/in-parallel.ts';
import { candidateOfRelease } from '../../../shared/lake/candidate.ts';
import type { Lake } from '../../../shared/lake/lake.ts';
import type { Release } from '../../../shared/lake/releases.ts';
import type { Dataset, ResultRef } from '../../../shared/lake/site-index.ts';
import { addLaterHits } from '../additions.ts';
import { conversionsStage, hitsStage, touchesStage } from '../conversion-stages.ts';
import { boundariesStage, tablesStage } from '../obtain.ts';
import { type Reach, reaches } from '../reach.ts';
import { settingsFor } from '../sessionize.ts';
import { stitchUnits } from '../stitch-units.ts';
import { targetOf } from '../target.ts';
import { runTask } from '../tasks.ts';
import { type UnitPlan, unitPlans } from '../unit-plan.ts';
import { Overlay } from './overlay.ts';

/** Tasks at once: one reads while another computes. */
const AT_ONCE = 2;

/** A result that came out otherwise than it stands in the lake: its digests. */
export interface Difference {
  site: string;
  dataset: Dataset;
  unit: string;
  stands: string;
  found: string;
}

/**
 * Computes a site's live results again from its facts, taking nothing that was computed before and writing
 * nothing, and compares digests. All of it in this one call. Null when some results are not up to date, so
 * that there is nothing to compare with.
 */
export async function recheckSite(
  lake: Lake,
  live: Release,
  site: string,
  reach: Reach,
): Promise<{ computed: Record<string, number>; differences: Difference[] } | null> {
  const index = await lake.log(site).read();
  if (index.opened === null) return { computed: {}, differences: [] };
  const settings = settingsFor(candidateOfRelease(live), site, index.opened);
  const target = await targetOf({ objects: new Overlay(lake.objects), clock: lake.clock }, settings);
  const standing = unitPlans(index, live.slices);
  const forced = (plan: UnitPlan): boolean => reaches(reach, target.context, plan.unit);
  const plans = standing.map((plan): UnitPlan => {
    return forced(plan) ? { ...plan, had: {}, known: new Map() } : { ...plan, results: { ...plan.had } };
  });
  if (plans.some((plan) => !forced(plan) && plan.results.boundaries === undefined)) return null;
  const again = async (stage: ReturnType<typeof boundariesStage>): Promise<void> => {
    await inParallel(AT_ONCE, plans.filter(forced), async (plan) => {
      const keys = stage.keys(plan);
      if (Object.keys(keys).length === 0) return;
      Object.assign(plan.results, await runTask(target, stage.task(plan, keys)));
    });
  };
  await again(boundariesStage(target));
  await stitchUnits(target, plans, []);
  await again(hitsStage(target, reach));
  await addLaterHits(target, plans);
  for (const stage of [tablesStage, touchesStage, conversionsStage]) await again(stage(target, plans, reach));
  const computed: Record<string, number> = {};
  const differences: Difference[] = [];
  let stale = false;
  for (const [place, plan] of plans.entries()) {
    if (!forced(plan)) continue;
    const { had } = standing[place]!;
    for (const [name, found] of Object.entries(plan.results) as [Dataset, ResultRef][]) {
      const stands = had[name];
      // A difference upstream gives other keys below it: then it is what counts.
      if (stands?.key !== found.key) stale = true;
      if (stands === undefined) continue;
      computed[name] = (computed[name] ?? 0) + 1;
      if (stands.digest === found.digest) continue;
      const { digest } = stands;
      differences.push({ site, dataset: name, unit: plan.unit, stands: digest, found: found.digest });
    }
  }
  return stale && differences.length === 0 ? null : { computed, differences };
}
