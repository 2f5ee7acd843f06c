import { dayOfDate } from '../../shared/core/unit.ts';
import {
  type Dataset,
  type FactsRef,
  type LeanFacts,
  type LeanIndex,
  type LeanResult,
  type LeanUnit,
  type ResultRef,
  type SiteIndex,
  unitsWithFacts,
} from '../../shared/lake/site-index.ts';

/** A unit's results in the index. It has few, and most are never looked for: so no map of them is made. */
class KnownResults {
  readonly #results: LeanUnit['results'];

  constructor({ results }: LeanUnit) {
    this.#results = results;
  }

  get(key: string): LeanResult | undefined {
    const results = this.#results;
    for (const dataset in results) {
      const bySlice = results[dataset as Dataset]!;
      for (const slice in bySlice) if (bySlice[slice]!.key === key) return bySlice[slice];
    }
    return undefined;
  }
}

/** A unit on its way to being up to date. */
export interface UnitPlan<Facts extends LeanFacts = FactsRef, Result extends LeanResult = ResultRef> {
  unit: string;
  /** Its date as days since 1970-01-01. */
  day: number;
  facts: Facts;
  /** The unit's results in the index, for the slices at hand. */
  had: Partial<Record<Dataset, Result>>;
  /** The unit's results in the index, of whatever slice, by their keys. */
  known: { get(key: string): Result | undefined };
  /** The wanted results, as far as they are known. */
  results: Partial<Record<Dataset, Result>>;
}

/** The same where nothing is to be computed. */
export type LeanPlan = UnitPlan<LeanFacts, LeanResult>;

/** What was recomputed, and which of its inputs had moved. */
export interface Recomputed {
  dataset: Dataset;
  unit: string;
  why: string;
}

/** Under whose slice a dataset's results stand in a site's index. */
const SLICE_OF: Record<Dataset, string> = {
  boundaries: 'boundaries',
  stitches: 'boundaries',
  crossings: 'boundaries',
  hits: 'conversions',
  additions: 'conversions',
  sessions: 'sessions',
  touches: 'sessions',
  events: 'events',
  conversions: 'conversions',
};
/** In the order in which they are made. */
export const DATASETS = Object.keys(SLICE_OF) as Dataset[];

/** A plan for every unit with facts, in order of time. */
export function unitPlans(index: SiteIndex, slices: Record<string, string>): UnitPlan[];
export function unitPlans(index: LeanIndex, slices: Record<string, string>): LeanPlan[];
export function unitPlans(index: LeanIndex, slices: Record<string, string>): LeanPlan[] {
  return unitsWithFacts(index).map((unit) => {
    const state = index.units[unit]!;
    const had: LeanPlan['had'] = {};
    for (const dataset of DATASETS) {
      const ref = state.results[dataset]?.[slices[SLICE_OF[dataset]]!];
      if (ref) had[dataset] = ref;
    }
    const known = new KnownResults(state);
    return { unit, day: dayOfDate(unit), facts: state.facts!, had, known, results: {} };
  });
}

/** Whether the facts are still those that the plans were made for. */
export function sameFacts(index: SiteIndex, plans: readonly UnitPlan[]): boolean {
  const units = unitsWithFacts(index);
  return (
    units.length === plans.length &&
    plans.every(({ unit, facts }) => index.units[unit]?.facts?.digest === facts.digest)
  );
}

/** The results that the index doesn't have yet, as its log takes them; what was not wanted is not in them. */
export function changesOf(plan: UnitPlan, slices: Record<string, string>) {
  return DATASETS.flatMap((dataset) => {
    const ref = plan.results[dataset];
    if (ref === undefined || plan.had[dataset]?.key === ref.key) return [];
    return [{ dataset, slice: slices[SLICE_OF[dataset]]!, unit: plan.unit, ref }];
  });
}

/** Which input of a unit's results moved, the nearest first. */
export function reasonFor({ had, results }: UnitPlan): string {
  if (had.sessions === undefined) return 'not computed before';
  if (had.boundaries?.key !== results.boundaries?.key) return 'its facts or the rules';
  if (had.stitches?.edges?.carried !== results.stitches?.edges?.carried) return 'sessions that come in';
  if (had.crossings?.digest !== results.crossings?.digest) return 'sessions that run out';
  if (had.hits?.digest !== results.hits?.digest) return 'what converts';
  return 'labels';
}
