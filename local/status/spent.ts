import { PRICES, WORKER_GB } from '../../shared/core/prices.ts';
import { UNIT_MS } from '../../shared/core/unit.ts';
import type { SiteIndex } from '../../shared/lake/site-index.ts';
import { TABLES_OF_EVERY_UNIT } from '../../shared/lake/tables.ts';
import type { MartStatus } from './marts.ts';
import { resultCost } from './result-cost.ts';

/**
 * About what the last 24 hours' facts, results and marts cost to make, dollars at AWS's list prices: at least, since
 * what was made several times is known by the last time only. The collector and its queue are not in it.
 *
 * @param now ms UTC
 */
export function spentDollars(
  indexes: readonly SiteIndex[],
  marts: readonly MartStatus[],
  now: number,
): number {
  const since = now - UNIT_MS;
  let dollars = 0;
  for (const { units } of indexes) {
    for (const { facts, changed_at, work_ms, results } of Object.values(units)) {
      if (facts === null) continue;
      if (changed_at >= since) dollars += (work_ms / 1000) * WORKER_GB * PRICES.gigabyteSecond;
      for (const dataset of ['boundaries', ...TABLES_OF_EVERY_UNIT] as const) {
        for (const { made_at } of Object.values(results[dataset] ?? {})) {
          if (made_at >= since) dollars += resultCost(dataset, facts.rows);
        }
      }
    }
  }
  for (const { at, dollars: scanned } of marts) {
    if (at !== null && Date.parse(at) >= since) dollars += scanned ?? 0;
  }
  return dollars;
}
