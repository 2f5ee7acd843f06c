import type { Table, TableInput } from '@aws-sdk/client-glue';
import { SqlError } from '../dialect/errors.ts';
import { display, type Type } from '../dialect/types.ts';
import { writeHiveType } from './hive.ts';

const MARK = /^\/\* Presto View: ([A-Za-z0-9+/=]+) \*\/$/;

export interface ViewDefinition {
  originalSql: string;
  catalog: string;
  schema: string;
  columns: { name: string; type: string }[];
}

export const isView = (table: Table): boolean => table.TableType === 'VIRTUAL_VIEW';

/** What Athena and Trino keep in a view's ViewOriginalText. */
export function readView(table: Table): ViewDefinition {
  const m = MARK.exec(table.ViewOriginalText ?? '');
  const bad = (): SqlError =>
    new SqlError(
      'INVALID_VIEW',
      `View ${table.DatabaseName}.${table.Name} can't be read: create it again with CREATE OR REPLACE VIEW`,
    );
  if (m === null) throw bad();
  try {
    const view = JSON.parse(Buffer.from(m[1]!, 'base64').toString('utf8')) as ViewDefinition;
    if (typeof view.originalSql !== 'string' || !Array.isArray(view.columns)) throw bad();
    return view;
  } catch {
    throw bad();
  }
}

/** The catalog's entry for a view, as Athena writes it. */
export function viewInput(
  database: string,
  name: string,
  sql: string,
  columns: { name: string; type: Type }[],
): TableInput {
  const definition: ViewDefinition = {
    originalSql: sql,
    catalog: 'awsdatacatalog',
    schema: database,
    columns: columns.map((c) => ({ name: c.name, type: display(c.type) })),
  };
  const encoded = Buffer.from(JSON.stringify(definition)).toString('base64');
  return {
    Name: name,
    TableType: 'VIRTUAL_VIEW',
    Parameters: { presto_view: 'true', comment: 'Presto View' },
    ViewOriginalText: `/* Presto View: ${encoded} */`,
    ViewExpandedText: '/* Presto View */',
    PartitionKeys: [],
    StorageDescriptor: {
      Columns: columns.map((c) => ({ Name: c.name, Type: hiveOrText(c.type) })),
      SerdeInfo: {},
      Location: '',
    },
  };
}

/** Hive has no name for some of Athena's types; a view may give them all the same. */
function hiveOrText(type: Type): string {
  try {
    return writeHiveType(type);
  } catch {
    return type.kind === 'timestamptz' ? 'timestamp' : 'string';
  }
}
