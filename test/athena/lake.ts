import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import {
  BatchCreatePartitionCommand,
  type Column,
  CreateDatabaseCommand,
  CreateTableCommand,
  GlueClient,
} from '@aws-sdk/client-glue';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DuckDBInstance } from '@duckdb/node-api';
import { createLocalAthena } from '../../local/athena/index.ts';
import { createLocalAws } from '../../local/aws/index.ts';

export interface Answer {
  columns: string[];
  types: string[];
  rows: (string | null)[][];
  execution: QueryExecution;
}

export const NOW = Date.parse('2026-11-01T12:00:00Z');

/** An empty lake in a folder of its own: bucket `lake`, one database. */
export async function openLake({ database = 'retcon' } = {}) {
  const home = mkdtempSync(join(tmpdir(), 'athena-'));
  const clock = { now: () => NOW };
  const listed: string[] = [];
  const aws = createLocalAws({
    home,
    clock,
    services: {
      athena: (self) =>
        createLocalAthena({
          home,
          clock,
          threads: 2,
          s3: new S3Client(self.clientConfig),
          glue: new GlueClient(self.clientConfig),
          objectFiles(bucket, prefix) {
            listed.push(`s3://${bucket}/${prefix}`);
            return self.objectFiles(bucket, prefix);
          },
        }),
    },
  });
  const s3 = new S3Client(aws.clientConfig);
  const glue = new GlueClient(aws.clientConfig);
  const athena = new AthenaClient(aws.clientConfig);
  await s3.send(new CreateBucketCommand({ Bucket: 'lake' }));
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  let files = 0;

  return {
    home,
    /** Locations that queries looked into, in the order in which they did. */
    listed,
    aws,
    s3,
    glue,
    athena,
    /** Stores the rows of a DuckDB SELECT as one Parquet object. */
    async parquet(key: string, select: string): Promise<void> {
      const path = join(home, `upload-${files++}.parquet`);
      await duck.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
      await s3.send(new PutObjectCommand({ Bucket: 'lake', Key: key, Body: readFileSync(path) }));
    },
    put: (key: string, body: string | Uint8Array) =>
      s3.send(new PutObjectCommand({ Bucket: 'lake', Key: key, Body: body })),
    /** Registers an external table; columns as `name type` lists in Hive's words. */
    async table(
      name: string,
      columns: string,
      keys = '',
      format: 'parquet' | 'json' = 'parquet',
      location = `s3://lake/${name}/`,
    ): Promise<void> {
      const list = (text: string): Column[] =>
        text
          .split(/\s*;\s*/)
          .filter(Boolean)
          .map((c) => ({ Name: c.split(' ')[0], Type: c.split(' ').slice(1).join(' ') }));
      const library =
        format === 'parquet'
          ? 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
          : 'org.openx.data.jsonserde.JsonSerDe';
      await glue.send(
        new CreateTableCommand({
          DatabaseName: database,
          TableInput: {
            Name: name,
            TableType: 'EXTERNAL_TABLE',
            PartitionKeys: list(keys),
            StorageDescriptor: {
              Columns: list(columns),
              Location: location,
              SerdeInfo: { SerializationLibrary: library },
            },
          },
        }),
      );
    },
    async partitions(table: string, places: { values: string[]; location: string }[]): Promise<void> {
      for (let i = 0; i < places.length; i += 100)
        await glue.send(
          new BatchCreatePartitionCommand({
            DatabaseName: database,
            TableName: table,
            PartitionInputList: places
              .slice(i, i + 100)
              .map((p) => ({ Values: p.values, StorageDescriptor: { Location: p.location } })),
          }),
        );
    },
    /** Runs a statement to its end, whatever that is. */
    async run(
      sql: string,
      options: { parameters?: string[]; output?: string } = {},
    ): Promise<QueryExecution> {
      const { QueryExecutionId } = await athena.send(
        new StartQueryExecutionCommand({
          QueryString: sql,
          QueryExecutionContext: { Database: database },
          ExecutionParameters: options.parameters,
          ResultConfiguration: options.output === undefined ? undefined : { OutputLocation: options.output },
        }),
      );
      return settled(athena, QueryExecutionId!);
    },
    /** The answer of a query; throws the reason when it fails. */
    async query(sql: string, options: { parameters?: string[]; output?: string } = {}): Promise<Answer> {
      const execution = await this.run(sql, options);
      if (execution.Status?.State !== 'SUCCEEDED') throw new Error(execution.Status?.StateChangeReason);
      const rows: (string | null)[][] = [];
      let NextToken: string | undefined;
      let columns: string[] = [];
      let types: string[] = [];
      do {
        const page = await athena.send(
          new GetQueryResultsCommand({ QueryExecutionId: execution.QueryExecutionId, NextToken }),
        );
        const info = page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
        columns = info.map((c) => c.Name ?? '');
        types = info.map((c) => c.Type ?? '');
        rows.push(
          ...(page.ResultSet?.Rows ?? []).map((r) => (r.Data ?? []).map((d) => d.VarCharValue ?? null)),
        );
        NextToken = page.NextToken;
      } while (NextToken);
      if (execution.StatementType === 'DML') rows.shift();
      return { columns, types, rows, execution };
    },
    async close(): Promise<void> {
      await aws.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export type Lake = Awaited<ReturnType<typeof openLake>>;

/** Waits until a query is over. */
export async function settled(athena: AthenaClient, id: string): Promise<QueryExecution> {
  for (;;) {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
    const state = QueryExecution?.Status?.State;
    if (state !== 'QUEUED' && state !== 'RUNNING') return QueryExecution!;
    await new Promise((done) => setTimeout(done, 2));
  }
}
