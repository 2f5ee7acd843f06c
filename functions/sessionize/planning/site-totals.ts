import type { SiteIndex } from '../../../shared/lake/site-index.ts';
import { DEFINED_DATASETS, hashOf, type PlannedDataset } from '../../../shared/lake/slices.ts';
import { type SiteWork, workOf } from './estimate.ts';
import type { SitePlan, Wanted } from './site-plan.ts';
import { type Stale, staleRanges } from './stale.ts';

/** How many results of a dataset are certainly stale, perhaps, not at all; and of the first, how many stand. */
export interface Counts {
  certain: number;
  atMost: number;
  untouched: number;
  reusable: number;
}

/** Hash of the keys that a plan touches of a dataset. */
export interface Touched {
  count: number;
  hash: string;
}

/** What a plan says of one site: all that is kept of it, whatever its days. */
export interface SiteTotals extends Pick<SiteIndex, 'site' | 'opened'> {
  counts: Record<PlannedDataset, Counts>;
  stale: Stale[];
  work: SiteWork;
  touched: Partial<Record<PlannedDataset, Touched>>;
}

/** Sums up what becomes of a site's results. */
export function totalsOf(plan: SitePlan): Omit<SiteTotals, 'opened'> {
  const counts = {} as SiteTotals['counts'];
  const touched: SiteTotals['touched'] = {};
  for (const dataset of DEFINED_DATASETS) {
    const all = plan.datasets[dataset] ?? [];
    counts[dataset] = countsOf(all);
    if (counts[dataset].atMost > 0) touched[dataset] = touchedOf(all);
  }
  return { site: plan.site, counts, stale: staleRanges(plan), work: workOf(plan), touched };
}

function countsOf(all: readonly Wanted[]): Counts {
  const counts: Counts = { certain: 0, atMost: 0, untouched: 0, reusable: 0 };
  for (const { reason, key, known } of all) {
    if (reason === null) {
      counts.untouched++;
      continue;
    }
    counts.atMost++;
    if (key !== null) counts.certain++;
    if (known !== undefined) counts.reusable++;
  }
  return counts;
}

function touchedOf(all: readonly Wanted[]): Touched {
  const lines = all.flatMap(({ unit, facts, key, reason }) =>
    reason === null ? [] : `${unit} ${key ?? facts.digest}`,
  );
  return { count: lines.length, hash: hashOf(lines.join('\n')) };
}
