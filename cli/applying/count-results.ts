import type { Candidate } from '../../shared/lake/candidate.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { readState } from '../../shared/lake/mart-state.ts';
import type { Release } from '../../shared/lake/releases.ts';
import { type Dataset, unitsWithFacts } from '../../shared/lake/site-index.ts';
import { everySite } from '../../shared/lake/sites.ts';
import { PUBLIC_TABLES } from '../../shared/lake/tables.ts';

/** Results by dataset: boundaries, the public tables and the marts. */
export type Counts = Record<string, number>;

/** Datasets that a unit has a result of, in order. */
const OF_UNITS = ['boundaries', ...Object.keys(PUBLIC_TABLES)] as Dataset[];

export function noResults(candidate: Pick<Candidate, 'marts'>): Counts {
  return Object.fromEntries([...OF_UNITS, ...Object.keys(candidate.marts)].map((name) => [name, 0]));
}

/**
 * Of the results that a candidate shows and the release before it doesn't: those that were computed since a
 * moment, and those that stood there already.
 *
 * @param since ms UTC
 */
export async function countResults(
  lake: Lake,
  candidate: Pick<Candidate, 'slices' | 'marts'>,
  before: Release,
  since: number,
): Promise<{ computed: Counts; reused: Counts }> {
  const [computed, reused] = [noResults(candidate), noResults(candidate)];
  const count = (name: string, madeAt: number): void => {
    const counts = madeAt >= since ? computed : reused;
    counts[name] = (counts[name] ?? 0) + 1;
  };
  for (const site of await everySite(lake)) {
    const index = await lake.log(site).read();
    for (const unit of unitsWithFacts(index)) {
      for (const dataset of OF_UNITS) {
        const bySlice = index.units[unit]!.results[dataset] ?? {};
        const now = bySlice[candidate.slices[dataset]!];
        if (now && now.key !== bySlice[before.slices[dataset]!]?.key) count(dataset, now.made_at);
      }
    }
  }
  for (const mart of Object.keys(candidate.marts)) {
    const slice = candidate.slices[mart]!;
    if (slice === before.slices[mart]) continue;
    const built = (await readState(lake, mart))[slice];
    if (built) count(mart, Date.parse(built.at));
  }
  return { computed, reused };
}
