import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  CreateTableCommand,
  DeleteTableCommand,
  EntityNotFoundException,
  GetDatabaseCommand,
  GetDatabasesCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  type GlueClient,
  type Table,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';

export interface PartitionPlace {
  /** In the order of the table's partition keys. */
  values: string[];
  location: string;
}

/** The Glue Data Catalog as queries use it. */
export class Catalog {
  readonly #glue: GlueClient;

  constructor(glue: GlueClient) {
    this.#glue = glue;
  }

  /** A table or view, or null when there is none (or no such database). */
  async table(database: string, name: string): Promise<Table | null> {
    try {
      return (
        (await this.#glue.send(new GetTableCommand({ DatabaseName: database, Name: name }))).Table ?? null
      );
    } catch (error) {
      if (error instanceof EntityNotFoundException) return null;
      throw error;
    }
  }

  /** All partitions of a table that fulfil a Glue expression (or all). */
  async partitions(
    database: string,
    table: string,
    expression: string | undefined,
  ): Promise<PartitionPlace[]> {
    const found: PartitionPlace[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.#glue.send(
        new GetPartitionsCommand({
          DatabaseName: database,
          TableName: table,
          Expression: expression,
          ExcludeColumnSchema: true,
          NextToken,
        }),
      );
      for (const p of page.Partitions ?? [])
        found.push({ values: p.Values ?? [], location: p.StorageDescriptor?.Location ?? '' });
      NextToken = page.NextToken;
    } while (NextToken);
    return found;
  }

  async hasDatabase(name: string): Promise<boolean> {
    try {
      await this.#glue.send(new GetDatabaseCommand({ Name: name }));
      return true;
    } catch (error) {
      if (error instanceof EntityNotFoundException) return false;
      throw error;
    }
  }

  async databases(): Promise<string[]> {
    const names: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.#glue.send(new GetDatabasesCommand({ NextToken }));
      names.push(...(page.DatabaseList ?? []).map((d) => d.Name ?? ''));
      NextToken = page.NextToken;
    } while (NextToken);
    return names.sort();
  }

  /** Tables and views of a database, or null when it doesn't exist. */
  async tables(database: string): Promise<Table[] | null> {
    const tables: Table[] = [];
    let NextToken: string | undefined;
    try {
      do {
        const page = await this.#glue.send(new GetTablesCommand({ DatabaseName: database, NextToken }));
        tables.push(...(page.TableList ?? []));
        NextToken = page.NextToken;
      } while (NextToken);
    } catch (error) {
      if (error instanceof EntityNotFoundException) return null;
      throw error;
    }
    return tables.sort((a, b) => ((a.Name ?? '') < (b.Name ?? '') ? -1 : 1));
  }

  async create(database: string, table: TableInput): Promise<void> {
    await this.#glue.send(new CreateTableCommand({ DatabaseName: database, TableInput: table }));
  }

  async replace(database: string, table: TableInput, version: string | undefined): Promise<void> {
    await this.#glue.send(
      new UpdateTableCommand({
        DatabaseName: database,
        TableInput: table,
        VersionId: version,
        SkipArchive: true,
      }),
    );
  }

  async drop(database: string, name: string): Promise<void> {
    await this.#glue.send(new DeleteTableCommand({ DatabaseName: database, Name: name }));
  }

  /** Registers places as partitions that are described like the table; `BatchCreatePartition` takes 100 at once. */
  async addPartitions(
    database: string,
    name: string,
    table: Pick<TableInput, 'StorageDescriptor'>,
    places: PartitionPlace[],
  ): Promise<void> {
    for (let i = 0; i < places.length; i += 100) {
      const answer = await this.#glue.send(
        new BatchCreatePartitionCommand({
          DatabaseName: database,
          TableName: name,
          PartitionInputList: places.slice(i, i + 100).map((p) => ({
            Values: p.values,
            StorageDescriptor: { ...table.StorageDescriptor, Location: p.location },
          })),
        }),
      );
      const failed = answer.Errors?.[0];
      if (failed)
        throw new Error(
          `partition ${failed.PartitionValues?.join('/')}: ${failed.ErrorDetail?.ErrorMessage}`,
        );
    }
  }

  /** Forgets a partition; false when there was none. Its objects stay. */
  async dropPartition(database: string, name: string, values: string[]): Promise<boolean> {
    const answer = await this.#glue.send(
      new BatchDeletePartitionCommand({
        DatabaseName: database,
        TableName: name,
        PartitionsToDelete: [{ Values: values }],
      }),
    );
    return (answer.Errors ?? []).length === 0;
  }
}
