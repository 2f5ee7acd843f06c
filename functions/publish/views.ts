import type { TableInput } from '@aws-sdk/client-glue';
import { sqlLiteral } from '../../shared/core/sql-literal.ts';
import type { BuiltMart } from '../../shared/lake/mart-state.ts';
import type { Release } from '../../shared/lake/releases.ts';
import {
  type Columns,
  DATABASE,
  PUBLIC_TABLES,
  type PublicTable,
  REJECTED_COLUMNS,
  RELEASE_COLUMNS,
  UNIT_COLUMNS,
} from '../../shared/lake/tables.ts';
import { viewColumns, viewTable } from './catalog-tables.ts';
import { prestoType } from './mart-types.ts';

/** The one view that decides what readers see: the live release and the slice of every table. */
export function currentReleaseView(release: Pick<Release, 'release' | 'slices'>): TableInput {
  const names = Object.keys(release.slices).sort();
  const slices = names.map((name) => sqlLiteral(release.slices[name]!)).join(', ');
  const sql = `SELECT ${release.release} AS release, MAP(ARRAY[${names.map(sqlLiteral).join(', ')}], ARRAY[${slices}]) AS slices`;
  return viewTable(
    'current_release',
    sql,
    [
      { name: 'release', presto: 'integer', hive: 'int' },
      { name: 'slices', presto: 'map(varchar, varchar)', hive: 'map<string,string>' },
    ],
    { retcon_release: String(release.release) },
  );
}

/** Columns of a public table as SQL over its physical one; `is_open` is computed by whoever asks. */
function selected(table: PublicTable, alias: string): string {
  const columns = PUBLIC_TABLES[table].map(([name]) => `${alias}${name}`);
  if (table === 'sessions') columns.push(`${isOpen(alias)} AS is_open`);
  return columns.join(', ');
}

const isOpen = (alias: string): string =>
  `coalesce(${alias}open_until >= CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp(3)), false)`;

/** A public view: the rows of the slice that the live release names. */
export function publicView(table: PublicTable): TableInput {
  const columns = viewColumns(PUBLIC_TABLES[table]);
  if (table === 'sessions') columns.push({ name: 'is_open', presto: 'boolean', hive: 'boolean' });
  const sql = `SELECT ${selected(table, 'a.')} FROM ${table}_all a CROSS JOIN current_release c WHERE a.slice = c.slices['${table}']`;
  return viewTable(table, sql, columns);
}

/** A public table at a pinned slice, as a view of a database of its own. */
export function pinnedView(database: string, table: PublicTable, slice: string): TableInput {
  const columns = viewColumns(PUBLIC_TABLES[table]);
  if (table === 'sessions') columns.push({ name: 'is_open', presto: 'boolean', hive: 'boolean' });
  const sql = `SELECT ${selected(table, 'a.')} FROM ${DATABASE}.${table}_all a WHERE a.slice = ${sqlLiteral(slice)}`;
  return viewTable(table, sql, columns, {}, database);
}

/** A mart at a pinned slice, as a view of a database of its own. */
export function pinnedMartView(
  database: string,
  mart: string,
  slice: string,
  columns: BuiltMart['columns'],
): TableInput {
  const names = columns.map(({ name }) => `a."${name}"`).join(', ');
  const sql = `SELECT ${names} FROM ${DATABASE}.${mart}_all a WHERE a.slice = ${sqlLiteral(slice)}`;
  const described = columns.map(({ name, type }) => ({ name, presto: prestoType(type), hive: type }));
  return viewTable(mart, sql, described, {}, database);
}

/** A mart's public view. */
export function martView(mart: string, columns: BuiltMart['columns']): TableInput {
  const names = columns.map(({ name }) => `a."${name}"`).join(', ');
  const sql = `SELECT ${names} FROM ${mart}_all a CROSS JOIN current_release c WHERE a.slice = c.slices['${mart}']`;
  const described = columns.map(({ name, type }) => ({ name, presto: prestoType(type), hive: type }));
  return viewTable(mart, sql, described);
}

/** `rejected`: what was refused and why. */
export function rejectedView(): TableInput {
  const sql = `SELECT ${utc('received_at')} AS received_at, site, reason, detail, source, body FROM rejected_lines`;
  const columns = REJECTED_COLUMNS.map(([name, type]) =>
    name === 'received_at' ? ([name, 'timestamp'] as const) : ([name, type] as const),
  );
  return viewTable('rejected', sql, viewColumns(columns));
}

const utc = (ms: string): string => `CAST(from_unixtime(${ms} / 1000e0) AT TIME ZONE 'UTC' AS timestamp(3))`;

/**
 * `releases`: who changed what readers see, and when. One that views don't read yet is not shown: its line is
 * written before the switch.
 */
export function releasesView(): TableInput {
  const shown: Columns = [
    ...RELEASE_COLUMNS.map(([name, type]) =>
      name === 'at' ? ([name, 'timestamp'] as const) : ([name, type] as const),
    ),
    ['is_current', 'boolean'],
  ];
  const columns = RELEASE_COLUMNS.map(([name]) => (name === 'at' ? `${utc('r.at')} AS at` : `r.${name}`));
  const sql = `SELECT ${columns.join(', ')}, r.release = c.release AS is_current FROM release_lines r CROSS JOIN current_release c WHERE r.release <= c.release`;
  return viewTable('releases', sql, viewColumns(shown));
}

/** `units`: each unit of every site, and what it is waiting for now (docs/semantics.md "units"). */
export function unitsView(): TableInput {
  const now = 'to_unixtime(current_timestamp) * 1000';
  const state = `CASE WHEN changed_at > settles_at THEN 'reopened' WHEN ${now} < open_until THEN 'open' WHEN ${now} < settles_at THEN 'settling' ELSE 'settled' END`;
  const times = ['first_at', 'changed_at', 'open_until', 'settles_at'];
  const shown: Columns = [
    ...UNIT_COLUMNS.slice(0, 2),
    ['state', 'varchar'],
    ...UNIT_COLUMNS.slice(2, 4),
    ...times.map((name) => [name, 'timestamp'] as const),
  ];
  const sql = `SELECT site, unit, ${state} AS state, facts, bytes, ${times.map((name) => `${utc(name)} AS ${name}`).join(', ')} FROM unit_lines`;
  return viewTable('units', sql, viewColumns(shown));
}

/** `events` and `sessions` at pinned slices, to stand before a mart's query under their public names. */
export function pinnedInputs(inputs: readonly string[], slices: Record<string, string>): string {
  return (inputs as PublicTable[])
    .map((table) => {
      const rows = `SELECT ${selected(table, '')} FROM ${table}_all WHERE slice = ${sqlLiteral(slices[table]!)}`;
      return `${table} AS (${rows})`;
    })
    .join(',\n');
}
