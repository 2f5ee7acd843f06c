import { join } from 'node:path';
import { sliceOf } from '../../shared/core/definition/slice.ts';
import type { Definition } from '../../shared/core/definition/types.ts';
import { literal } from '../../shared/duckdb/engine.ts';
import type { FactsRef, LeanFacts, ResultRef } from '../../shared/lake/site-index.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import type { PublicTable } from '../../shared/lake/tables.ts';
import type { Addition } from './additions.ts';
import type { Head, Tail } from './edges.ts';
import { prepareEmit } from './emit.ts';
import { readHits } from './hits-of-sessions.ts';
import { implementation } from './implementations.ts';
import { storeTable } from './store-table.ts';
import { siteSlice, type Target, withFacts } from './target.ts';
import { ownSlice, SESSION_REACH_MS } from './unit-definitions.ts';
import type { LeanPlan } from './unit-plan.ts';

const timeoutOf = ({ sessions }: Definition): number => sessions.inactivity_ms;
const channelsOf = (then: Definition): unknown => [then.channels, then.sessions.ignore_referrers];

/** Keys of the tables that are wanted. */
export type TableKeys = Partial<Record<PublicTable, string>>;

/**
 * Key of a unit's public table: where its sessions start (by itself and repaired), what comes over its
 * edges, and the parts of the definition that the table reads itself. The rules are in it only as far as
 * they show in rows: two sets of rules that agree on a unit share its tables.
 */
export function tableKey(
  target: Target,
  dataset: 'sessions' | 'events',
  unit: string,
  facts: LeanFacts,
  inputs: LeanPlan['results'],
): string {
  const place = { context: target.context, unit };
  const { boundaries, stitches, crossings } = inputs as Required<LeanPlan['results']>;
  const { hits, additions } = inputs;
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
    own.push(ownSlice(place, 'timeout', timeoutOf, { after: SESSION_REACH_MS }));
  } else if (carried !== 'none') {
    // What came in got its channel by the rules of the date on which it started.
    own.push(ownSlice(place, 'channels', channelsOf, { before: SESSION_REACH_MS }));
  }
  const moves = [facts.digest, boundaries.digest, stitches.digest, carried, crossings.digest];
  if (dataset === 'sessions') moves.push(hits?.digest ?? 'none', additions?.digest ?? 'none');
  // Same key, same rows: when an event was received shows in events, though digests don't cover it.
  if (dataset === 'events') moves.push(facts.received);
  return hashOf([dataset, target.algorithms[dataset], own, siteSlice(target.context), moves]);
}

/** What converts in a unit, and what later units add to it. */
export interface UnitHits {
  hits: ResultRef | undefined;
  additions: readonly Addition[];
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
  { hits, additions }: UnitHits = { hits: undefined, additions: [] },
): Promise<Partial<Record<PublicTable, ResultRef>>> {
  return withFacts(target, unit, facts, async (connection, input, folder) => {
    const walk = implementation('boundaries', target.algorithms);
    await prepareEmit(connection, input, walk, carried, crossing, additions);
    if (keys.sessions !== undefined && hits?.object !== undefined) {
      const file = join(folder, 'hits.parquet');
      await target.objects.download(hits.object, file);
      await readHits(connection, `read_parquet(${literal(file)})`);
    }
    const refs: Partial<Record<PublicTable, ResultRef>> = {};
    if (keys.sessions !== undefined) {
      const emitted = await implementation('sessions', target.algorithms)(connection, input, folder);
      refs.sessions = await storeTable(target, 'sessions', unit, keys.sessions, emitted);
    }
    if (keys.events !== undefined) {
      const emitted = await implementation('events', target.algorithms)(connection, input, folder);
      refs.events = await storeTable(target, 'events', unit, keys.events, emitted);
    }
    return refs;
  });
}
