import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { scanMark } from '../dialect/analyze/relation.ts';
import type { Scan } from '../dialect/analyze/value.ts';
import { clockIn } from '../dialect/analyze/zones.ts';
import { unsupported } from '../dialect/errors.ts';
import { type Compiled, compile } from '../dialect/index.ts';
import type { Query } from '../dialect/parse/ast.ts';
import type { TableColumn } from '../dialect/tables.ts';
import { MIXED_ZONES, type Type, UTC } from '../dialect/types.ts';
import type { Catalog } from './catalog.ts';
import { isStale } from './failure.ts';
import type { Files } from './files.ts';
import { lookUp, type Meanings } from './meanings.ts';
import { placesOf } from './partitions.ts';
import { connect } from './session.ts';
import { type Source, sourceOf } from './source.ts';

/** What queries run with. */
export interface Engine {
  home: string;
  catalog: Catalog;
  files: Files;
  session(): Promise<DuckDBInstance>;
}

export interface Question {
  database: string;
  parameters: string[];
  now: Date;
  /** Is given the way to stop the query, once there is something to stop. */
  onRunning?(interrupt: () => void): void;
}

/** A query that is ready to run: DuckDB SQL over exactly the files that it needs. */
export interface Planned {
  sql: string;
  columns: { name: string; type: Type }[];
  scannedBytes: number;
}

const ATTEMPTS = 3;

/**
 * Plans a query and hands it to `use`, with what tells whether somebody stopped it. When a file is gone by the time
 * it is opened (its partition was replaced long enough ago), the query is planned anew, from the catalog on.
 */
export async function withPlan<T>(
  engine: Engine,
  query: Query,
  question: Question,
  use: (plan: Planned, connection: DuckDBConnection, stopped: () => boolean) => Promise<T>,
): Promise<T> {
  const connection = await connect(await engine.session());
  let open = true;
  let stopped = false;
  try {
    question.onRunning?.(() => {
      stopped = true;
      if (open) connection.interrupt();
    });
    for (let attempt = 1; ; attempt++) {
      try {
        return await use(await plan(engine, query, question, connection), connection, () => stopped);
      } catch (error) {
        if (attempt >= ATTEMPTS || !isStale(error)) throw error;
      }
    }
  } finally {
    open = false;
    connection.closeSync();
  }
}

async function plan(
  engine: Engine,
  query: Query,
  question: Question,
  connection: DuckDBConnection,
): Promise<Planned> {
  const meanings = await lookUp(query, question.database, engine.catalog);
  const compiled = compile(query, { ...question, tables: meanings.tables });
  // One after the other: a connection that is closed while it still answers something else takes the process along.
  const sources: Source[] = [];
  for (const scan of compiled.scans) sources.push(await source(scan, meanings, engine, connection));
  let { sql } = compiled;
  for (const [i, s] of sources.entries()) sql = sql.replaceAll(scanMark(compiled.scans[i]!), () => s.sql);
  return {
    sql: printable(sql, compiled),
    columns: compiled.columns,
    scannedBytes: sources.reduce((sum, s) => sum + s.bytes, 0),
  };
}

async function source(
  scan: Scan,
  meanings: Meanings,
  engine: Engine,
  connection: DuckDBConnection,
): Promise<Source> {
  const key = `${scan.database}.${scan.table}`;
  const entry = meanings.entries.get(key)!;
  const columns = (meanings.tables.get(key) as { columns: TableColumn[] }).columns;
  const places = await placesOf(scan, entry, engine.catalog);
  return sourceOf(scan, entry, columns, places, engine.files, connection);
}

/** A timestamp of another zone than UTC is shifted to that zone's clock where the result shows it. */
function printable(sql: string, { columns }: Compiled): string {
  const zones = columns.map((c) => (c.type.kind === 'timestamptz' ? c.type.zone : UTC));
  if (zones.every((z) => z === UTC)) return sql;
  const list = zones.map((zone, i) => {
    if (zone === MIXED_ZONES) throw unsupported('showing a timestamp with an offset (use AT TIME ZONE)');
    return zone === UTC ? `c${i}` : `timezone(${UTC}, ${clockIn(zone, `c${i}`)}) AS c${i}`;
  });
  return `SELECT ${list.join(', ')} FROM (${sql}) AS shown`;
}
