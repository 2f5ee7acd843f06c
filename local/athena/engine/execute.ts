import type { DuckDBConnection } from '@duckdb/node-api';
import { RetconError } from '../../../shared/core/errors.ts';
import { chunks } from '../../../shared/duckdb/streamed.ts';
import { readParameters } from '../dialect/index.ts';
import type { Statement } from '../dialect/parse/ast.ts';
import { parseStatement } from '../dialect/parse/statement.ts';
import { BIGINT, type Type, VARCHAR } from '../dialect/types.ts';
import { createView, drop, show } from './catalog-statements.ts';
import { createTableAs, type Written } from './ctas.ts';
import { createExternal } from './external-table.ts';
import { insertInto } from './insert.ts';
import { addPartitions, dropPartitions, repair } from './partition-statements.ts';
import { print } from './print.ts';
import { type Engine, type Question, withPlan } from './run.ts';
import { unload } from './unload.ts';

/** Takes the rows of a result, some at a time, each value as Athena prints it. */
export interface Sink {
  columns(columns: { name: string; type: Type }[], header: boolean): Promise<void>;
  rows(rows: (string | null)[][]): Promise<void>;
}

export interface Execution extends Question {
  id: string;
  /** Where results go, `s3://bucket/folder/`, or null. */
  output: string | null;
}

export interface Outcome {
  kind: 'DML' | 'DDL' | 'UTILITY';
  detail: string;
  scannedBytes: number;
  /** Rows that the statement wrote; undefined for those that write none. */
  written?: number;
}

const DETAILS: Record<Statement['kind'], [Outcome['kind'], string]> = {
  query: ['DML', 'SELECT'],
  createTableAs: ['DDL', 'CREATE_TABLE_AS_SELECT'],
  insert: ['DML', 'INSERT'],
  unload: ['DML', 'UNLOAD'],
  createExternal: ['DDL', 'CREATE_TABLE'],
  addPartitions: ['DDL', 'ALTER_TABLE_ADD_PARTITION'],
  dropPartitions: ['DDL', 'ALTER_TABLE_DROP_PARTITION'],
  repair: ['DDL', 'MSCK_REPAIR_TABLE'],
  createView: ['DDL', 'CREATE_VIEW'],
  dropTable: ['DDL', 'DROP_TABLE'],
  dropView: ['DDL', 'DROP_VIEW'],
  showTables: ['UTILITY', 'SHOW_TABLES'],
  showViews: ['UTILITY', 'SHOW_VIEWS'],
  showDatabases: ['UTILITY', 'SHOW_DATABASES'],
  showColumns: ['UTILITY', 'SHOW_COLUMNS'],
  showPartitions: ['UTILITY', 'SHOW_PARTITIONS'],
  showCreateView: ['UTILITY', 'SHOW_CREATE_VIEW'],
  describe: ['UTILITY', 'DESCRIBE_TABLE'],
};

/** Parsed statements by their text. Analysis depends on the catalog and is done each time. */
const parsed = new Map<string, ReturnType<typeof parseStatement>>();

function parse(sql: string): ReturnType<typeof parseStatement> {
  const known = parsed.get(sql);
  if (known !== undefined) return known;
  if (parsed.size >= 500) parsed.clear();
  const fresh = parseStatement(sql);
  parsed.set(sql, fresh);
  return fresh;
}

/** What kind of statement it is, as GetQueryExecution says; throws `SqlError` when it can't be read. */
export function classify(sql: string): { kind: Outcome['kind']; detail?: string } {
  const [kind, detail] = DETAILS[parse(sql).statement.kind];
  return { kind, detail };
}

/** Runs one statement of Athena SQL. Throws what `failureOf` can put into Athena's words. */
export async function execute(
  engine: Engine,
  sql: string,
  execution: Execution,
  sink: Sink,
): Promise<Outcome> {
  const { statement, parameters } = parse(sql);
  readParameters(execution.parameters, parameters);
  const [kind, detail] = DETAILS[statement.kind];
  const done = (scannedBytes: number): Outcome => ({ kind, detail, scannedBytes });
  // Statements that write answer with no row, but with a column: how many rows they wrote.
  const wrote = async ({ scannedBytes, rows }: Written): Promise<Outcome> => {
    await sink.columns([{ name: 'rows', type: BIGINT }], false);
    return { ...done(scannedBytes), written: rows };
  };
  switch (statement.kind) {
    case 'query':
      return done(
        await withPlan(engine, statement.query, execution, async (plan, connection, stopped) => {
          await sink.columns(plan.columns, true);
          try {
            await stream(connection, plan.sql, plan.columns, sink);
          } catch (cause) {
            // Asked for as a whole, it fails again, and says why.
            const brokeOff = cause instanceof RetconError && cause.code === 'query_broke_off';
            if (brokeOff && !stopped()) await connection.run(plan.sql);
            throw cause;
          }
          return plan.scannedBytes;
        }),
      );
    case 'createTableAs':
      return wrote(await createTableAs(engine, statement, execution));
    case 'insert':
      return wrote(await insertInto(engine, statement, execution));
    case 'unload':
      return wrote(await unload(engine, statement, execution));
    case 'createExternal':
      await createExternal(engine, statement, execution);
      return done(0);
    case 'addPartitions':
      await addPartitions(engine, statement, execution);
      return done(0);
    case 'dropPartitions':
      await dropPartitions(engine, statement, execution);
      return done(0);
    case 'createView':
      await createView(engine, statement, execution);
      return done(0);
    case 'dropTable':
    case 'dropView':
      await drop(engine, statement, execution);
      return done(0);
    default: {
      const { column, rows } = await (statement.kind === 'repair'
        ? repair(engine, statement, execution)
        : show(engine, statement, execution));
      await sink.columns([{ name: column, type: VARCHAR }], false);
      await sink.rows(rows.map((r) => [r]));
      return done(0);
    }
  }
}

async function stream(
  connection: DuckDBConnection,
  sql: string,
  columns: { type: Type }[],
  sink: Sink,
): Promise<void> {
  for await (const chunk of chunks(connection, sql)) {
    const vectors = columns.map((_, i) => chunk.getColumnVector(i));
    const rows: (string | null)[][] = [];
    for (let r = 0; r < chunk.rowCount; r++)
      rows.push(vectors.map((v, i) => print(v.getItem(r), columns[i]!.type)));
    await sink.rows(rows);
  }
}
