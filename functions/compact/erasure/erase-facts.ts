import { fileList, literal, row, withConnection } from '../../../shared/duckdb/engine.ts';
import type { FactsRef } from '../../../shared/lake/site-index.ts';
import type { SiteLog } from '../../../shared/lake/site-log.ts';
import type { ObjectStore } from '../../../shared/ports/objects.ts';
import { withScratch } from '../../../shared/scratch.ts';
import { splitsOf, writeFacts } from '../facts-writer.ts';
import { fetchFacts } from '../foreign.ts';
import { removeGeneration, storeGeneration } from '../generation.ts';
import { takenSql } from '../incoming.ts';
import { COMPACT_LIMITS } from '../limits.ts';
import { totalsAfter } from '../totals.ts';
import type { ErasedVisitor } from './erased-visitor.ts';

/** Condition of a fact at `f` that the erasure takes. */
const takes = ({ visitor, until }: ErasedVisitor): string =>
  `f.visitor_id = ${literal(visitor)} AND ${takenSql('f', String(until))}`;

/** How many facts of a generation an erasure takes. */
export async function factsOf(
  objects: ObjectStore,
  facts: FactsRef,
  erased: ErasedVisitor,
): Promise<{ taken: number; later: number }> {
  return withScratch((folder) =>
    withConnection(async (connection) => {
      const files = await fetchFacts(objects, folder, 'facts', facts);
      return row<{ taken: number; later: number }>(
        connection,
        `SELECT count(*) FILTER (${takes(erased)}) AS taken, count(*) FILTER (NOT (${takes(erased)})) AS later
         FROM read_parquet(${fileList(files)}) f WHERE f.visitor_id = ${literal(erased.visitor)}`,
      );
    }),
  );
}

/**
 * Gives a unit facts without those that the erasure takes: a new generation, and an entry of the log that names it.
 * The erasure must stand in the log already, or whoever compacts at this moment could bring them back. The old
 * generation stays: somebody may be reading it.
 *
 * @returns how many facts went
 */
export async function eraseFacts(
  objects: ObjectStore,
  log: SiteLog,
  unit: string,
  erased: ErasedVisitor,
): Promise<number> {
  for (;;) {
    const index = await log.read();
    const base = index.units[unit]?.facts;
    if (!base || base.rows === 0) return 0;
    const made = await generationWithout(objects, unit, base, erased);
    if (made === null) return 0;
    const ms = index.units[unit]!.work_ms;
    const change = { unit, facts: made, consumed: [], accepted: {}, quarantined: {}, ms };
    while (log.folded.units[unit]?.facts?.object === base.object) {
      if ((await log.append({ type: 'compacted', ...change })) === 'written') return base.rows - made.rows;
      await log.read();
    }
    await removeGeneration(objects, made);
  }
}

/** Null when the generation holds nothing that goes. */
async function generationWithout(
  objects: ObjectStore,
  unit: string,
  base: FactsRef,
  erased: ErasedVisitor,
): Promise<FactsRef | null> {
  return withScratch((folder) =>
    withConnection(async (connection) => {
      const files = await fetchFacts(objects, folder, 'facts', base);
      const facts = `FROM read_parquet(${fileList(files)})`;
      // As if they had lost against copies elsewhere (settle.sql).
      await connection.run(
        `CREATE OR REPLACE TEMP TABLE changes AS
         SELECT ${literal(unit)} AS home, landing_object, landing_line, false AS is_new, true AS dropped,
           NULL::VARCHAR AS new_event_id, NULL::VARCHAR AS new_collided_id
         FROM (${facts}) f WHERE ${takes(erased)}`,
      );
      const { n } = await row<{ n: number }>(connection, 'SELECT count(*) AS n FROM changes');
      if (n === 0) return null;
      const totals = await totalsAfter(connection, facts, unit, base, false, true);
      const k = splitsOf(totals.rows, COMPACT_LIMITS.rowsInFile);
      const written = await writeFacts(connection, folder, 'left', k, [{ files }], {
        settle: unit,
        sorted: files.length === 2 ** k,
      });
      return storeGeneration(connection, objects, folder, { site: erased.site, unit }, written, totals);
    }),
  );
}
