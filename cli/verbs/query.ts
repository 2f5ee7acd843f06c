import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import type { WorkingLake } from '../../local/working-lake.ts';
import type { AthenaQueries, QueryAnswer } from '../../shared/clients/athena-queries.ts';
import { badInput } from '../../shared/core/errors.ts';
import { csvLine } from '../csv-text.ts';
import { table } from '../table.ts';
import { isStructured, jsonValue } from '../values.ts';
import type { Verb, VerbContext } from '../verb.ts';

const FORMATS = ['table', 'csv', 'json', 'ndjson', 'parquet'] as const;

export const verb: Verb = {
  name: 'query',
  summary: 'ask the lake in Athena SQL',
  arguments: [{ name: 'SQL', required: true, help: 'a statement in the dialect of Amazon Athena' }],
  options: {
    database: { type: 'string', value: 'D', default: 'retcon', help: 'database of names without one' },
    release: {
      type: 'string',
      value: 'R',
      help: 'ask release R, or proposal for what is not live yet, in place of the live release',
    },
    format: {
      type: 'string',
      choices: FORMATS,
      help: 'how rows are written (default table, with --json json)',
    },
    out: { type: 'string', value: 'FILE', help: 'write there instead of to standard output' },
  },
  examples: [
    'retcon query "SELECT dt, sessions, page_views FROM mart_daily_traffic ORDER BY dt"',
    'retcon query "SELECT * FROM sessions" --format csv --out sessions.csv',
  ],
  run,
};

async function run(context: VerbContext): Promise<undefined> {
  const { output, options, positionals, home, io } = context;
  const format = options.text('format') ?? (output.json ? 'json' : 'table');
  const out = options.text('out');
  const sql = positionals[0]!.trim().replace(/;\s*$/, '');
  if (sql === '')
    throw badInput('empty_sql', 'the statement is empty', { field: 'SQL', fix: 'write a SELECT' });
  const { openHome } = await import('../home.ts');
  const lake = await openHome(home);
  try {
    const release = options.text('release');
    const database =
      release === null
        ? options.text('database')!
        : await (await import('../pinned.ts')).pinnedDatabase(lake, output, release);
    if (format === 'parquet') return await toParquet(context, lake, sql, database, out);
    const answer = await ask(lake.queries, sql, database);
    const text = written(answer, format);
    if (out === null) await output.part(text);
    else {
      const file = createWriteStream(resolve(io.cwd, out));
      file.end(text);
      await once(file, 'finish');
      output.result({ rows: answer.rows.length, file: out }, `${answer.rows.length} rows in ${out}`);
    }
    return undefined;
  } finally {
    await lake.close();
  }
}

/** Runs the statement; columns of arrays, maps and rows come as JSON. */
async function ask(queries: AthenaQueries, sql: string, database: string): Promise<QueryAnswer> {
  const answer = await queries.query(sql, { database });
  if (!answer.columns.some(({ type }) => isStructured(type))) return answer;
  const names = new Set(answer.columns.map(({ name }) => name));
  if (names.size < answer.columns.length) return answer;
  const columns = answer.columns.map(({ name, type }) => {
    const quoted = `"${name.replaceAll('"', '""')}"`;
    return isStructured(type) ? `json_format(CAST(${quoted} AS JSON)) AS ${quoted}` : quoted;
  });
  const again = await queries.query(`SELECT ${columns.join(', ')} FROM (${sql}) t`, { database });
  return { ...again, columns: answer.columns };
}

function written(answer: QueryAnswer, format: string): string {
  const { columns, rows } = answer;
  const value = (text: string | null, i: number): unknown => {
    const { type } = columns[i]!;
    return isStructured(type) && text !== null && /^[[{]/.test(text) ? parsed(text) : jsonValue(text, type);
  };
  const object = (row: (string | null)[]): string =>
    `{${columns.map(({ name }, i) => `${JSON.stringify(name)}:${JSON.stringify(value(row[i]!, i))}`).join(',')}}`;
  switch (format) {
    case 'json':
      return rows.length === 0 ? '[]\n' : `[${rows.map(object).join(',\n')}]\n`;
    case 'ndjson':
      return rows.map((row) => `${object(row)}\n`).join('');
    case 'csv': {
      const lines = [
        columns.map(({ name }) => name),
        ...rows.map((row) => row.map((text, i) => flat(value(text, i)))),
      ];
      return lines.map((line) => csvLine(line)).join('');
    }
    default:
      return table(
        columns.map(({ name }) => name),
        rows.map((row) => row.map(value)),
      );
  }
}

const flat = (value: unknown): unknown =>
  value !== null && typeof value === 'object' ? JSON.stringify(value) : value;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function toParquet(
  context: VerbContext,
  lake: WorkingLake,
  sql: string,
  database: string,
  out: string | null,
): Promise<undefined> {
  if (out === null) {
    throw badInput('parquet_needs_out', '--format parquet writes a file', {
      field: 'out',
      fix: 'add --out FILE',
    });
  }
  const { exportParquet } = await import('../export-parquet.ts');
  const rows = await exportParquet(lake, sql, database, resolve(context.io.cwd, out));
  context.output.result({ rows, file: out }, `${rows} rows in ${out}`);
  return undefined;
}
