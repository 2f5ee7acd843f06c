import type { Table } from '@aws-sdk/client-glue';
import { qualifiedTable } from '../dialect/analyze/relation.ts';
import { SqlError } from '../dialect/errors.ts';
import type { Name, Query } from '../dialect/parse/ast.ts';
import { parseStatement } from '../dialect/parse/statement.ts';
import type { TableMeaning, Tables } from '../dialect/tables.ts';
import type { Catalog } from './catalog.ts';
import { readHiveType } from './hive.ts';
import { isView, readView } from './view.ts';

export interface Meanings {
  tables: Tables;
  /** The catalog's entries of the external tables, by the same keys. */
  entries: Map<string, Table>;
}

/** Parsed views by their text: a view is read again only when it changed. */
const views = new Map<string, { query: Query; columns: number; schema: string }>();

/** Looks up every table that a query may mean, and those that its views mean. */
export async function lookUp(query: unknown, database: string, catalog: Catalog): Promise<Meanings> {
  const found: Meanings = { tables: new Map(), entries: new Map() };
  const asked = new Set<string>();
  const visit = async (node: unknown, within: string): Promise<void> => {
    const names = new Map<string, { database: string; name: string }>();
    collect(node, (parts) => {
      const q = qualifiedTable(parts, within);
      names.set(`${q.database}.${q.name}`, q);
    });
    await Promise.all(
      [...names].map(async ([key, q]) => {
        if (asked.has(key)) return;
        asked.add(key);
        const table = await catalog.table(q.database, q.name);
        if (table === null) {
          if (!(await catalog.hasDatabase(q.database))) found.tables.set(key, { kind: 'nowhere' });
          return;
        }
        if (!isView(table)) {
          found.tables.set(key, external(table, q.database, q.name));
          found.entries.set(key, table);
          return;
        }
        const view = parsedView(table, q.database);
        found.tables.set(key, {
          kind: 'view',
          database: view.schema,
          table: q.name,
          query: view.query,
          columns: view.columns,
        });
        await visit(view.query, view.schema);
      }),
    );
  };
  await visit(query, database.toLowerCase());
  return found;
}

function collect(node: unknown, found: (parts: Name[]) => void): void {
  if (Array.isArray(node)) for (const n of node) collect(n, found);
  else if (typeof node === 'object' && node !== null) {
    if ('kind' in node && node.kind === 'table' && 'parts' in node) found(node.parts as Name[]);
    else for (const n of Object.values(node)) collect(n, found);
  }
}

function parsedView(table: Table, database: string): { query: Query; columns: number; schema: string } {
  const text = table.ViewOriginalText ?? '';
  const known = views.get(text);
  if (known !== undefined) return known;
  const { originalSql, schema, columns } = readView(table);
  const { statement } = parseStatement(originalSql);
  if (statement.kind !== 'query')
    throw new SqlError('INVALID_VIEW', `View ${database}.${table.Name} holds no query`);
  const view = { query: statement.query, columns: columns.length, schema: schema || database };
  if (views.size > 1000) views.clear();
  views.set(text, view);
  return view;
}

function external(table: Table, database: string, name: string): TableMeaning {
  const partition = (table.PartitionKeys ?? []).map((c) => ({
    name: (c.Name ?? '').toLowerCase(),
    type: readHiveType(c.Type ?? 'string'),
    partition: true,
  }));
  const keys = new Set(partition.map((p) => p.name));
  const columns = (table.StorageDescriptor?.Columns ?? [])
    .map((c) => ({
      name: (c.Name ?? '').toLowerCase(),
      type: readHiveType(c.Type ?? 'string'),
      partition: false,
    }))
    .filter((c) => !keys.has(c.name));
  return { kind: 'table', database, table: name, columns: [...columns, ...partition] };
}
