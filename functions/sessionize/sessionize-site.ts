import { inParallel } from '../../shared/in-parallel.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { findResult } from '../../shared/lake/manifests.ts';
import { type Dataset, type SiteIndex, unitsWithFacts } from '../../shared/lake/site-index.ts';
import { PUBLIC_TABLES, type PublicTable } from '../../shared/lake/tables.ts';
import { boundariesKey, computeBoundaries } from './boundaries.ts';
import { type Recomputed, readCrossings, readStitch, stitchUnits, type UnitPlan } from './stitch-units.ts';
import { computeTables, type TableKeys, tableKey } from './tables.ts';
import type { Target } from './target.ts';

/** Units at once: one reads and writes while another computes. */
const AT_ONCE = 2;

/** Datasets whose results stand in a site's index, and under whose slice. */
const SLICE_OF: Record<Dataset, string> = {
  boundaries: 'boundaries',
  stitches: 'boundaries',
  crossings: 'boundaries',
  sessions: 'sessions',
  events: 'events',
};
const DATASETS = Object.keys(SLICE_OF) as Dataset[];

/**
 * Brings a site's derived data up to its facts and definition (DESIGN: speculate, then repair):
 *
 * 1. where sessions start in each unit by itself, in parallel;
 * 2. what crosses the edges, forward and backward, for the visitors on both sides only;
 * 3. the tables of the units of which an input moved, in parallel.
 *
 * A result whose key stands in the index or in a manifest is taken from there. Ends with one log entry,
 * which is put only if the facts are still the ones it was computed from; else all is done again, at
 * the cost of what changed.
 *
 * @returns what was recomputed and why; nothing when nothing was stale
 */
export async function sessionizeSite(lake: Lake, target: Target): Promise<Recomputed[]> {
  const recomputed: Recomputed[] = [];
  const log = lake.log(target.context.site);
  for (;;) {
    const plans = plansOf(await log.read(), target);
    await boundaries(target, plans, recomputed);
    await stitchUnits(target, plans, recomputed);
    await tables(target, plans, recomputed);
    for (;;) {
      const changed = plans.flatMap((plan) => changes(plan, target));
      if (!sameFacts(log.folded, plans)) break;
      if (changed.length === 0) return recomputed;
      if ((await log.append({ type: 'derived', results: changed })) === 'written') return recomputed;
      await log.read();
    }
  }
}

function plansOf(index: SiteIndex, target: Target): UnitPlan[] {
  return unitsWithFacts(index).map((unit) => {
    const state = index.units[unit]!;
    const had: UnitPlan['had'] = {};
    for (const dataset of DATASETS) {
      const ref = state.results[dataset]?.[target.slices[SLICE_OF[dataset]]!];
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
  return DATASETS.flatMap((dataset) => {
    const ref = plan.results[dataset]!;
    if (plan.had[dataset]?.key === ref.key) return [];
    return [{ dataset, slice: target.slices[SLICE_OF[dataset]]!, unit: plan.unit, ref }];
  });
}

async function boundaries(
  target: Target,
  plans: readonly UnitPlan[],
  recomputed: Recomputed[],
): Promise<void> {
  await inParallel(AT_ONCE, plans, async (plan) => {
    const key = boundariesKey(target, plan.facts);
    const { results, had, unit, facts } = plan;
    if (had.boundaries?.key === key) {
      results.boundaries = had.boundaries;
      return;
    }
    results.boundaries = (await findResult(target.objects, key)) ?? undefined;
    if (results.boundaries !== undefined) return;
    results.boundaries = await computeBoundaries(target, unit, facts, key);
    recomputed.push({ dataset: 'boundaries', unit, why: 'its facts' });
  });
}

async function tables(target: Target, plans: readonly UnitPlan[], recomputed: Recomputed[]): Promise<void> {
  await inParallel(AT_ONCE, plans, async (plan) => {
    const { results, had, unit, facts } = plan;
    const inputs = results as Required<UnitPlan['results']>;
    const missing: TableKeys = {};
    for (const dataset of Object.keys(PUBLIC_TABLES) as PublicTable[]) {
      const key = tableKey(target, dataset, facts, inputs);
      const found = had[dataset]?.key === key ? had[dataset] : await findResult(target.objects, key);
      if (found) results[dataset] = found;
      else missing[dataset] = key;
    }
    if (Object.keys(missing).length === 0) return;
    const { carried } = await readStitch(target, inputs.stitches);
    const crossing = await readCrossings(target, inputs.crossings);
    const made = await computeTables(target, unit, facts, missing, carried, crossing);
    for (const dataset of Object.keys(made) as PublicTable[]) {
      results[dataset] = made[dataset]!;
      recomputed.push({ dataset, unit, why: reason(plan) });
    }
  });
}

/** Which input of a unit's tables moved, the nearest first. */
function reason({ had, results }: UnitPlan): string {
  if (had.sessions === undefined) return 'not computed before';
  if (had.boundaries?.key !== results.boundaries?.key) return 'its facts';
  if (had.stitches?.edges?.carried !== results.stitches?.edges?.carried) return 'sessions that come in';
  if (had.crossings?.digest !== results.crossings?.digest) return 'sessions that run out';
  return 'the definition';
}
