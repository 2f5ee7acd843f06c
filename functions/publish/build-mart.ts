import type { Column, Table } from '@aws-sdk/client-glue';
import type { AthenaQueries } from '../../shared/clients/athena-queries.ts';
import type { GlueCatalog } from '../../shared/clients/glue-catalog.ts';
import { RetconError } from '../../shared/core/errors.ts';
import type { Mart } from '../../shared/core/mart-file.ts';
import { scanDollars } from '../../shared/core/prices.ts';
import { attemptId, martFolder } from '../../shared/lake/keys.ts';
import type { BuiltMart } from '../../shared/lake/mart-state.ts';
import { MART_PARTITIONS } from '../../shared/lake/tables.ts';
import { partitionedTable } from './catalog-tables.ts';
import { keptType } from './mart-types.ts';
import { pinnedInputs } from './views.ts';

export interface MartDeps {
  catalog: GlueCatalog;
  queries: AthenaQueries;
  bucketUri: string;
}

/**
 * Builds a mart: CTAS into a fresh location over its inputs at pinned slices, its tests, then the
 * partition of its slice points there. A mart that fails a test is not shown: the last one stays.
 *
 * @param cost what the statements cost is added to it, also when the mart fails
 * @returns the folder that its slice shows now, and the columns there
 * @throws RetconError `mart_failed` that names the mart and the test
 */
export async function buildMart(
  deps: MartDeps,
  mart: Mart,
  slices: Record<string, string>,
  cost: { dollars: number } = { dollars: 0 },
): Promise<Pick<BuiltMart, 'folder' | 'columns'>> {
  const { catalog, queries, bucketUri } = deps;
  const attempt = attemptId();
  const slice = slices[mart.name]!;
  const folder = martFolder(mart.name, slice, attempt);
  const staged = `${mart.name}__${attempt.replaceAll('-', '').slice(0, 12)}`;
  try {
    const made = await queries.execute(createTable(mart, staged, `${bucketUri}/${folder}`, slices));
    cost.dollars += scanDollars(made.bytesScanned);
    await check(queries, mart, staged, cost);
    const stored = (await catalog.table(staged))?.StorageDescriptor?.Columns ?? [];
    const columns = stored.map(({ Name, Type }) => ({ Name, Type: keptType(Type!) }));
    const undocumented = columns.filter(({ Name }) => mart.columns[Name!] === undefined);
    if (undocumented.length > 0) {
      const names = undocumented.map(({ Name }) => Name).join(', ');
      throw failed(mart, `its header says nothing about the columns ${names}`);
    }
    const table = `${mart.name}_all`;
    const all = withColumns(mart, await catalog.table(table), columns);
    await catalog.put(partitionedTable(table, all, MART_PARTITIONS, `${bucketUri}/marts/${mart.name}/`));
    await catalog.putPartitions(table, [{ values: [slice, 'all'], location: `${bucketUri}/${folder}` }]);
    return { folder, columns: columns.map(({ Name, Type }) => ({ name: Name!, type: Type! })) };
  } finally {
    await catalog.drop(staged);
  }
}

/** Columns of all versions of a mart: a slice that lacks one shows it as NULL to whoever reads `<mart>_all`. */
function withColumns(mart: Mart, table: Table | null, columns: Column[]): Column[] {
  const before = (table?.StorageDescriptor?.Columns ?? []).map((column) => ({
    ...column,
    Type: keptType(column.Type!),
  }));
  for (const { Name, Type } of columns) {
    const had = before.find((column) => column.Name === Name);
    if (had === undefined || had.Type === Type) continue;
    throw failed(
      mart,
      `its column ${Name} is ${Type}, and ${had.Type} in versions that are kept: cast it, or name it anew`,
    );
  }
  return [...before, ...columns.filter(({ Name }) => before.every((had) => had.Name !== Name))];
}

function createTable(mart: Mart, table: string, location: string, slices: Record<string, string>): string {
  const inputs = pinnedInputs(Object.keys(mart.inputs), slices);
  const body = /^with\s/i.test(mart.sql) ? `,\n${mart.sql.replace(/^with\s+/i, '')}` : `\n${mart.sql}`;
  return `CREATE TABLE ${table}
WITH (format = 'PARQUET', write_compression = 'ZSTD', external_location = '${location}')
AS WITH ${inputs}${body}`;
}

async function check(
  queries: AthenaQueries,
  mart: Mart,
  table: string,
  cost: { dollars: number },
): Promise<void> {
  const grain = mart.grain.map((column) => `"${column}"`).join(', ');
  const unique = `SELECT count(*) FROM (SELECT ${grain} FROM {{mart}} GROUP BY ${grain} HAVING count(*) > 1) t`;
  const tests = [{ name: `one row for each ${mart.grain.join(', ')}`, sql: unique }, ...mart.tests];
  for (const { name, sql } of tests) {
    const answer = await queries.query(sql.replaceAll('{{mart}}', table));
    cost.dollars += scanDollars(answer.bytesScanned);
    const broken = Number(answer.rows[0]?.[0] ?? Number.NaN);
    if (broken !== 0) throw failed(mart, `its test "${name}" fails: ${broken} rows break it`);
  }
}

function failed(mart: Mart, why: string): RetconError {
  return new RetconError('mart_failed', `${mart.name} is not shown: ${why}`, {
    fix: `mend marts/${mart.name}.sql; until then readers see the last one that passed`,
  });
}
