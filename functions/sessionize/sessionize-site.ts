import type { Lake } from '../../shared/lake/lake.ts';
import { boundariesStage, type ObtainDeps, obtain, tablesStage } from './obtain.ts';
import { stitchUnits } from './stitch-units.ts';
import { type TargetSettings, targetOf } from './target.ts';
import { changesOf, type Recomputed, sameFacts, unitPlans } from './unit-plan.ts';

/** `elsewhere`: the work was shared out; the site must be sessionized again when it is done. */
export interface SiteOutcome {
  outcome: 'up to date' | 'elsewhere';
  /** What was computed here, and why; what workers did elsewhere is not in it. */
  recomputed: Recomputed[];
}

/**
 * Brings a site's derived data up to its facts and definition (docs/architecture.md, "Speculate, then
 * repair"):
 *
 * 1. where sessions start in each unit by itself, in parallel;
 * 2. what crosses the edges, forward and backward, for the visitors on both sides only;
 * 3. the tables of the units of which an input moved, in parallel.
 *
 * A result whose key stands in the index or in a manifest is taken from there. Ends with one log entry,
 * which is put only if the facts are still the ones it was computed from; else all is done again, at
 * the cost of what changed.
 */
export async function sessionizeSite(
  lake: Lake,
  deps: Omit<ObtainDeps, 'clock'>,
  settings: TargetSettings,
): Promise<SiteOutcome> {
  const recomputed: Recomputed[] = [];
  const target = await targetOf(lake.objects, settings);
  const log = lake.log(settings.site);
  const stages = { clock: lake.clock, ...deps };
  for (;;) {
    const plans = unitPlans(await log.read(), settings.slices);
    const first = await obtain(stages, target, settings, plans, boundariesStage(target), recomputed);
    if (first === 'elsewhere') return { outcome: first, recomputed };
    await stitchUnits(target, plans, recomputed);
    const last = await obtain(stages, target, settings, plans, tablesStage(target), recomputed);
    if (last === 'elsewhere') return { outcome: last, recomputed };
    for (;;) {
      if (!sameFacts(log.folded, plans)) break;
      const results = plans.flatMap((plan) => changesOf(plan, settings.slices));
      if (results.length === 0) return { outcome: 'up to date', recomputed };
      const outcome = await log.append({ type: 'derived', results });
      if (outcome === 'written') return { outcome: 'up to date', recomputed };
      await log.read();
    }
  }
}
