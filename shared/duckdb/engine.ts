import { tmpdir } from 'node:os';
import { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, type DuckDBType } from '@duckdb/node-api';

/** A connection to the in-process engine; `close()` when done. */
export type Connection = DuckDBConnection;

const VECTOR_SIZE = 2048;

let instance: Promise<DuckDBInstance> | undefined;

/**
 * The process's one DuckDB. One thread: a function has about one core, results keep the order of their
 * input (positional joins and running sums rely on it), and a query still runs beside another on its
 * own connection. It reaches files only; nothing is downloaded or installed.
 */
function open(): Promise<DuckDBInstance> {
  instance ??= DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: process.env['RETCON_DUCKDB_MEMORY'] ?? '1500MB',
    temp_directory: process.env['RETCON_SCRATCH'] ?? tmpdir(),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
  });
  return instance;
}

/** Runs `work` on a connection of its own and closes it, whatever happens. */
export async function withConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await DuckDBConnection.create(await open());
  try {
    await connection.run("SET TimeZone = 'UTC'");
    // Joins run as they are written: the wide side streams past the small one. The optimizer takes a unit's
    // facts for the smaller side now and then, and holds all of them in memory.
    await connection.run("SET disabled_optimizers = 'build_side_probe_side,join_order'");
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

/** Rows of a small result as objects; bigints that fit become numbers. */
export async function rows<T>(connection: Connection, sql: string): Promise<T[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJS().map((row) => {
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === 'bigint' && value >= -(2n ** 53n) && value <= 2n ** 53n) row[name] = Number(value);
    }
    return row as T;
  });
}

/** The first row of a result; throws when there is none. */
export async function row<T>(connection: Connection, sql: string): Promise<T> {
  const [first] = await rows<T>(connection, sql);
  if (first === undefined) throw new Error(`no row from: ${sql.slice(0, 200)}`);
  return first;
}

/** A column of numbers to append: one typed array as long as the table to be. */
export interface NumberColumn {
  name: string;
  type: DuckDBType;
  sqlType: string;
  items: Float64Array | Int32Array | Int8Array | Uint8Array;
}

/** Makes a temporary table out of typed arrays of equal length, in their order. */
export async function tableFromArrays(
  connection: Connection,
  table: string,
  columns: NumberColumn[],
): Promise<void> {
  const length = columns[0]?.items.length ?? 0;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${table} (${columns.map((c) => `${c.name} ${c.sqlType}`).join(', ')})`,
  );
  if (length === 0) return;
  const appender = await connection.createAppender(table);
  const types = columns.map((column) => column.type);
  for (let from = 0; from < length; from += VECTOR_SIZE) {
    const to = Math.min(from + VECTOR_SIZE, length);
    const chunk = DuckDBDataChunk.create(types, to - from);
    columns.forEach((column, index) => {
      const vector = chunk.getColumnVector(index) as unknown as { items: typeof column.items; flush(): void };
      (vector.items as Float64Array).set(column.items.subarray(from, to) as Float64Array);
      vector.flush();
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** Makes a temporary table out of rows of strings, numbers, booleans and nulls. `spec`: name to SQL type. */
export async function tableFromRows(
  connection: Connection,
  table: string,
  spec: Record<string, 'VARCHAR' | 'DOUBLE' | 'BIGINT' | 'INTEGER' | 'BOOLEAN'>,
  data: readonly Record<string, unknown>[],
): Promise<void> {
  const names = Object.keys(spec);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${table} (${names.map((name) => `"${name}" ${spec[name]}`).join(', ')})`,
  );
  if (data.length === 0) return;
  const appender = await connection.createAppender(table);
  for (const record of data) {
    for (const name of names) {
      const value = record[name];
      if (value === null || value === undefined) appender.appendNull();
      else if (spec[name] === 'VARCHAR') appender.appendVarchar(String(value));
      else if (spec[name] === 'DOUBLE') appender.appendDouble(Number(value));
      else if (spec[name] === 'BIGINT') appender.appendBigInt(BigInt(value as number));
      else if (spec[name] === 'INTEGER') appender.appendInteger(Number(value));
      else appender.appendBoolean(Boolean(value));
    }
    appender.endRow();
  }
  appender.closeSync();
}

/** Items of a fixed-width vector, without a copy. NULLs are whatever lies there: SELECT none. */
export function items<T>(chunk: DuckDBDataChunk, column: number): T {
  return (chunk.getColumnVector(column) as unknown as { items: T }).items;
}

/** A string as a SQL literal. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** File names as a SQL list. */
export function fileList(paths: readonly string[]): string {
  return `[${paths.map(literal).join(', ')}]`;
}
