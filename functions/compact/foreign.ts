import { join } from 'node:path';
import { dateOfDay, dayOfDate } from '../../shared/core/unit.ts';
import { type Connection, fileList, literal, row } from '../../shared/duckdb/engine.ts';
import { factsFiles } from '../../shared/lake/facts.ts';
import type { FactsRef, SiteIndex } from '../../shared/lake/site-index.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import { FACTS } from './facts-columns.ts';

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

/** Brings the files of a generation into a folder; in their order. */
export async function fetchFacts(
  objects: ObjectStore,
  folder: string,
  name: string,
  facts: FactsRef,
): Promise<string[]> {
  const files: string[] = [];
  for (const [i, { object }] of factsFiles(facts).entries()) {
    const file = join(folder, `${name}-${i}.parquet`);
    await objects.download(object, file);
    files.push(file);
  }
  return files;
}

/**
 * Makes the table `foreign_rows`: facts of neighbouring units under an id that also arrives here (the view
 * `incoming`), near enough in time to be the same event. A big neighbour is asked through its file of ids first.
 *
 * @param ids a file with the ids of all that arrives, and perhaps more, as numbers; null when that is little
 * @returns the neighbours that hold such rows, each with its facts as local files
 */
export async function loadForeign(
  connection: Connection,
  objects: ObjectStore,
  folder: string,
  neighbours: ReadonlyMap<string, FactsRef>,
  ids: string | null,
): Promise<Map<string, string[]>> {
  const touched = new Map<string, string[]>();
  await connection.run(
    'CREATE OR REPLACE TEMP TABLE foreign_rows AS SELECT *, NULL::VARCHAR AS home FROM known LIMIT 0',
  );
  if (neighbours.size === 0) return touched;
  const { first, last } = await row<{ first: number | null; last: number | null }>(
    connection,
    'SELECT epoch_ms(min(event_time)) AS first, epoch_ms(max(event_time)) AS last FROM incoming',
  );
  if (first === null || last === null) return touched;
  for (const [unit, facts] of neighbours) {
    if (facts.to < first - WINDOW_MS || facts.from > last + WINDOW_MS) continue;
    if (facts.ids && !(await mayHold(connection, objects, folder, unit, facts.ids, ids))) continue;
    const files = await fetchFacts(objects, folder, `facts-${unit}`, facts);
    const neighbour = `read_parquet(${fileList(files)})`;
    // Streams past the ids of the neighbour what may be many more, and keeps the few that are in both.
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE shared_ids AS SELECT event_id, event_time FROM incoming
       WHERE event_id IN (SELECT coalesce(collided_id, event_id) FROM ${neighbour})`,
    );
    const { n } = await row<{ n: number }>(
      connection,
      `INSERT INTO foreign_rows BY NAME
       SELECT ${FACTS}, ${literal(unit)} AS home FROM ${neighbour} f
       WHERE EXISTS (
         SELECT 1 FROM shared_ids i WHERE i.event_id = coalesce(f.collided_id, f.event_id)
           AND abs(epoch_ms(i.event_time) - epoch_ms(f.event_time)) <= ${WINDOW_MS})`,
    ).then((inserted) => ({ n: Number(Object.values(inserted)[0]) }));
    if (n > 0) touched.set(unit, files);
  }
  return touched;
}

async function mayHold(
  connection: Connection,
  objects: ObjectStore,
  folder: string,
  unit: string,
  theirs: string,
  ours: string | null,
): Promise<boolean> {
  const file = join(folder, `ids-${unit}.parquet`);
  await objects.download(theirs, file);
  const arriving =
    ours === null
      ? 'SELECT md5_number_lower(event_id) AS id FROM incoming'
      : `SELECT id FROM read_parquet(${literal(ours)})`;
  const { n } = await row<{ n: number }>(
    connection,
    `SELECT count(*) AS n FROM (${arriving}) WHERE id IN (SELECT id FROM read_parquet(${literal(file)}))`,
  );
  return n > 0;
}
