import { candidateId } from '../../../shared/lake/candidate.ts';
import { type Change, changesBetween, type Read } from '../../../shared/lake/changes.ts';
import type { SiteIndex } from '../../../shared/lake/site-index.ts';
import { DEFINED_DATASETS, hashOf } from '../../../shared/lake/slices.ts';
import type { Target } from '../target.ts';
import { type Estimate, estimateOf } from './estimate.ts';
import { martPlans } from './mart-plans.ts';
import { type SitePlan, sitePlan, type Wanted } from './site-plan.ts';
import { type Stale, staleRanges } from './stale.ts';

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

export type TouchedKeys = Record<string, Record<string, { count: number; hash: string }>>;

export interface PlanInput {
  /** Of every site. */
  indexes: readonly SiteIndex[];
  /** Number of the release that `live` is read from. */
  release: number;
  live: Read;
  wanted: Read;
  /** How many units are computed at once here. */
  lanes: number;
}

/** Plans: from indexes alone, without a request. */
export function planOf(world: Pick<Target, 'objects' | 'clock'>, input: PlanInput): Planned {
  const { live, wanted } = input;
  const opened = new Map(
    input.indexes.flatMap(({ site, opened }) => (opened ? [[site, opened] as const] : [])),
  );
  const changes = changesBetween(live, wanted, opened);
  const sites = input.indexes.map((index) => sitePlan(world, index, live, wanted));
  const marts = martPlans(live, wanted, sites);
  const counted = (of: (wanted: Wanted) => boolean): Record<string, number> =>
    Object.fromEntries(
      DEFINED_DATASETS.map((dataset) => [
        dataset,
        sites.reduce((sum, site) => sum + (site.datasets[dataset] ?? []).filter(of).length, 0),
      ]),
    );
  const certain = counted(({ reason, key }) => reason !== null && key !== null);
  const atMost = counted(({ reason }) => reason !== null);
  const untouched = counted(({ reason }) => reason === null);
  const reusable = counted(({ reason, known }) => reason !== null && known !== undefined);
  for (const { mart, state } of marts) {
    certain[mart] = state === 'certain' ? 1 : 0;
    atMost[mart] = state === 'untouched' ? 0 : 1;
    untouched[mart] = state === 'untouched' ? 1 : 0;
  }
  const { bytes, estimate } = estimateOf(sites, marts, input.lanes);
  return {
    plan: {
      id: candidateId(wanted.candidate),
      base: input.release,
      changes,
      stale: staleRanges(sites, marts),
      certain,
      at_most: atMost,
      untouched,
      reusable,
      bytes,
      estimate,
    },
    keys: Object.fromEntries(sites.map((site) => [site.site, touched(site)])),
  };
}

function touched({ datasets }: SitePlan): TouchedKeys[string] {
  return Object.fromEntries(
    Object.entries(datasets).flatMap(([dataset, all]) => {
      const own = all.filter(({ reason }) => reason !== null);
      if (own.length === 0) return [];
      const lines = own.map(({ unit, facts, key }) => `${unit} ${key ?? facts.digest}`);
      const hash = hashOf(lines.join('\n'));
      return [[dataset, { count: own.length, hash }]];
    }),
  );
}
