import { AwsError } from '../errors.ts';
import { ACCOUNT } from '../identity.ts';
import type { Input, Operation } from '../json.ts';
import {
  type Catalog,
  type Database,
  type Definition,
  databaseIn,
  type Table,
  tableIn,
  tableKey,
} from './catalog.ts';
import { nameOf, read } from './parameters.ts';

/** Databases and tables. `seconds` is the time for their stamps. */
export function tableOperations(catalog: Catalog, seconds: () => number): Record<string, Operation> {
  return {
    CreateDatabase: {
      accepts: ['CatalogId', 'DatabaseInput'],
      run(input) {
        const definition = read.record(input, 'DatabaseInput');
        const name = nameOf(definition, 'Name');
        catalog.change(({ databases }) => {
          if (databases.has(name)) {
            throw new AwsError('AlreadyExistsException', 'Database already exists.');
          }
          return { entry: { database: { name, definition, created: seconds() } }, result: null };
        });
      },
    },
    GetDatabase: {
      accepts: ['CatalogId', 'Name'],
      run: (input) => ({ Database: showDatabase(databaseIn(catalog.read(), nameOf(input, 'Name'))) }),
    },
    GetDatabases: {
      accepts: ['CatalogId', 'NextToken', 'MaxResults'],
      run(input) {
        const all = [...catalog.read().databases.values()];
        const { items, NextToken } = page(all, (one) => one.name, input, 100);
        return { DatabaseList: items.map(showDatabase), NextToken };
      },
    },
    DeleteDatabase: {
      accepts: ['CatalogId', 'Name'],
      run(input) {
        const name = nameOf(input, 'Name');
        catalog.change((state) => {
          databaseIn(state, name);
          return { entry: { dropDatabase: name }, result: null };
        });
      },
    },
    CreateTable: {
      accepts: ['CatalogId', 'DatabaseName', 'TableInput'],
      run(input) {
        const database = nameOf(input, 'DatabaseName');
        const definition = read.record(input, 'TableInput');
        const name = nameOf(definition, 'Name');
        const now = seconds();
        catalog.change((state) => {
          databaseIn(state, database);
          if (state.tables.has(tableKey(database, name))) {
            throw new AwsError('AlreadyExistsException', 'Table already exists.');
          }
          const table = { database, name, definition, version: 0, created: now, updated: now };
          return { entry: { table }, result: null };
        });
      },
    },
    GetTable: {
      accepts: ['CatalogId', 'DatabaseName', 'Name'],
      run: (input) => ({
        Table: showTable(tableIn(catalog.read(), nameOf(input, 'DatabaseName'), nameOf(input, 'Name'))),
      }),
    },
    GetTables: {
      accepts: ['CatalogId', 'DatabaseName', 'Expression', 'NextToken', 'MaxResults'],
      run(input) {
        const database = nameOf(input, 'DatabaseName');
        const state = catalog.read();
        databaseIn(state, database);
        const wanted = namePattern(read.maybeText(input, 'Expression'));
        const all = [...state.tables.values()].filter(
          (table) => table.database === database && wanted(table.name),
        );
        const { items, NextToken } = page(all, (one) => one.name, input, 100);
        return { TableList: items.map(showTable), NextToken };
      },
    },
    UpdateTable: {
      accepts: ['CatalogId', 'DatabaseName', 'Name', 'TableInput', 'VersionId', 'SkipArchive'],
      run: (input) => updateTable(catalog, input, seconds()),
    },
    DeleteTable: {
      accepts: ['CatalogId', 'DatabaseName', 'Name'],
      run(input) {
        const database = nameOf(input, 'DatabaseName');
        const name = nameOf(input, 'Name');
        catalog.change((state) => {
          tableIn(state, database, name);
          return { entry: { dropTable: [database, name] }, result: null };
        });
      },
    },
  };
}

/** `VersionId` is an optimistic lock: another one than the table's is ConcurrentModificationException. */
function updateTable(catalog: Catalog, input: Input, now: number): void {
  const database = nameOf(input, 'DatabaseName');
  const definition = read.record(input, 'TableInput');
  const name = nameOf(definition, 'Name');
  if (input.Name !== undefined && nameOf(input, 'Name') !== name) {
    throw new AwsError('InvalidInputException', 'The in-process AWS does not support renaming a table.');
  }
  const expected = read.maybeText(input, 'VersionId');
  catalog.change((state) => {
    const { version, created } = tableIn(state, database, name);
    if (expected !== undefined && expected !== String(version)) {
      throw new AwsError(
        'ConcurrentModificationException',
        `Update table failed due to concurrent modifications: the version is ${version}, not ${expected}.`,
      );
    }
    const table = { database, name, definition, version: version + 1, created, updated: now };
    return { entry: { table }, result: null };
  });
}

function showDatabase({ name, definition, created }: Database): Definition {
  return { ...definition, Name: name, CreateTime: created, CatalogId: ACCOUNT };
}

function showTable(table: Table): Definition {
  return {
    ...table.definition,
    Name: table.name,
    DatabaseName: table.database,
    CreateTime: table.created,
    UpdateTime: table.updated,
    CatalogId: ACCOUNT,
    VersionId: String(table.version),
    IsRegisteredWithLakeFormation: false,
  };
}

/** The `Expression` of GetTables: a regular expression over the whole name. */
function namePattern(source: string | undefined): (name: string) => boolean {
  if (source === undefined) return () => true;
  try {
    const pattern = new RegExp(`^(?:${source})$`);
    return (name) => pattern.test(name);
  } catch {
    throw new AwsError('InvalidInputException', `The expression ${source} is not a regular expression.`);
  }
}

function page<T>(
  all: readonly T[],
  nameOfItem: (item: T) => string,
  input: Input,
  limit: number,
): { items: T[]; NextToken: string | undefined } {
  const most = read.maybeWhole(input, 'MaxResults', 1, limit) ?? limit;
  const after = read.maybeText(input, 'NextToken');
  const rest = all
    .filter((item) => after === undefined || nameOfItem(item) > after)
    .sort((a, b) => (nameOfItem(a) < nameOfItem(b) ? -1 : 1));
  const items = rest.slice(0, most);
  return { items, NextToken: rest.length > most ? nameOfItem(items.at(-1) as T) : undefined };
}
