import { join } from 'node:path';
import { type Connection, literal } from '../../shared/duckdb/engine.ts';
import { FACT_COLUMNS } from '../../shared/lake/facts.ts';
import type { FactsRef } from '../../shared/lake/site-index.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import { loadForeign } from './foreign.ts';

const MERGE = sqlText(import.meta.url, 'merge.sql');

/**
 * Makes `merged`, a unit's facts so far and what arrived (the table `incoming`) without copies, and
 * `settled_rows`, what became of rows under repeated ids.
 *
 * @param base the unit's facts so far
 * @param neighbours facts of units that may hold a copy
 * @returns the neighbours that hold rows under ids that arrived, each with its facts as a local file
 */
export async function merge(
  connection: Connection,
  folder: string,
  objects: ObjectStore,
  unit: string,
  base: FactsRef | null,
  neighbours: ReadonlyMap<string, FactsRef>,
): Promise<Map<string, string>> {
  await loadKnown(connection, objects, folder, base);
  const touched = await loadForeign(connection, objects, folder, neighbours);
  await connection.run(fillSql(MERGE, { columns: FACT_COLUMNS.join(', '), unit: literal(unit) }));
  return touched;
}

async function loadKnown(
  connection: Connection,
  objects: ObjectStore,
  folder: string,
  base: FactsRef | null,
): Promise<void> {
  if (base === null) {
    await connection.run(
      'CREATE OR REPLACE TEMP TABLE known AS SELECT *, NULL::VARCHAR AS collided_id FROM incoming LIMIT 0',
    );
    return;
  }
  const file = join(folder, 'known.parquet');
  await objects.download(base.object, file);
  await connection.run(
    `CREATE OR REPLACE TEMP VIEW known AS SELECT ${FACT_COLUMNS.join(', ')} FROM read_parquet(${literal(file)})`,
  );
}
