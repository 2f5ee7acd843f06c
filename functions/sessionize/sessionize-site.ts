import { dateOfDay, dayOfDate } from '../../shared/core/unit.ts';
import { inParallel } from '../../shared/in-parallel.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { findResult } from '../../shared/lake/manifests.ts';
import {
  type Dataset,
  type FactsRef,
  type ResultRef,
  type SiteIndex,
  unitsWithFacts,
} from '../../shared/lake/site-index.ts';
import { getEdge, type Head, type Tail } from './edges.ts';
import {
  boundariesKey,
  computeBoundaries,
  computeCrossings,
  computeTables,
  crossingRows,
  crossingsKey,
  emitKey,
  type Target,
} from './results.ts';

const AT_ONCE = 2;

/** What was computed, by dataset; 0 everywhere when nothing was stale. */
export type Computed = Record<Dataset, number>;

interface UnitPlan {
  unit: string;
  facts: FactsRef;
  /** The unit's results in the index, for the slices at hand. */
  had: Partial<Record<Dataset, ResultRef>>;
  results: Partial<Record<Dataset, ResultRef>>;
}

/**
 * Brings a site's derived data up to its facts and definition: where sessions start, unit by unit
 * forward; what crosses the edges, backward; then the tables of the units whose inputs changed. A
 * result whose key stands in the index or in a manifest is taken from there. Ends with one log entry,
 * which is put only if the facts are still the ones it was computed from; else all is done again, at
 * the cost of what changed.
 */
export async function sessionizeSite(lake: Lake, target: Target): Promise<Computed> {
  const computed: Computed = { boundaries: 0, crossings: 0, sessions: 0, events: 0 };
  const log = lake.log(target.context.site);
  for (;;) {
    const plans = plansOf(await log.read(), target);
    await forward(target, plans, computed);
    await backward(target, plans, computed);
    await tables(target, plans, computed);
    for (;;) {
      const changed = plans.flatMap((plan) => changes(plan, target));
      if (changed.length === 0 && sameFacts(log.folded, plans)) return computed;
      if (!sameFacts(log.folded, plans)) break;
      if ((await log.append({ type: 'derived', results: changed })) === 'written') return computed;
      await log.read();
    }
  }
}

function plansOf(index: SiteIndex, target: Target): UnitPlan[] {
  return unitsWithFacts(index).map((unit) => {
    const state = index.units[unit]!;
    const had: UnitPlan['had'] = {};
    for (const dataset of Object.keys(state.results) as Dataset[]) {
      const ref = state.results[dataset]?.[target.slices[dataset]!];
      if (ref) had[dataset] = ref;
    }
    return { unit, facts: state.facts!, had, results: {} };
  });
}

function sameFacts(index: SiteIndex, plans: readonly UnitPlan[]): boolean {
  const units = unitsWithFacts(index);
  return (
    units.length === plans.length &&
    plans.every(({ unit, facts }) => index.units[unit]?.facts?.digest === facts.digest)
  );
}

function changes(plan: UnitPlan, target: Target) {
  return (Object.keys(plan.results) as Dataset[]).flatMap((dataset) => {
    const ref = plan.results[dataset]!;
    if (plan.had[dataset]?.key === ref.key) return [];
    return [{ dataset, slice: target.slices[dataset]!, unit: plan.unit, ref }];
  });
}

/** The result of a key: as the index has it, as a manifest has it, or computed. */
async function obtain(
  target: Target,
  had: ResultRef | undefined,
  key: string,
  compute: () => Promise<ResultRef>,
): Promise<ResultRef> {
  if (had?.key === key) return had;
  return (await findResult(target.objects, key)) ?? (await compute());
}

/** The plan of the day before or after, when that day has facts: only neighbours share an edge. */
function neighbour(plans: readonly UnitPlan[], index: number, step: 1 | -1): UnitPlan | undefined {
  const other = plans[index + step];
  return other?.unit === dateOfDay(dayOfDate(plans[index]!.unit) + step) ? other : undefined;
}

async function forward(target: Target, plans: readonly UnitPlan[], computed: Computed): Promise<void> {
  for (const [index, plan] of plans.entries()) {
    const tailsIn = neighbour(plans, index, -1)?.results.boundaries?.tails;
    const key = boundariesKey(target, plan.facts, tailsIn?.digest ?? 'none');
    plan.results.boundaries = await obtain(target, plan.had.boundaries, key, async () => {
      computed.boundaries++;
      const tails = await getEdge<Tail>(target.objects, tailsIn);
      return computeBoundaries(target, plan.unit, plan.facts, key, tails);
    });
  }
}

async function backward(target: Target, plans: readonly UnitPlan[], computed: Computed): Promise<void> {
  for (let index = plans.length - 1; index >= 0; index--) {
    const plan = plans[index]!;
    const next = neighbour(plans, index, 1)?.results;
    const heads = next?.boundaries?.heads;
    const beyond = next?.crossings;
    const key = crossingsKey(target, plan.unit, heads?.digest ?? 'none', beyond?.digest ?? 'none');
    plan.results.crossings = await obtain(target, plan.had.crossings, key, async () => {
      computed.crossings++;
      return computeCrossings(
        target,
        plan.unit,
        key,
        await getEdge<Head>(target.objects, heads),
        await crossingRows(target.objects, beyond),
      );
    });
  }
}

async function tables(target: Target, plans: readonly UnitPlan[], computed: Computed): Promise<void> {
  await inParallel(AT_ONCE, plans, async (plan, index) => {
    const { boundaries, crossings } = plan.results as Required<UnitPlan['results']>;
    const missing: Partial<Record<'sessions' | 'events', string>> = {};
    for (const dataset of ['sessions', 'events'] as const) {
      const key = emitKey(target, dataset, plan.facts, boundaries, crossings.digest);
      const had = plan.had[dataset];
      const found = had?.key === key ? had : await findResult(target.objects, key);
      if (found) plan.results[dataset] = found;
      else missing[dataset] = key;
    }
    if (Object.keys(missing).length === 0) return;
    const tailsIn = neighbour(plans, index, -1)?.results.boundaries?.tails;
    const made = await computeTables(
      target,
      plan.unit,
      plan.facts,
      missing,
      await getEdge<Tail>(target.objects, tailsIn),
      await crossingRows(target.objects, crossings),
    );
    for (const dataset of ['sessions', 'events'] as const) {
      if (made[dataset] === undefined) continue;
      plan.results[dataset] = made[dataset];
      computed[dataset]++;
    }
  });
}
