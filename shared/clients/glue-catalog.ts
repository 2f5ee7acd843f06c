import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  BatchUpdatePartitionCommand,
  CreateDatabaseCommand,
  CreateTableCommand,
  DeleteTableCommand,
  GetTableCommand,
  type GlueClient,
  type PartitionError,
  type Table,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { RetconError } from '../core/errors.ts';
import { DATABASE } from '../lake/tables.ts';

const BATCH = 100;

export interface CatalogPartition {
  values: string[];
  location: string;
}

/** A database in the Glue catalog, by default the lake's. Every call may be repeated. */
export class GlueCatalog {
  readonly #client: GlueClient;
  readonly #database: string;

  constructor(client: GlueClient, database: string = DATABASE) {
    this.#client = client;
    this.#database = database;
  }

  /** Another database of the same catalog. */
  database(name: string): GlueCatalog {
    return new GlueCatalog(this.#client, name);
  }

  async ensureDatabase(): Promise<void> {
    await ignoring('AlreadyExistsException', () =>
      this.#client.send(new CreateDatabaseCommand({ DatabaseInput: { Name: this.#database } })),
    );
  }

  async table(name: string): Promise<Table | null> {
    const found = await ignoring('EntityNotFoundException', () =>
      this.#client.send(new GetTableCommand({ DatabaseName: this.#database, Name: name })),
    );
    return found?.Table ?? null;
  }

  /**
   * Makes the table be as given. `allow` sees what is there and may say no: an update only goes over
   * the version that it saw, so that of two at once neither is lost.
   *
   * @returns false when `allow` said no
   */
  async put(table: TableInput, allow: (current: Table) => boolean = () => true): Promise<boolean> {
    for (;;) {
      const current = await this.table(table.Name!);
      if (current === null) {
        const made = await ignoring('AlreadyExistsException', () =>
          this.#client.send(new CreateTableCommand({ DatabaseName: this.#database, TableInput: table })),
        );
        if (made !== null) return true;
        continue;
      }
      if (!allow(current)) return false;
      if (same(current, table)) return true;
      const updated = await ignoring('ConcurrentModificationException', () =>
        this.#client.send(
          new UpdateTableCommand({
            DatabaseName: this.#database,
            TableInput: table,
            SkipArchive: true,
            ...(current.VersionId === undefined ? {} : { VersionId: current.VersionId }),
          }),
        ),
      );
      if (updated !== null) return true;
    }
  }

  async drop(name: string): Promise<void> {
    await ignoring('EntityNotFoundException', () =>
      this.#client.send(new DeleteTableCommand({ DatabaseName: this.#database, Name: name })),
    );
  }

  /** Points partitions at their locations, whether they exist or not. */
  async putPartitions(name: string, partitions: readonly CatalogPartition[]): Promise<void> {
    if (partitions.length === 0) return;
    const storage = (await this.table(name))?.StorageDescriptor ?? {};
    const input = ({ values, location }: CatalogPartition) => ({
      Values: values,
      StorageDescriptor: { ...storage, Location: location },
    });
    for (let from = 0; from < partitions.length; from += BATCH) {
      const batch = partitions.slice(from, from + BATCH);
      const created = await this.#client.send(
        new BatchCreatePartitionCommand({
          DatabaseName: this.#database,
          TableName: name,
          PartitionInputList: batch.map(input),
        }),
      );
      const exist = new Set<string>();
      for (const error of created.Errors ?? []) {
        if (error.ErrorDetail?.ErrorCode !== 'AlreadyExistsException') throw refused(name, error);
        exist.add(JSON.stringify(error.PartitionValues));
      }
      const moved = batch.filter(({ values }) => exist.has(JSON.stringify(values)));
      if (moved.length === 0) continue;
      const updated = await this.#client.send(
        new BatchUpdatePartitionCommand({
          DatabaseName: this.#database,
          TableName: name,
          Entries: moved.map((partition) => ({
            PartitionValueList: partition.values,
            PartitionInput: input(partition),
          })),
        }),
      );
      const [error] = updated.Errors ?? [];
      if (error) throw refused(name, { ...error, PartitionValues: error.PartitionValueList });
    }
  }

  /** Removes partitions; ones that aren't there are fine. */
  async dropPartitions(name: string, values: readonly string[][]): Promise<void> {
    for (let from = 0; from < values.length; from += 25) {
      const reply = await this.#client.send(
        new BatchDeletePartitionCommand({
          DatabaseName: this.#database,
          TableName: name,
          PartitionsToDelete: values.slice(from, from + 25).map((Values) => ({ Values })),
        }),
      );
      for (const error of reply.Errors ?? []) {
        if (error.ErrorDetail?.ErrorCode !== 'EntityNotFoundException') throw refused(name, error);
      }
    }
  }
}

function same(current: Table, wanted: TableInput): boolean {
  const shape = (table: Table | TableInput) =>
    JSON.stringify([
      table.ViewOriginalText ?? '',
      table.StorageDescriptor?.Location ?? '',
      table.StorageDescriptor?.Columns?.map(({ Name, Type }) => [Name, Type]),
      table.PartitionKeys?.map(({ Name }) => Name),
      table.Parameters?.['retcon_release'],
    ]);
  return shape(current) === shape(wanted);
}

function refused(table: string, error: PartitionError): RetconError {
  const why = `${error.ErrorDetail?.ErrorCode} ${error.ErrorDetail?.ErrorMessage ?? ''}`;
  return new RetconError(
    'catalog_refused',
    `the catalog refused partition ${error.PartitionValues?.join('/')} of ${table}: ${why}`,
  );
}

async function ignoring<T>(name: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (cause) {
    if ((cause as { name?: string }).name === name) return null;
    throw cause;
  }
}
