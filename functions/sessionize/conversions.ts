import { join } from 'node:path';
import { UNIT_MS, unitOf, unitStart } from '../../shared/core/unit.ts';
import { withConnection } from '../../shared/duckdb/engine.ts';
import type { FactsRef, ResultRef } from '../../shared/lake/site-index.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import { withScratch } from '../../shared/scratch.ts';
import type { UnitPlace } from './context.ts';
import type { Emitted } from './emitted.ts';
import { implementation } from './implementations.ts';
import { storeTable } from './store-table.ts';
import { siteSlice, type Target } from './target.ts';
import { definitionsOf, SESSION_REACH_MS } from './unit-definitions.ts';
import type { UnitPlan } from './unit-plan.ts';

/**
 * Units whose sessions a unit's conversions may look back at: those within the longest window, and at least
 * those in which a session that is still running there may have started.
 */
export function lookBack(place: UnitPlace, plans: readonly UnitPlan[]): UnitPlan[] {
  const windows = definitionsOf(place).flatMap(({ conversions }) =>
    conversions.map((rule) => rule.window_ms),
  );
  const { dayOffsetMinutes } = place.context;
  const from = unitStart(place.unit, dayOffsetMinutes) - Math.max(SESSION_REACH_MS + UNIT_MS, ...windows);
  const first = unitOf(from, dayOffsetMinutes);
  return plans.filter(({ unit }) => unit >= first && unit <= place.unit);
}

/** Key of a unit's conversions: what converts, and the sessions before it. */
export function conversionsKey(
  target: Target,
  unit: string,
  hits: ResultRef | undefined,
  touches: readonly ResultRef[],
): string {
  const moves = [unit, hits?.digest ?? 'none', touches.map(({ digest }) => digest)];
  return hashOf(['conversions', target.algorithms.conversions, siteSlice(target.context), moves]);
}

/** Writes a unit's conversions. */
export function computeConversions(
  target: Target,
  unit: string,
  facts: FactsRef,
  key: string,
  hits: ResultRef,
  touches: readonly ResultRef[],
): Promise<ResultRef> {
  return withScratch(async (folder) => {
    const hitsFile = join(folder, 'hits.parquet');
    if (hits.object !== undefined) await target.objects.download(hits.object, hitsFile);
    const files: string[] = [];
    for (const [i, { object }] of touches.entries()) {
      if (object === undefined) continue;
      files.push(join(folder, `touches-${i}.parquet`));
      await target.objects.download(object, files.at(-1)!);
    }
    return withConnection(async (connection) => {
      const place = { context: target.context, unit, facts };
      const attribute = implementation('conversions', target.algorithms);
      const empty: Emitted = { parts: [], rows: 0, digest: '0:0' };
      const emitted =
        hits.object === undefined ? empty : await attribute(connection, place, hitsFile, files, folder);
      return storeTable(target, 'conversions', unit, key, emitted);
    });
  });
}
