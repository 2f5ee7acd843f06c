import type { MartPlan } from './mart-plans.ts';
import type { SitePlan, Wanted } from './site-plan.ts';

/** Results that are not the ones wanted: a range of units of a site, for one reason. */
export interface Stale {
  dataset: string;
  /** `*` for a mart, which is of all sites. */
  site: string;
  /** First and last unit, both included; null for a mart. */
  from: string | null;
  to: string | null;
  count: number;
  reason: string;
  /** False: only at most; it may turn out to be what is there. */
  certain: boolean;
}

/** What is stale of a site, as few ranges: units that follow each other, as it has facts, for the same reason. */
export function staleRanges({ site, datasets }: SitePlan): Stale[] {
  return Object.entries(datasets).flatMap(([dataset, all]) => rangesOf(site, dataset, all));
}

/** The marts that are stale. */
export function staleMarts(marts: readonly MartPlan[]): Stale[] {
  return marts.flatMap(({ mart, state, reason }) => {
    if (state === 'untouched') return [];
    const every = { dataset: mart, site: '*', from: null, to: null, count: 1 };
    return [{ ...every, reason, certain: state === 'certain' }];
  });
}

function rangesOf(site: string, dataset: string, all: readonly Wanted[]): Stale[] {
  const found: Stale[] = [];
  let open: Stale | null = null;
  for (const { unit, reason, key } of all) {
    if (reason === null) {
      open = null;
      continue;
    }
    const certain = key !== null;
    if (open === null || open.reason !== reason || open.certain !== certain) {
      open = { dataset, site, from: unit, to: unit, count: 0, reason, certain };
      found.push(open);
    }
    open.to = unit;
    open.count++;
  }
  return found;
}
