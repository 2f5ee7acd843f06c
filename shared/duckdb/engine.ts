import { tmpdir } from 'node:os';
import { DuckDBConnection, type DuckDBDataChunk, DuckDBInstance, type DuckDBResult } from '@duckdb/node-api';
import { sqlLiteral } from '../core/sql-literal.ts';
import { spillFolder } from './spill-folder.ts';
import { streamed } from './streamed.ts';

/** A connection to the in-process engine; `close()` when done. */
export type Connection = DuckDBConnection;

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
    temp_directory: spillFolder(process.env['RETCON_SCRATCH'] ?? tmpdir()),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
    // Joins run as they are written: the wide side streams past the small one. The optimizer takes a unit's
    // facts for the smaller side now and then, and holds all of them in memory.
    disabled_optimizers: 'build_side_probe_side,join_order',
  });
  return instance;
}

/**
 * Runs `work` on a connection of its own and closes it, whatever happens. Nobody may set anything here but what is the
 * connection's own: a setting of the whole engine is written while other connections read it, and the process crashes
 * now and then (docs/decisions/0020).
 */
export async function withConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await DuckDBConnection.create(await open());
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

/** Rows of a small result as objects; bigints that fit become numbers. */
export async function rows<T>(connection: Connection, sql: string): Promise<T[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJS().map((row) => plain<T>(row));
}

/** Rows of a large result as `rows` has them, some at a time: nothing but these is held. */
export async function* batches<T>(connection: Connection, sql: string): AsyncGenerator<T[]> {
  const objects = (result: DuckDBResult) => result.yieldRowObjectJs();
  for await (const some of streamed(connection, sql, objects)) yield some.map((row) => plain<T>(row));
}

function plain<T>(row: Record<string, unknown>): T {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === 'bigint' && value >= -(2n ** 53n) && value <= 2n ** 53n) row[name] = Number(value);
  }
  return row as T;
}

/** The first row of a result; throws when there is none. */
export async function row<T>(connection: Connection, sql: string): Promise<T> {
  const [first] = await rows<T>(connection, sql);
  if (first === undefined) throw new Error(`no row from: ${sql.slice(0, 200)}`);
  return first;
}

/** Columns of a small table: name to SQL type. */
export type TableColumns = Record<string, 'VARCHAR' | 'DOUBLE' | 'BIGINT' | 'INTEGER' | 'BOOLEAN'>;

/** A table to fill row by row; `close` completes it. */
export interface TableFill {
  row(record: Readonly<Record<string, unknown>>): void;
  close(): void;
}

/** Makes a temporary table for rows of strings, numbers, booleans and nulls, in place of one of that name. */
export async function createTable(
  connection: Connection,
  table: string,
  columns: TableColumns,
): Promise<TableFill> {
  const names = Object.keys(columns);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${table} (${names.map((name) => `"${name}" ${columns[name]}`).join(', ')})`,
  );
  const appender = await connection.createAppender(table);
  return {
    row(record) {
      for (const name of names) {
        const value = record[name];
        if (value === null || value === undefined) appender.appendNull();
        else if (columns[name] === 'VARCHAR') appender.appendVarchar(String(value));
        else if (columns[name] === 'DOUBLE') appender.appendDouble(Number(value));
        else if (columns[name] === 'BIGINT') appender.appendBigInt(BigInt(value as number));
        else if (columns[name] === 'INTEGER') appender.appendInteger(Number(value));
        else appender.appendBoolean(Boolean(value));
      }
      appender.endRow();
    },
    close: () => appender.closeSync(),
  };
}

/** Makes a temporary table out of rows. */
export async function tableFromRows(
  connection: Connection,
  table: string,
  columns: TableColumns,
  data: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const fill = await createTable(connection, table, columns);
  for (const record of data) fill.row(record);
  fill.close();
}

/** Items of a fixed-width vector, without a copy. NULLs are whatever lies there: SELECT none. */
export function items<T>(chunk: DuckDBDataChunk, column: number): T {
  return (chunk.getColumnVector(column) as unknown as { items: T }).items;
}

export { sqlLiteral as literal };

/** File names as a SQL list. */
export function fileList(paths: readonly string[]): string {
  return `[${paths.map(sqlLiteral).join(', ')}]`;
}
