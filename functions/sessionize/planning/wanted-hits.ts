import { additionsKey } from '../additions.ts';
import { neighbour } from '../edge-keys.ts';
import { hitsKey, wantsHits } from '../hits.ts';
import type { Target } from '../target.ts';
import type { LeanPlan } from '../unit-plan.ts';

/**
 * What is known of a unit's hits: `own`, nobody has found yet what converts in the unit; `later`, what later
 * units add to that is not known.
 */
export type HitsKnown = 'known' | 'own' | 'later';

/** Fills in hits and additions as far as they stand in the index. In the order of the plans. */
export function followHits(target: Target, plans: readonly LeanPlan[]): HitsKnown[] {
  const own = plans.map((plan) => ownKnown(target, plan));
  const later: boolean[] = [];
  for (let index = plans.length - 1; index >= 0; index--) {
    const plan = plans[index]!;
    const next = neighbour(plans, index, 1);
    later[index] = true;
    if (next === undefined) continue;
    if (!own[index + 1] || !later[index + 1] || next.results.stitches === undefined) {
      // Nothing of later days belongs to a unit out of which no session runs.
      later[index] = plan.results.crossings?.digest === 'none';
      continue;
    }
    const key = additionsKey(target, plan.unit, next.results);
    const found = key === null ? undefined : plan.known.get(key);
    if (found !== undefined) plan.results.additions = found;
    else later[index] = key === null;
  }
  return plans.map((_, index) => (!own[index] ? 'own' : later[index] ? 'known' : 'later'));
}

function ownKnown(target: Target, plan: LeanPlan): boolean {
  const { unit, facts, results, known } = plan;
  if (!wantsHits({ context: target.context, unit })) return true;
  const { boundaries, stitches, crossings } = results;
  if (boundaries === undefined || stitches === undefined || crossings === undefined) return false;
  const found = known.get(hitsKey(target, unit, facts, { boundaries, stitches, crossings }));
  if (found !== undefined) results.hits = found;
  return found !== undefined;
}
