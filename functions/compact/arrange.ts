import { join } from 'node:path';
import { type Connection, fileList, literal } from '../../shared/duckdb/engine.ts';
import { FACTS, NO_FACTS } from './facts-columns.ts';
import { type Source, splitsOf, writeFacts } from './facts-writer.ts';
import { writeIds } from './generation.ts';
import { incomingSql, tellLanded } from './incoming.ts';
import type { Wanted } from './judge.ts';
import type { LandedFile } from './landed-files.ts';
import type { CompactLimits } from './limits.ts';

/** The facts of a unit and what arrived, copies included: the views `known`, `incoming` and `arrived`. */
export interface Arranged {
  /** Sources that are, together, `arrived`. */
  sources: Source[];
  /** When much arrived: `arrived` as 2^k sorted files, and the ids of all of it. */
  written: { files: string[]; k: number; ids: string } | null;
}

/**
 * Reads what landed, once. A little of it is kept in memory. Much is sorted together with the known facts and
 * written as facts files at once: when it then turns out that nothing came twice, these are the new generation.
 *
 * Fails when a line is no fact (`judgeLines` tells which).
 *
 * @param known the unit's facts so far as local files, and their rows
 */
export async function arrange(
  connection: Connection,
  folder: string,
  landed: readonly LandedFile[],
  known: { files: readonly string[]; rows: number } | null,
  wanted: Wanted,
  limits: CompactLimits,
): Promise<Arranged> {
  await tellLanded(connection, landed);
  const base = known === null ? NO_FACTS : `SELECT ${FACTS} FROM read_parquet(${fileList(known.files)})`;
  await connection.run(`CREATE OR REPLACE TEMP VIEW known AS ${base}`);
  const before: Source[] = known === null ? [] : [{ files: known.files }];
  const rows = landed.reduce((sum, file) => sum + file.rows, 0);
  const lines = `SELECT *, NULL::VARCHAR AS collided_id FROM (${landed.length === 0 ? NO_LINES : incomingSql(landed, wanted)})`;
  if (rows <= limits.rowsInMemory) {
    await connection.run(`CREATE OR REPLACE TEMP TABLE few AS ${lines}`);
    await connection.run('CREATE OR REPLACE TEMP VIEW incoming AS FROM few');
    await connection.run('CREATE OR REPLACE TEMP VIEW arrived AS FROM known UNION ALL BY NAME FROM few');
    return { sources: [...before, { sql: 'FROM few' }], written: null };
  }
  const k = splitsOf((known?.rows ?? 0) + rows, limits.rowsInFile);
  const arriving: Source = k === 0 ? { sql: lines } : await parsed(connection, folder, lines);
  const files = await writeFacts(connection, folder, 'arrived', k, [...before, arriving]);
  await connection.run(
    `CREATE OR REPLACE TEMP VIEW arrived AS SELECT ${FACTS} FROM read_parquet(${fileList(files)})`,
  );
  await connection.run(
    'CREATE OR REPLACE TEMP VIEW incoming AS FROM arrived WHERE landing_object IN (SELECT object FROM landed)',
  );
  const ids = join(folder, 'ids.parquet');
  await writeIds(connection, ids, 'FROM arrived');
  return { sources: [{ files }], written: { files, k, ids } };
}

const NO_LINES = `SELECT * EXCLUDE (collided_id) FROM (${NO_FACTS})`;

/** What landed as one file, unsorted, since each of several facts files takes its part of it. */
async function parsed(connection: Connection, folder: string, lines: string): Promise<Source> {
  const file = join(folder, 'incoming.parquet');
  await connection.run(`COPY (${lines}) TO ${literal(file)} (FORMAT parquet, COMPRESSION snappy)`);
  return { files: [file] };
}
