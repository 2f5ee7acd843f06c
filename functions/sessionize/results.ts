import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TINYINT } from '@duckdb/node-api';
import { sliceOf } from '../../shared/core/definition/slice.ts';
import { type Connection, literal, tableFromArrays, withConnection } from '../../shared/duckdb/engine.ts';
import { ALGORITHMS } from '../../shared/lake/algorithms.ts';
import { PARQUET_OPTIONS } from '../../shared/lake/facts.ts';
import { attemptId, derivedFolder, internalFolder } from '../../shared/lake/keys.ts';
import { recordResult } from '../../shared/lake/manifests.ts';
import type { FactsRef, ResultRef } from '../../shared/lake/site-index.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import { withScratch } from '../../shared/scratch.ts';
import type { SiteContext, UnitInput } from './context.ts';
import { crossings, edgeDigest, getEdge, type Head, putEdge, type Tail } from './edges.ts';
import { type Emitted, emitEvents, emitSessions, prepareEmit } from './emit.ts';
import { findHeads, findTails } from './find-edges.ts';
import type { WalkResult } from './walk.ts';
import { walkUnit } from './walk-unit.ts';

/** Where results of a site's units go: the slices under which they are stored. */
export interface Target {
  objects: ObjectStore;
  context: SiteContext;
  slices: Record<string, string>;
}

/** What a site says that its sessions depend on. */
const siteSlice = (context: SiteContext) => [context.site, context.days.timeZone, context.hosts];

export function boundariesKey(target: Target, facts: FactsRef, tailsIn: string): string {
  const own = sliceOf(target.context.definition, 'boundaries');
  return hashOf(['boundaries', ALGORITHMS.boundaries, own, siteSlice(target.context), facts.digest, tailsIn]);
}

export function crossingsKey(target: Target, unit: string, heads: string, beyond: string): string {
  return hashOf(['crossings', ALGORITHMS.crossings, target.context.site, unit, heads, beyond]);
}

export function emitKey(
  target: Target,
  dataset: 'sessions' | 'events',
  facts: FactsRef,
  boundaries: ResultRef,
  crossing: string,
): string {
  const own = sliceOf(target.context.definition, dataset);
  const inputs = [facts.digest, boundaries.digest, boundaries.joined, crossing];
  return hashOf([dataset, ALGORITHMS[dataset], own, siteSlice(target.context), ...inputs]);
}

/** Finds where sessions start in a unit, and what crosses its edges. */
export function computeBoundaries(
  target: Target,
  unit: string,
  facts: FactsRef,
  key: string,
  tails: readonly Tail[],
): Promise<ResultRef> {
  return withFacts(target, unit, facts, async (connection, input, folder) => {
    const walk = await walkUnit(connection, input, tails);
    const out = internalFolder(
      'boundaries',
      target.slices['boundaries']!,
      target.context.site,
      unit,
      attemptId(),
    );
    const tailsOut = await findTails(connection, input, walk, tails);
    const heads = await findHeads(connection, input, walk, tails);
    const file = join(folder, 'boundaries.parquet');
    await tableFromArrays(connection, 'marks', [
      { name: 'mark', type: TINYINT, sqlType: 'TINYINT', items: walk.marks },
    ]);
    await connection.run(
      `COPY (SELECT event_id, visitor_id, event_time, mark FROM read_parquet(${literal(input.file)})
         POSITIONAL JOIN marks WHERE mark > 0) TO ${literal(file)} (${PARQUET_OPTIONS})`,
    );
    const object = `${out}boundaries.parquet`;
    await target.objects.upload(file, object);
    const joining = walk.segments.flatMap(({ carried }) => (carried < 0 ? [] : [tails[carried]!]));
    return recordResult(target.objects, {
      key,
      digest: createHash('sha256').update(walk.marks).digest('hex').slice(0, 32),
      rows: walk.segments.filter(({ carried }) => carried < 0).length,
      bytes: (await stat(file)).size,
      object,
      tails: await putEdge(target.objects, `${out}tails.ndjson`, tailsOut),
      heads: await putEdge(target.objects, `${out}heads.ndjson`, heads),
      joined: edgeDigest(joining),
    });
  });
}

/** Adds up what all later units say of the sessions that run out of a unit. */
export async function computeCrossings(
  target: Target,
  unit: string,
  key: string,
  heads: readonly Head[],
  beyond: readonly Head[],
): Promise<ResultRef> {
  const rows = crossings(heads, beyond);
  const out = internalFolder(
    'crossings',
    target.slices['crossings']!,
    target.context.site,
    unit,
    attemptId(),
  );
  const edge = await putEdge(target.objects, `${out}crossings.ndjson`, rows);
  const ref: ResultRef = { key, digest: edge.digest, rows: edge.rows, bytes: 0 };
  if (edge.object !== null) ref.object = edge.object;
  return recordResult(target.objects, ref);
}

/** Rows of a crossings result. */
export function crossingRows(objects: ObjectStore, ref: ResultRef | undefined): Promise<Head[]> {
  const edge = ref?.object ? { object: ref.object, digest: ref.digest, rows: ref.rows } : undefined;
  return getEdge<Head>(objects, edge);
}

/** Writes a unit's public tables: those of `keys`. */
export function computeTables(
  target: Target,
  unit: string,
  facts: FactsRef,
  keys: Partial<Record<'sessions' | 'events', string>>,
  tails: readonly Tail[],
  crossing: readonly Head[],
): Promise<Partial<Record<'sessions' | 'events', ResultRef>>> {
  return withFacts(target, unit, facts, async (connection, input, folder) => {
    const walk: WalkResult = await walkUnit(connection, input, tails);
    await prepareEmit(connection, input, walk, tails, crossing);
    const refs: Partial<Record<'sessions' | 'events', ResultRef>> = {};
    if (keys.sessions !== undefined) {
      const emitted = await emitSessions(connection, input, folder);
      refs.sessions = await store(target, 'sessions', unit, keys.sessions, emitted);
    }
    if (keys.events !== undefined) {
      const emitted = await emitEvents(connection, input, folder);
      refs.events = await store(target, 'events', unit, keys.events, emitted);
    }
    return refs;
  });
}

async function store(
  target: Target,
  dataset: 'sessions' | 'events',
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
  return recordResult(target.objects, { key, digest: emitted.digest, rows: emitted.rows, bytes, parts });
}

function withFacts<T>(
  target: Target,
  unit: string,
  facts: FactsRef,
  work: (connection: Connection, input: UnitInput, folder: string) => Promise<T>,
): Promise<T> {
  return withScratch(async (folder) => {
    const file = join(folder, 'facts.parquet');
    await target.objects.download(facts.object, file);
    return withConnection((connection) =>
      work(connection, { context: target.context, unit, facts, file }, folder),
    );
  });
}
