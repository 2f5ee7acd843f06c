import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../dialect/analyze/value.ts';
import { SqlError, unsupported } from '../dialect/errors.ts';
import { duckType, type Type } from '../dialect/types.ts';
import type { Engine } from './run.ts';
import { storedColumn, writeParquet } from './store.ts';

/** Partitions that one statement may write. */
const MOST_PARTITIONS = 100;

export interface Destination {
  /** Of the query's columns c0, c1, ..: those inside the files first, then the partition columns. */
  columns: { name: string; type: Type }[];
  partitionedBy: string[];
  /** DuckDB's name. */
  compression: string;
  /** `s3://bucket/folder/` for rows of these partition values (`[]` without partitions). */
  place(values: (string | null)[]): string;
  /** Name of the file in a place; the same file is never written twice. */
  file: string;
}

export interface Stored {
  rows: number;
  /** The partitions that got rows, values as the catalog writes them. */
  partitions: { values: string[]; location: string }[];
}

/** Hive's name for a partition without a value. */
export const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__';

/** Partition columns come last in the SELECT, in the order in which they are named. */
export function checkPartitions(columns: Destination['columns'], partitionedBy: string[]): void {
  if (partitionedBy.length === 0) return;
  for (const key of partitionedBy)
    if (!columns.some((c) => c.name === key))
      throw new SqlError('INVALID_TABLE_PROPERTY', `Partition column '${key}' is not in the query's columns`);
  if (partitionedBy.length >= columns.length)
    throw new SqlError('INVALID_TABLE_PROPERTY', 'Table contains only partition columns');
  const last = columns.slice(-partitionedBy.length);
  if (last.some(({ name }, i) => name !== partitionedBy[i]))
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      `Partition keys must be the last columns in the table and in the same order as the table properties: [${partitionedBy.join(', ')}]`,
    );
  for (const c of last)
    if (!['varchar', 'integer', 'bigint', 'smallint', 'tinyint', 'date'].includes(c.type.kind))
      throw unsupported(`a partition column of type ${duckType(c.type)}`);
}

/** Runs a SELECT and puts its rows into the lake as Parquet, a file for each partition. */
export async function storeRows(
  engine: Engine,
  sql: string,
  connection: DuckDBConnection,
  to: Destination,
): Promise<Stored> {
  const folder = join(engine.home, 'athena.temporary', to.file);
  await mkdir(folder, { recursive: true });
  try {
    return to.partitionedBy.length === 0
      ? await storeAll(engine, sql, connection, to, folder)
      : await storePartitions(engine, sql, connection, to, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function storeAll(
  engine: Engine,
  sql: string,
  connection: DuckDBConnection,
  to: Destination,
  folder: string,
): Promise<Stored> {
  const path = join(folder, 'all.parquet');
  const list = to.columns.map(storedColumn).join(', ');
  const rows = await writeParquet(connection, `SELECT ${list} FROM (${sql}) AS q`, path, to.compression);
  if (rows > 0) await engine.files.store(path, `${to.place([])}${to.file}`);
  return { rows, partitions: [] };
}

async function storePartitions(
  engine: Engine,
  sql: string,
  connection: DuckDBConnection,
  to: Destination,
  folder: string,
): Promise<Stored> {
  const plain = to.columns.length - to.partitionedBy.length;
  const keys = to.columns.slice(plain).map((_, i) => `c${plain + i}`);
  await connection.run(`CREATE TEMP TABLE stored AS ${sql}`);
  try {
    const groups = await connection.runAndReadAll(
      `SELECT DISTINCT ${keys.map((k) => `CAST(${k} AS VARCHAR)`).join(', ')} FROM stored ORDER BY ALL LIMIT ${MOST_PARTITIONS + 1}`,
    );
    const found = groups.getRows().map((row) => row.map((v) => (v === null ? null : String(v))));
    if (found.length > MOST_PARTITIONS)
      throw new SqlError(
        'HIVE_TOO_MANY_OPEN_PARTITIONS',
        `Exceeded limit of ${MOST_PARTITIONS} open writers for partitions/buckets`,
      );
    const list = to.columns.slice(0, plain).map(storedColumn).join(', ');
    const stored: Stored = { rows: 0, partitions: [] };
    for (const [n, values] of found.entries()) {
      const where = values
        .map((v, i) => `CAST(${keys[i]} AS VARCHAR) IS NOT DISTINCT FROM ${v === null ? 'NULL' : quote(v)}`)
        .join(' AND ');
      const path = join(folder, `${n}.parquet`);
      const select = `SELECT ${list} FROM stored WHERE ${where}`;
      stored.rows += await writeParquet(connection, select, path, to.compression);
      const location = to.place(values);
      await engine.files.store(path, `${location}${to.file}`);
      stored.partitions.push({ values: values.map((v) => v ?? NULL_PARTITION), location });
    }
    return stored;
  } finally {
    await connection.run('DROP TABLE stored');
  }
}

/** `key=value/key=value/`, as Hive names the folders of partitions. */
export const partitionFolder = (keys: string[], values: (string | null)[]): string =>
  keys.map((key, i) => `${key}=${encodePart(values[i] ?? NULL_PARTITION)}/`).join('');

/** Hive escapes what a folder's name can't hold. */
const encodePart = (value: string): string =>
  value.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    /[\u0000-\u001f"#%'*/:=?\\{[\]^\u007f]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );

/** `part.zstd.parquet`, told apart by the statement that writes it. */
export const fileName = (id: string, compression: string): string =>
  `${id}.${compression === 'uncompressed' ? '' : `${compression}.`}parquet`;
