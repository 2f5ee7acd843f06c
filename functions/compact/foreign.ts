import { join } from 'node:path';
import { dateOfDay, dayOfDate } from '../../shared/core/unit.ts';
import { type Connection, literal, row } from '../../shared/duckdb/engine.ts';
import { FACT_COLUMNS } from '../../shared/lake/facts.ts';
import type { FactsRef, SiteIndex } from '../../shared/lake/site-index.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';

const SETTLED_NEIGHBOUR = sqlText(import.meta.url, 'settled-neighbour.sql');

/**
 * How far apart the corrected times of two copies of an event may lie (docs/semantics.md, "Duplicates"):
 * equal content within it is one event, other content under the same id a collision.
 */
export const WINDOW_DAYS = 2;
const WINDOW_MS = WINDOW_DAYS * 86_400_000;

/** Facts of units near enough to hold a copy of an event of this one. */
export function neighboursOf(index: SiteIndex, unit: string): Map<string, FactsRef> {
  const day = dayOfDate(unit);
  const found = new Map<string, FactsRef>();
  for (let step = -WINDOW_DAYS; step <= WINDOW_DAYS; step++) {
    const name = dateOfDay(day + step);
    const facts = index.units[name]?.facts;
    if (step !== 0 && facts) found.set(name, facts);
  }
  return found;
}

/**
 * Makes the table `foreign_rows`: facts of neighbouring units under an id that also arrives here, near
 * enough in time to be the same event. A big neighbour is asked through its file of ids first.
 *
 * @returns the neighbours that hold such rows, each with its facts as a local file
 */
export async function loadForeign(
  connection: Connection,
  objects: ObjectStore,
  folder: string,
  neighbours: ReadonlyMap<string, FactsRef>,
): Promise<Map<string, string>> {
  const touched = new Map<string, string>();
  await connection.run(
    'CREATE OR REPLACE TEMP TABLE foreign_rows AS SELECT *, NULL::VARCHAR AS home FROM known LIMIT 0',
  );
  const { first, last } = await row<{ first: number | null; last: number | null }>(
    connection,
    'SELECT epoch_ms(min(event_time)) AS first, epoch_ms(max(event_time)) AS last FROM incoming',
  );
  if (first === null || last === null) return touched;
  for (const [unit, facts] of neighbours) {
    if (facts.to < first - WINDOW_MS || facts.from > last + WINDOW_MS) continue;
    if (facts.ids && !(await mayHold(connection, objects, folder, unit, facts.ids))) continue;
    const file = join(folder, `facts-${unit}.parquet`);
    await objects.download(facts.object, file);
    const { n } = await row<{ n: number }>(
      connection,
      `INSERT INTO foreign_rows BY NAME
       SELECT ${FACT_COLUMNS.join(', ')}, ${literal(unit)} AS home FROM read_parquet(${literal(file)}) f
       WHERE EXISTS (
         SELECT 1 FROM incoming i WHERE i.event_id = coalesce(f.collided_id, f.event_id)
           AND abs(epoch_ms(i.event_time) - epoch_ms(f.event_time)) <= ${WINDOW_MS})`,
    ).then((inserted) => ({ n: Number(Object.values(inserted)[0]) }));
    if (n > 0) touched.set(unit, file);
  }
  return touched;
}

async function mayHold(
  connection: Connection,
  objects: ObjectStore,
  folder: string,
  unit: string,
  ids: string,
): Promise<boolean> {
  const file = join(folder, `ids-${unit}.parquet`);
  await objects.download(ids, file);
  const { n } = await row<{ n: number }>(
    connection,
    `SELECT count(*) AS n FROM incoming
     WHERE md5_number_lower(event_id) IN (SELECT id FROM read_parquet(${literal(file)}))`,
  );
  return n > 0;
}

/** Makes the table `settled_neighbour`: a neighbour's facts, its rows under shared ids as they were settled. */
export async function settleNeighbour(connection: Connection, unit: string, file: string): Promise<void> {
  await connection.run(
    fillSql(SETTLED_NEIGHBOUR, {
      columns: FACT_COLUMNS.join(', '),
      file: literal(file),
      unit: literal(unit),
    }),
  );
}
