import { candidateId } from '../../../shared/lake/candidate.ts';
import { type Change, changesBetween, type Read } from '../../../shared/lake/changes.ts';
import { DEFINED_DATASETS } from '../../../shared/lake/slices.ts';
import { type Estimate, estimateOf } from './estimate.ts';
import { martPlans } from './mart-plans.ts';
import type { Counts, SiteTotals, Touched } from './site-totals.ts';
import { type Stale, staleMarts } from './stale.ts';

/** What applying a candidate would do (CONTRACT: the verb `plan`). Counts are of results: a unit of a dataset, a mart. */
export interface Plan {
  /** Of the candidate, and of the proposal that it becomes. */
  id: string;
  /** The release that it was held against. */
  base: number;
  /** What it changes, in words; empty: there is nothing to do. */
  changes: Change[];
  stale: Stale[];
  /** Results whose key is known and not the live one; those that stand in the lake already included. */
  certain: Record<string, number>;
  /** These, and the ones that hang on digests not computed yet. */
  at_most: Record<string, number>;
  /** Results that stay as they are. */
  untouched: Record<string, number>;
  /** Of the certain ones, those that stand in the lake already. */
  reusable: Record<string, number>;
  /** Bytes of facts to read again, and of results to write, taken to be as large as those they replace. */
  bytes: { read: number; written: number };
  estimate: Estimate;
}

/** A plan and what it hangs on: hashes of the keys that it touches, by site and dataset. */
export interface Planned {
  plan: Plan;
  keys: TouchedKeys;
}

export type TouchedKeys = Record<string, Record<string, Touched>>;

export interface PlanInput {
  /** Of every site. */
  sites: readonly SiteTotals[];
  /** Number of the release that `live` is read from. */
  release: number;
  live: Read;
  wanted: Read;
  /** How many units are computed at once here. */
  lanes: number;
}

/** Plans: from what was found of each site alone, without a request. */
export function planOf({ sites, release, live, wanted, lanes }: PlanInput): Planned {
  const opened = new Map(sites.flatMap(({ site, opened }) => (opened ? [[site, opened] as const] : [])));
  const counted = (of: (counts: Counts) => number): Record<string, number> =>
    Object.fromEntries(
      DEFINED_DATASETS.map((dataset) => [
        dataset,
        sites.reduce((sum, { counts }) => sum + of(counts[dataset]), 0),
      ]),
    );
  const certain = counted((counts) => counts.certain);
  const atMost = counted((counts) => counts.atMost);
  const untouched = counted((counts) => counts.untouched);
  const reusable = counted((counts) => counts.reusable);
  const open = new Set(DEFINED_DATASETS.filter((dataset) => certain[dataset]! < atMost[dataset]!));
  const marts = martPlans(live, wanted, open);
  for (const { mart, state } of marts) {
    certain[mart] = state === 'certain' ? 1 : 0;
    atMost[mart] = state === 'untouched' ? 0 : 1;
    untouched[mart] = state === 'untouched' ? 1 : 0;
  }
  const works = sites.map(({ work }) => work);
  const { bytes, estimate } = estimateOf(works, marts, lanes);
  return {
    plan: {
      id: candidateId(wanted.candidate),
      base: release,
      changes: changesBetween(live, wanted, opened),
      stale: [...sites.flatMap(({ stale }) => stale), ...staleMarts(marts)],
      certain,
      at_most: atMost,
      untouched,
      reusable,
      bytes,
      estimate,
    },
    keys: Object.fromEntries(sites.map(({ site, touched }) => [site, touched])),
  };
}
