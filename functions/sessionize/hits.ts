import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sliceOf } from '../../shared/core/definition/slice.ts';
import { literal } from '../../shared/duckdb/engine.ts';
import { PARQUET_OPTIONS } from '../../shared/lake/facts.ts';
import { attemptId, internalFolder } from '../../shared/lake/keys.ts';
import { recordResult } from '../../shared/lake/manifests.ts';
import type { FactsRef, LeanFacts, LeanResult, ResultRef } from '../../shared/lake/site-index.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import type { UnitPlace } from './context.ts';
import type { Head, Tail } from './edges.ts';
import { prepareEmit } from './emit.ts';
import { implementation } from './implementations.ts';
import { siteSlice, type Target, withFacts } from './target.ts';
import { definitionsOf, ownSlice, SESSION_REACH_MS } from './unit-definitions.ts';

/** Whether anything on the unit's dates may be a conversion or internal traffic. */
export function wantsHits(place: UnitPlace): boolean {
  return definitionsOf(place).some(
    ({ conversions, filters }) => conversions.length > 0 || filters.internal.length > 0,
  );
}

/** Key of a unit's hits: they see events with all their labels, and what of the session is known there. */
export function hitsKey(
  target: Target,
  unit: string,
  facts: LeanFacts,
  inputs: { boundaries: LeanResult; stitches: LeanResult; crossings: LeanResult },
): string {
  const place = { context: target.context, unit };
  const { boundaries, stitches, crossings } = inputs;
  const own = [
    ownSlice(place, 'hits', (then) => [sliceOf(then, 'sessions'), then.activity]),
    ownSlice(place, 'channels', (then) => [then.channels, then.sessions.ignore_referrers], {
      before: SESSION_REACH_MS,
    }),
  ];
  const moves = [facts.digest, boundaries.digest, stitches.digest, stitches.edges!.carried, crossings.digest];
  return hashOf(['hits', target.algorithms.hits, own, siteSlice(target.context), moves]);
}

/**
 * Finds what converts in a unit, and which of its sessions hold internal traffic: a row for each event and
 * conversion, and one without a name for each session with an internal event.
 */
export function computeHits(
  target: Target,
  unit: string,
  facts: FactsRef,
  key: string,
  carried: readonly Tail[],
  crossing: readonly Head[],
): Promise<ResultRef> {
  return withFacts(target, unit, facts, async (connection, input, folder) => {
    const walk = implementation('boundaries', target.algorithms);
    await prepareEmit(connection, input, walk, carried, crossing);
    const found = await implementation('hits', target.algorithms)(connection, input);
    const ref: Omit<ResultRef, 'made_at'> = {
      key,
      digest: found.digest,
      rows: found.rows,
      bytes: 0,
      hits: { conversions: found.conversions, carried: found.carried },
    };
    if (found.rows > 0) {
      const file = join(folder, 'hits.parquet');
      await connection.run(
        `COPY (FROM hits ORDER BY visitor_id, event_time, event_id, conversion_name) TO ${literal(file)} (${PARQUET_OPTIONS})`,
      );
      ref.object = `${internalFolder('hits', target.slices['conversions']!, input.context.site, unit, attemptId())}hits.parquet`;
      ref.bytes = (await stat(file)).size;
      await target.objects.upload(file, ref.object);
    }
    return recordResult(target, ref);
  });
}
