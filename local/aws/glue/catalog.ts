import { AwsError } from '../errors.ts';
import { type Fold, Journal } from '../files/journal.ts';

/** A definition as the client sent it; unknown members are kept. */
export type Definition = Record<string, unknown>;

export interface Database {
  name: string;
  definition: Definition;
  /** Seconds. */
  created: number;
}

export interface Partition {
  values: string[];
  definition: Definition;
  created: number;
}

export interface Table {
  database: string;
  name: string;
  definition: Definition;
  /** Counts up from 0 with every update. */
  version: number;
  created: number;
  updated: number;
  partitions: Map<string, Partition>;
  /** Partition keys in order; null after a change, made again by `sortedPartitions`. */
  order: string[] | null;
}

export type TableRow = Omit<Table, 'partitions' | 'order'>;

export type Entry =
  | { database: Database }
  | { dropDatabase: string }
  | { table: TableRow }
  | { dropTable: [database: string, name: string] }
  | { partitions: [database: string, table: string]; put: Partition[]; drop: string[][] };

export interface State {
  databases: Map<string, Database>;
  /** By `tableKey`. */
  tables: Map<string, Table>;
}

export function tableKey(database: string, name: string): string {
  return `${database}\n${name}`;
}

/** One string per list of partition values. */
export function partitionKey(values: readonly string[]): string {
  return JSON.stringify(values);
}

const fold: Fold<State, Entry> = {
  empty: () => ({ databases: new Map(), tables: new Map() }),
  apply({ databases, tables }, entry) {
    if ('database' in entry) databases.set(entry.database.name, entry.database);
    else if ('dropDatabase' in entry) {
      databases.delete(entry.dropDatabase);
      for (const [key, table] of tables) if (table.database === entry.dropDatabase) tables.delete(key);
    } else if ('table' in entry) {
      const key = tableKey(entry.table.database, entry.table.name);
      const partitions = tables.get(key)?.partitions ?? new Map();
      tables.set(key, { ...entry.table, partitions, order: null });
    } else if ('dropTable' in entry) tables.delete(tableKey(...entry.dropTable));
    else {
      const table = tables.get(tableKey(...entry.partitions));
      if (!table) return;
      for (const values of entry.drop) table.partitions.delete(partitionKey(values));
      for (const one of entry.put) table.partitions.set(partitionKey(one.values), one);
      table.order = null;
    }
  },
  dump: ({ databases, tables }) => ({
    databases: [...databases.values()],
    tables: [...tables.values()].map(({ partitions, order: _, ...row }) => ({
      row,
      partitions: [...partitions.values()],
    })),
  }),
  load(dump) {
    const { databases, tables } = dump as {
      databases: Database[];
      tables: { row: TableRow; partitions: Partition[] }[];
    };
    return {
      databases: new Map(databases.map((one) => [one.name, one])),
      tables: new Map(
        tables.map(({ row, partitions }) => [
          tableKey(row.database, row.name),
          {
            ...row,
            partitions: new Map(partitions.map((one) => [partitionKey(one.values), one])),
            order: null,
          },
        ]),
      ),
    };
  },
};

/** The catalog of one home: one journal, so that each change is atomic and every reader is one look away. */
export class Catalog {
  readonly #journal: Journal<State, Entry>;

  constructor(directory: string) {
    this.#journal = new Journal(directory, fold);
  }

  read(): Readonly<State> {
    return this.#journal.read();
  }

  /** See `Journal.change`: `decide` may run again, and throws to refuse. */
  change<R>(decide: (state: Readonly<State>) => { entry?: Entry; result: R }): R {
    return this.#journal.change(decide);
  }
}

/** Throws EntityNotFoundException. */
export function databaseIn(state: Readonly<State>, name: string): Database {
  const database = state.databases.get(name);
  if (!database) throw new AwsError('EntityNotFoundException', `Database ${name} not found.`);
  return database;
}

/** Throws EntityNotFoundException. */
export function tableIn(state: Readonly<State>, database: string, name: string): Table {
  databaseIn(state, database);
  const table = state.tables.get(tableKey(database, name));
  if (!table) throw new AwsError('EntityNotFoundException', `Table ${name} not found.`);
  return table;
}

/** A table's partitions in the order of their keys. */
export function sortedPartitions(table: Table): { order: string[]; at(key: string): Partition } {
  table.order ??= [...table.partitions.keys()].sort();
  return { order: table.order, at: (key) => table.partitions.get(key) as Partition };
}
