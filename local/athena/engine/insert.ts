import type { Table } from '@aws-sdk/client-glue';
import { qualifiedTable } from '../dialect/analyze/relation.ts';
import { SqlError, unsupported } from '../dialect/errors.ts';
import type { Statement } from '../dialect/parse/ast.ts';
import { coerces, display, duckType, type Type } from '../dialect/types.ts';
import type { Written } from './ctas.ts';
import { readHiveType } from './hive.ts';
import { type Engine, type Question, withPlan } from './run.ts';
import { formatOf } from './source.ts';
import { COMPRESSIONS } from './store.ts';
import { fileName, NULL_PARTITION, partitionFolder, storeRows } from './stored-rows.ts';
import { isView } from './view.ts';

type Insert = Extract<Statement, { kind: 'insert' }>;
type Column = { name: string; type: Type };

/**
 * INSERT INTO: adds files to a Parquet table, below its location or those of its partitions; partitions that
 * are new are registered last. Columns go by their place in the table, or by the list that is given.
 */
export async function insertInto(
  engine: Engine,
  statement: Insert,
  question: Question & { id: string },
): Promise<Written> {
  const { database, name } = qualifiedTable(statement.name, question.database);
  const { at } = statement.name[0]!;
  const table = await engine.catalog.table(database, name);
  if (table === null)
    throw new SqlError('TABLE_NOT_FOUND', `Table 'awsdatacatalog.${database}.${name}' does not exist`, at);
  if (isView(table)) throw new SqlError('NOT_SUPPORTED', 'Inserting into views is not supported', at);
  if (formatOf(table) !== 'parquet') throw unsupported('INSERT INTO a table that is not Parquet', at);
  const keys = columnsOf(table.PartitionKeys);
  const all = [...columnsOf(table.StorageDescriptor?.Columns), ...keys];
  const wanted = statement.columns === null ? all : named(statement.columns, all);
  return withPlan(engine, statement.query, question, async (plan, connection) => {
    checkTypes(wanted, plan.columns, at);
    const list = all.map((column, i) => {
      const from = wanted.indexOf(column);
      return `${from < 0 ? `CAST(NULL AS ${duckType(column.type)})` : `CAST(q.c${from} AS ${duckType(column.type)})`} AS c${i}`;
    });
    const partitionedBy = keys.map((k) => k.name);
    const known = new Map(
      (keys.length === 0 ? [] : await engine.catalog.partitions(database, name, undefined)).map((p) => [
        p.values.join('\u0000'),
        p.location,
      ]),
    );
    const place = (values: (string | null)[]): string =>
      slashed(
        known.get(values.map((v) => v ?? NULL_PARTITION).join('\u0000')) ??
          `${slashed(table.StorageDescriptor?.Location ?? '')}${partitionFolder(partitionedBy, values)}`,
      );
    const compression =
      COMPRESSIONS[table.Parameters?.['parquet.compression']?.toUpperCase() ?? 'GZIP'] ?? 'gzip';
    const stored = await storeRows(engine, `SELECT ${list.join(', ')} FROM (${plan.sql}) AS q`, connection, {
      columns: all,
      partitionedBy,
      compression,
      place,
      file: fileName(question.id, compression),
    });
    const fresh = stored.partitions.filter((p) => !known.has(p.values.join('\u0000')));
    await engine.catalog.addPartitions(database, name, table, fresh);
    return { scannedBytes: plan.scannedBytes, rows: stored.rows };
  });
}

const slashed = (location: string): string => location.replace(/\/?$/, '/');

const columnsOf = (columns: NonNullable<Table['PartitionKeys']> | undefined): Column[] =>
  (columns ?? []).map((c) => ({
    name: (c.Name ?? '').toLowerCase(),
    type: readHiveType(c.Type ?? 'string'),
  }));

function named(list: NonNullable<Insert['columns']>, all: Column[]): Column[] {
  const seen = new Set<string>();
  return list.map(({ text, at }) => {
    const column = all.find((c) => c.name === text.toLowerCase());
    if (column === undefined)
      throw new SqlError(
        'COLUMN_NOT_FOUND',
        `Insert column name does not exist in target table: ${text}`,
        at,
      );
    if (seen.has(column.name))
      throw new SqlError(
        'DUPLICATE_COLUMN_NAME',
        `Insert column name is specified more than once: ${text}`,
        at,
      );
    seen.add(column.name);
    return column;
  });
}

function checkTypes(table: Column[], query: Column[], at: number): void {
  if (table.length === query.length && query.every((c, i) => coerces(c.type, table[i]!.type))) return;
  const list = (columns: Column[]): string => `[${columns.map((c) => display(c.type)).join(', ')}]`;
  throw new SqlError(
    'TYPE_MISMATCH',
    `Insert query has mismatched column types: Table: ${list(table)}, Query: ${list(query)}`,
    at,
  );
}
