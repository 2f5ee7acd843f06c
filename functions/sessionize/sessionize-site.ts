import { targetId } from '../../shared/lake/candidate.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { addLaterHits } from './additions.ts';
import { conversionsStage, hitsStage, touchesStage } from './conversion-stages.ts';
import { boundariesStage, type ObtainDeps, obtain, tablesStage } from './obtain.ts';
import { type Reach, readyName } from './reach.ts';
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
 * 3. what converts, which the sessions of earlier units may count;
 * 4. the tables of the units of which an input moved, in parallel; conversions last, for they look back.
 *
 * A result whose key stands in the index or in a manifest is taken from there. Ends with one log entry,
 * which is put only if the facts are still the ones it was computed from; else all is done again, at
 * the cost of what changed. The entry also says that the target is whole for these facts, so that whoever
 * waits for that needs no keys.
 */
export async function sessionizeSite(
  lake: Lake,
  deps: Omit<ObtainDeps, 'clock'>,
  settings: TargetSettings,
  reach: Reach,
): Promise<SiteOutcome> {
  const recomputed: Recomputed[] = [];
  const target = await targetOf(lake, settings);
  const log = lake.log(settings.site);
  const stages = { clock: lake.clock, ...deps };
  const name = readyName(targetId(settings), reach);
  for (;;) {
    const plans = unitPlans(await log.read(), settings.slices);
    const first = await obtain(stages, target, settings, plans, boundariesStage(target), recomputed);
    if (first === 'elsewhere') return { outcome: first, recomputed };
    await stitchUnits(target, plans, recomputed);
    const hits = await obtain(stages, target, settings, plans, hitsStage(target, reach), recomputed);
    if (hits === 'elsewhere') return { outcome: hits, recomputed };
    await addLaterHits(target, plans);
    for (const stage of [tablesStage, touchesStage, conversionsStage]) {
      const done = await obtain(stages, target, settings, plans, stage(target, plans, reach), recomputed);
      if (done === 'elsewhere') return { outcome: done, recomputed };
    }
    for (;;) {
      if (!sameFacts(log.folded, plans)) break;
      const results = plans.flatMap((plan) => changesOf(plan, settings.slices));
      const { facts_n, ready } = log.folded;
      if (results.length === 0 && ready[name] === facts_n) return { outcome: 'up to date', recomputed };
      const outcome = await log.append({ type: 'derived', results, ready: { target: name, facts_n } });
      if (outcome === 'written') return { outcome: 'up to date', recomputed };
      await log.read();
    }
  }
}
