import { randomUUID } from 'node:crypto';
import * as athena from '@aws-sdk/client-athena';
import { CreateDatabaseCommand } from '@aws-sdk/client-glue';
import { CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { ClientFactory, Clients } from './clients.ts';

export interface Query {
  id: string;
  execution: athena.QueryExecution;
  reason: string | undefined;
}

/** An Athena with a bucket and a database of its own, and the steps that the suites share. */
export async function openAthena(factory: ClientFactory) {
  const clients: Clients = await factory();
  const bucket = `contract-${randomUUID()}`;
  const output = `s3://${bucket}/results/`;
  await clients.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await clients.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'contract' } }));

  const start = async (
    QueryString: string,
    more: Partial<athena.StartQueryExecutionCommandInput> = {},
  ): Promise<string> => {
    const reply = await clients.athena.send(
      new athena.StartQueryExecutionCommand({
        QueryString,
        QueryExecutionContext: { Database: 'contract' },
        ResultConfiguration: { OutputLocation: output },
        ...more,
      }),
    );
    return reply.QueryExecutionId!;
  };
  const get = async (QueryExecutionId: string): Promise<athena.QueryExecution> =>
    (await clients.athena.send(new athena.GetQueryExecutionCommand({ QueryExecutionId }))).QueryExecution!;
  const end = async (id: string): Promise<Query> => {
    for (;;) {
      const execution = await get(id);
      const state = execution.Status?.State;
      if (state !== 'QUEUED' && state !== 'RUNNING')
        return { id, execution, reason: execution.Status?.StateChangeReason };
      await new Promise((wait) => setTimeout(wait, 5));
    }
  };
  const page = (QueryExecutionId: string, more: Partial<athena.GetQueryResultsCommandInput> = {}) =>
    clients.athena.send(new athena.GetQueryResultsCommand({ QueryExecutionId, ...more }));

  return {
    ...clients,
    bucket,
    output,
    start,
    get,
    end,
    page,
    /** Runs a statement to its end, whatever that is. */
    run: async (sql: string, more?: Partial<athena.StartQueryExecutionCommandInput>) =>
      end(await start(sql, more)),
    /** The rows of a SELECT without its header; throws the reason when it fails. */
    async rows(sql: string): Promise<(string | undefined)[][]> {
      const { id, reason } = await end(await start(sql));
      if (reason !== undefined) throw new Error(reason);
      const reply = await page(id);
      return cells(reply).slice(1);
    },
    /** Keys of objects below a place of the bucket, without that place. */
    async keys(Prefix: string): Promise<string[]> {
      const reply = await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
      return (reply.Contents ?? []).map((o) => o.Key!.slice(Prefix.length));
    },
  };
}

export type OpenAthena = Awaited<ReturnType<typeof openAthena>>;

/** The texts of a page; undefined is NULL. */
export const cells = (reply: athena.GetQueryResultsCommandOutput): (string | undefined)[][] =>
  (reply.ResultSet?.Rows ?? []).map((r) => (r.Data ?? []).map((d) => d.VarCharValue));

/** `<status> <code> <AthenaErrorCode>` of a refused call; 'done' when it wasn't refused. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'done';
  } catch (error) {
    const { name, AthenaErrorCode, $metadata } = error as athena.InvalidRequestException;
    return [$metadata?.httpStatusCode ?? 'broken', name, AthenaErrorCode].filter(Boolean).join(' ');
  }
}
