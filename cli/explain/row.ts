import type { WorkingLake } from '../../local/working-lake.ts';
import { badInput } from '../../shared/core/errors.ts';
import { nearest } from '../../shared/core/nearest.ts';
import { PUBLIC_TABLES } from '../../shared/lake/tables.ts';

/** Rows of one table that the given keys name, as Athena prints values. */
export interface NamedRows {
  table: string;
  keys: Record<string, string>;
  rows: Record<string, string | null>[];
  /** There are more than were asked for. */
  more: boolean;
}

/** Rows that are looked at: an explanation of many is that of their days. */
const MOST = 5;

/**
 * Reads `KEY=VALUE` arguments and finds the rows of the live release that they name.
 *
 * @throws RetconError exit 2: `unknown_table`, `unknown_column`, `bad_key`, `no_row`, each with what comes nearest
 */
export async function namedRows(
  lake: WorkingLake,
  marts: readonly string[],
  table: string,
  pairs: readonly string[],
): Promise<NamedRows> {
  const known = [...Object.keys(PUBLIC_TABLES), ...marts];
  if (!known.includes(table)) {
    const close = nearest(table, known);
    throw badInput(
      'unknown_table',
      `there is no table "${table}"${close ? ` (did you mean ${close}?)` : ''}`,
      {
        field: 'TABLE',
        fix: `name one of ${known.join(', ')}`,
      },
    );
  }
  const { columns } = await lake.queries.query(`SELECT * FROM ${table} LIMIT 0`);
  const names = columns.map(({ name }) => name);
  const keys = Object.fromEntries(pairs.map((pair) => readPair(pair, table, names)));
  const wanted = Object.entries(keys).map(([name, value]) => `CAST("${name}" AS varchar) = ${quoted(value)}`);
  const where = wanted.length > 0 ? ` WHERE ${wanted.join(' AND ')}` : '';
  const answer = await lake.queries.query(
    `SELECT * FROM ${table}${where} ORDER BY site, dt LIMIT ${MOST + 1}`,
  );
  if (answer.rows.length === 0) throw await noRow(lake, table, keys);
  const rows = answer.rows.map((row) =>
    Object.fromEntries(row.map((value, i) => [answer.columns[i]!.name, value])),
  );
  return { table, keys, rows: rows.slice(0, MOST), more: rows.length > MOST };
}

function readPair(pair: string, table: string, names: readonly string[]): [string, string] {
  const at = pair.indexOf('=');
  if (at <= 0) {
    throw badInput('bad_key', `"${pair}" is not KEY=VALUE`, {
      field: 'KEY=VALUE',
      fix: 'write it as dt=2026-03-01',
    });
  }
  const name = pair.slice(0, at);
  if (!names.includes(name)) {
    const close = nearest(name, names);
    throw badInput(
      'unknown_column',
      `${table} has no column "${name}"${close ? ` (did you mean ${close}?)` : ''}`,
      {
        field: name,
        fix: `its columns are ${names.join(', ')}`,
      },
    );
  }
  return [name, pair.slice(at + 1)];
}

/** Says which key no row has, and what that column does hold. */
async function noRow(lake: WorkingLake, table: string, keys: Record<string, string>) {
  for (const [name, value] of Object.entries(keys)) {
    const found = await lake.queries.query(
      `SELECT DISTINCT CAST("${name}" AS varchar) AS v FROM ${table} WHERE "${name}" IS NOT NULL ORDER BY 1 LIMIT 1000`,
    );
    const values = found.rows.map(([text]) => text!);
    if (values.includes(value)) continue;
    const close = nearest(value, values) ?? values[0];
    return badInput('no_row', `no row of ${table} has ${name}=${value}`, {
      field: name,
      fix: close === undefined ? `${table} is empty` : `there is ${name}=${close}, for one`,
    });
  }
  return badInput(
    'no_row',
    `no row of ${table} has all of ${Object.entries(keys)
      .map((pair) => pair.join('='))
      .join(', ')}`,
    {
      field: 'KEY=VALUE',
      fix: 'leave one of them out',
    },
  );
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
