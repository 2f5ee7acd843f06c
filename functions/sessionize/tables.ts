import { sliceOf } from '../../shared/core/definition/slice.ts';
import type { Definition } from '../../shared/core/definition/types.ts';
import { attemptId, derivedFolder } from '../../shared/lake/keys.ts';
import { recordResult } from '../../shared/lake/manifests.ts';
import type { FactsRef, ResultRef } from '../../shared/lake/site-index.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import type { PublicTable } from '../../shared/lake/tables.ts';
import type { Head, Tail } from './edges.ts';
import { prepareEmit } from './emit.ts';
import type { Emitted } from './emitted.ts';
import { implementation } from './implementations.ts';
import { siteSlice, type Target, withFacts } from './target.ts';
import { ownSlice, SESSION_REACH_MS } from './unit-definitions.ts';

/** Keys of the tables that are wanted. */
export type TableKeys = Partial<Record<PublicTable, string>>;

/**
 * Key of a unit's public table: where its sessions start (by itself and repaired), what comes over its
 * edges, and the parts of the definition that the table reads itself. The rules are in it only as far as
 * they show in rows: two sets of rules that agree on a unit share its tables.
 */
export function tableKey(
  target: Target,
  dataset: PublicTable,
  unit: string,
  facts: FactsRef,
  inputs: { boundaries: ResultRef; stitches: ResultRef; crossings: ResultRef },
): string {
  const place = { context: target.context, unit };
  const { boundaries, stitches, crossings } = inputs;
  const own: unknown[] = [
    ownSlice(place, dataset, (then) => [
      sliceOf(then, dataset),
      then.activity,
      then.sessions.ignore_referrers,
    ]),
  ];
  const { carried } = stitches.edges!;
  if (dataset === 'sessions') {
    // `open_until` goes by the date on which a session ended.
    const timeout = ({ sessions }: Definition) => sessions.inactivity_ms;
    own.push(ownSlice(place, 'timeout', timeout, { after: SESSION_REACH_MS }));
  } else if (carried !== 'none') {
    // What came in got its channel by the rules of the date on which it started.
    const channels = (then: Definition) => [then.channels, then.sessions.ignore_referrers];
    own.push(ownSlice(place, 'channels', channels, { before: SESSION_REACH_MS }));
  }
  const moves = [facts.digest, boundaries.digest, stitches.digest, carried, crossings.digest];
  // Same key, same rows: when an event was received shows in events, though digests don't cover it.
  if (dataset === 'events') moves.push(facts.received);
  return hashOf([dataset, target.algorithms[dataset], own, siteSlice(target.context), moves]);
}

/**
 * Writes a unit's public tables: those of `keys`.
 *
 * @param carried tails of earlier sessions that change anything here
 * @param crossing what later units add to the sessions that run out of this one
 */
export function computeTables(
  target: Target,
  unit: string,
  facts: FactsRef,
  keys: TableKeys,
  carried: readonly Tail[],
  crossing: readonly Head[],
): Promise<Partial<Record<PublicTable, ResultRef>>> {
  return withFacts(target, unit, facts, async (connection, input, folder) => {
    const walk = implementation('boundaries', target.algorithms);
    await prepareEmit(connection, input, walk, carried, crossing);
    const refs: Partial<Record<PublicTable, ResultRef>> = {};
    if (keys.sessions !== undefined) {
      const emitted = await implementation('sessions', target.algorithms)(connection, input, folder);
      refs.sessions = await store(target, 'sessions', unit, keys.sessions, emitted);
    }
    if (keys.events !== undefined) {
      const emitted = await implementation('events', target.algorithms)(connection, input, folder);
      refs.events = await store(target, 'events', unit, keys.events, emitted);
    }
    return refs;
  });
}

async function store(
  target: Target,
  dataset: PublicTable,
  unit: string,
  key: string,
  emitted: Emitted,
): Promise<ResultRef> {
  const attempt = attemptId();
  const parts: NonNullable<ResultRef['parts']> = [];
  for (const { dt, file, rows, bytes } of emitted.parts) {
    const folder = derivedFolder(dataset, target.slices[dataset]!, target.context.site, dt, unit, attempt);
    await target.objects.upload(file, `${folder}${dataset}.parquet`);
    parts.push({ dt, folder, rows, bytes });
  }
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return recordResult(target, { key, digest: emitted.digest, rows: emitted.rows, bytes, parts });
}
