import type { Table } from '@aws-sdk/client-glue';
import { qualifiedTable } from '../dialect/analyze/relation.ts';
import { SqlError } from '../dialect/errors.ts';
import { viewColumns } from '../dialect/index.ts';
import type { Name, Statement } from '../dialect/parse/ast.ts';
import { lookUp } from './meanings.ts';
import type { Engine, Question } from './run.ts';
import { isView, readView, viewInput } from './view.ts';

/** A short answer without types: SHOW and DESCRIBE print lines. */
export interface Lines {
  column: string;
  rows: string[];
}

/** CREATE [OR REPLACE] VIEW: checked by analysing its query; one update of the catalog swaps it. */
export async function createView(
  engine: Engine,
  statement: Extract<Statement, { kind: 'createView' }>,
  question: Question,
): Promise<void> {
  const { database, name } = qualifiedTable(statement.name, question.database);
  if ((await engine.catalog.tables(database)) === null)
    throw new SqlError('SCHEMA_NOT_FOUND', `Schema ${database} not found`, statement.name[0]!.at);
  const meanings = await lookUp(statement.query, question.database, engine.catalog);
  const columns = viewColumns(statement.query, { ...question, tables: meanings.tables });
  const existing = await engine.catalog.table(database, name);
  const input = viewInput(database, name, statement.sql, columns);
  if (question.database.toLowerCase() !== database) {
    // Names without a database mean the one that the view was created from.
    const text = JSON.parse(
      Buffer.from(/: ([^ ]+) \*/.exec(input.ViewOriginalText!)![1]!, 'base64').toString('utf8'),
    ) as { schema: string };
    text.schema = question.database.toLowerCase();
    input.ViewOriginalText = `/* Presto View: ${Buffer.from(JSON.stringify(text)).toString('base64')} */`;
  }
  if (existing === null) return engine.catalog.create(database, input);
  if (!isView(existing))
    throw new SqlError(
      'TABLE_ALREADY_EXISTS',
      `Table already exists: '${database}.${name}' is no view`,
      statement.name[0]!.at,
    );
  if (!statement.replace)
    throw new SqlError(
      'TABLE_ALREADY_EXISTS',
      `View already exists: '${database}.${name}'`,
      statement.name[0]!.at,
    );
  await engine.catalog.replace(database, input, (existing as { VersionId?: string }).VersionId);
}

/** DROP TABLE, DROP VIEW: the catalog's entry only; objects stay. */
export async function drop(
  engine: Engine,
  statement: Extract<Statement, { kind: 'dropTable' | 'dropView' }>,
  question: Question,
): Promise<void> {
  const { database, name } = qualifiedTable(statement.name, question.database);
  const table = await engine.catalog.table(database, name);
  const wanted = statement.kind === 'dropView';
  if (table === null) {
    if (statement.ifExists) return;
    throw new SqlError(
      'TABLE_NOT_FOUND',
      `${wanted ? 'View' : 'Table'} '${database}.${name}' does not exist`,
      statement.name[0]!.at,
    );
  }
  if (isView(table) !== wanted)
    throw new SqlError(
      'NOT_SUPPORTED',
      `'${database}.${name}' is a ${wanted ? 'table' : 'view'}: use DROP ${wanted ? 'TABLE' : 'VIEW'}`,
      statement.name[0]!.at,
    );
  await engine.catalog.drop(database, name);
}

/** SHOW DATABASES, TABLES, VIEWS, COLUMNS, PARTITIONS, CREATE VIEW and DESCRIBE. */
export async function show(engine: Engine, statement: Statement, question: Question): Promise<Lines> {
  switch (statement.kind) {
    case 'showDatabases':
      return { column: 'database_name', rows: matching(await engine.catalog.databases(), statement.like) };
    case 'showTables':
    case 'showViews': {
      const database = (statement.schema?.text ?? question.database).toLowerCase();
      const tables = await engine.catalog.tables(database);
      if (tables === null)
        throw new SqlError('SCHEMA_NOT_FOUND', `Database '${database}' does not exist`, statement.schema?.at);
      const wanted = statement.kind === 'showTables' ? tables : tables.filter(isView);
      return {
        column: statement.kind === 'showTables' ? 'tab_name' : 'views',
        rows: matching(
          wanted.map((t) => t.Name ?? ''),
          statement.like,
        ),
      };
    }
    case 'showColumns':
      return {
        column: 'field',
        rows: columnsOf(await existing(engine, statement.name, question)).map((c) => c.name),
      };
    case 'describe': {
      const table = await existing(engine, statement.name, question);
      const keys = table.PartitionKeys ?? [];
      const lines = columnsOf(table).map(
        (c) => `${c.name.padEnd(20)}\t${c.type.padEnd(20)}\t${''.padEnd(20)}`,
      );
      const partition = keys.map(
        (k) => `${(k.Name ?? '').padEnd(20)}\t${(k.Type ?? '').padEnd(20)}\t${''.padEnd(20)}`,
      );
      const head = [
        '',
        '# Partition Information',
        '# col_name            \tdata_type           \tcomment             ',
        '',
      ];
      return { column: 'col_name', rows: keys.length === 0 ? lines : [...lines, ...head, ...partition] };
    }
    case 'showPartitions': {
      const table = await existing(engine, statement.name, question);
      const keys = table.PartitionKeys ?? [];
      if (keys.length === 0)
        throw new SqlError(
          'NOT_SUPPORTED',
          `Table ${table.Name} is not a partitioned table`,
          statement.name[0]!.at,
        );
      const { database, name } = qualifiedTable(statement.name, question.database);
      const partitions = await engine.catalog.partitions(database, name, undefined);
      return {
        column: 'partition',
        rows: partitions.map((p) => keys.map((k, i) => `${k.Name}=${p.values[i]}`).join('/')).sort(),
      };
    }
    case 'showCreateView': {
      const table = await existing(engine, statement.name, question);
      if (!isView(table))
        throw new SqlError('NOT_SUPPORTED', `'${table.Name}' is no view`, statement.name[0]!.at);
      return {
        column: 'Create View',
        rows: `CREATE VIEW ${table.DatabaseName}.${table.Name} AS\n${readView(table).originalSql}`.split(
          '\n',
        ),
      };
    }
    default:
      throw new SqlError('NOT_SUPPORTED', 'no such statement');
  }
}

async function existing(engine: Engine, parts: Name[], question: Question): Promise<Table> {
  const { database, name } = qualifiedTable(parts, question.database);
  const table = await engine.catalog.table(database, name);
  if (table === null)
    throw new SqlError('TABLE_NOT_FOUND', `Table '${database}.${name}' does not exist`, parts[0]!.at);
  return { DatabaseName: database, ...table };
}

function columnsOf(table: Table): { name: string; type: string }[] {
  return [...(table.StorageDescriptor?.Columns ?? []), ...(table.PartitionKeys ?? [])].map((c) => ({
    name: c.Name ?? '',
    type: c.Type ?? '',
  }));
}

/** Hive's patterns: `*` stands for anything, `|` separates alternatives. */
function matching(names: string[], like: string | null): string[] {
  if (like === null) return names;
  const source = like
    .split('|')
    .map((part) => part.replace(/[.+?^${}()[\]\\]/g, '\\$&').replaceAll('*', '.*'));
  const pattern = new RegExp(`^(?:${source.join('|')})$`, 'i');
  return names.filter((n) => pattern.test(n));
}
