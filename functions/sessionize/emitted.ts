import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection, fileList, literal, row } from '../../shared/duckdb/engine.ts';
import { EMPTY_DIGEST } from '../../shared/lake/digest.ts';
import { PARQUET_OPTIONS } from '../../shared/lake/facts.ts';

/** A table file of one unit and one local day. */
export interface EmittedPart {
  dt: string;
  file: string;
  rows: number;
  bytes: number;
}

/** What was written of a table for one unit. */
export interface Emitted {
  parts: EmittedPart[];
  rows: number;
  digest: string;
}

/** Writes the rows of one local day, if there are any. */
export async function writePart(
  connection: Connection,
  parts: EmittedPart[],
  part: { table: string; dt: string; folder: string },
  select: string,
): Promise<void> {
  const file = join(part.folder, `${part.table}-${part.dt}.parquet`);
  const copied = await connection.runAndReadAll(`COPY (${select}) TO ${literal(file)} (${PARQUET_OPTIONS})`);
  const rows = Number(copied.getRowsJS()[0]![0]);
  if (rows > 0) parts.push({ dt: part.dt, file, rows, bytes: (await stat(file)).size });
}

/** Sums the parts up: `digest` is SQL over what was written. */
export async function emittedOf(
  connection: Connection,
  parts: EmittedPart[],
  digest: string,
): Promise<Emitted> {
  if (parts.length === 0) return { parts, rows: 0, digest: EMPTY_DIGEST };
  const files = fileList(parts.map(({ file }) => file));
  const found = await row<{ digest: string }>(
    connection,
    `SELECT ${digest} AS digest FROM read_parquet(${files})`,
  );
  return { parts, rows: parts.reduce((sum, part) => sum + part.rows, 0), digest: found.digest };
}
