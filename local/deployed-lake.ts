import { AthenaClient } from '@aws-sdk/client-athena';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AthenaQueries } from '../shared/clients/athena-queries.ts';
import { EventBus } from '../shared/clients/event-bus.ts';
import { S3Objects } from '../shared/clients/s3-objects.ts';
import { SqsQueue } from '../shared/clients/sqs-queue.ts';
import { systemClock } from '../shared/core/clock.ts';
import { badInput, RetconError } from '../shared/core/errors.ts';
import { landedAgain } from '../shared/envelopes/events.ts';
import { siteConfigPrefix } from '../shared/lake/keys.ts';
import { Lake } from '../shared/lake/lake.ts';
import type { Log } from '../shared/ports/log.ts';
import type { DrainReport } from './runtime/index.ts';
import { topology } from './topology.ts';
import type { WorkingLake } from './working-lake.ts';

export interface DeployedLakeOptions {
  /** `s3://BUCKET`, the stack's output LakeBucketName. */
  uri: string;
  log: Log;
  /** `AWS_ENDPOINT_URL`, `RETCON_STAGE`, `RETCON_BUS`; the clients read theirs themselves. */
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens a lake on AWS with the clients' own settings (region, credentials, profile, as the AWS CLI has them). With
 * `AWS_ENDPOINT_URL` it speaks to whatever answers there, such as the AWS port of `retcon dev`.
 *
 * @throws `no_lake`, `no_credentials` or `no_access`, exit 2, when it can't be reached
 */
export async function openDeployedLake({ uri, log, env }: DeployedLakeOptions): Promise<WorkingLake> {
  const bucket = bucketOf(uri);
  // Hosts of buckets and queues are AWS's own; elsewhere everything is below one address.
  const elsewhere = Boolean(env['AWS_ENDPOINT_URL']);
  const clients = {
    athena: new AthenaClient({}),
    glue: new GlueClient({}),
    sqs: new SQSClient({ useQueueUrlAsEndpoint: !elsewhere }),
  };
  const s3 = new S3Client({ forcePathStyle: elsewhere });
  const events = new EventBridgeClient({});
  const objects = new S3Objects(s3, bucket);
  await reached(uri, () => objects.list(siteConfigPrefix, { limit: 1 }));
  const stage = env['RETCON_STAGE'] || 'prod';
  const prefix = await queuePrefix(clients.sqs, stage, elsewhere);
  const queueUrl = (name: string): string => `${prefix.url}${prefix.name}${name}`;
  const compact = new SqsQueue(clients.sqs, queueUrl('compact'));
  return {
    clock: systemClock,
    log,
    lake: new Lake(objects, systemClock),
    objects,
    bus: new EventBus(events, env['RETCON_BUS'] || 'retcon'),
    clients,
    queries: new AthenaQueries(
      clients.athena,
      `s3://${bucket}/results/`,
      prefix.name ? `retcon-${stage}` : undefined,
    ),
    queueUrl,
    bucketUri: `s3://${bucket}`,
    compactAgain: (keys) => compact.send(keys.map((key) => landedAgain(bucket, key))),
    runtime: { drain: (signal) => quiet(clients.sqs, queueUrl, elsewhere ? 300 : 5000, signal) },
    close: async () => {
      for (const client of [...Object.values(clients), s3, events]) client.destroy();
    },
  };
}

/** The bucket of `s3://BUCKET`; throws `bad_lake`, exit 2. */
export function bucketOf(uri: string): string {
  const bucket = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?$/.exec(uri)?.[1];
  if (bucket !== undefined) return bucket;
  throw badInput('bad_lake', `--lake ${uri} names no bucket`, {
    field: 'lake',
    fix: 'write s3://BUCKET, with the stack output LakeBucketName',
  });
}

async function reached(uri: string, look: () => Promise<unknown>): Promise<void> {
  try {
    await look();
  } catch (cause) {
    // Clients name the request that failed; what went wrong is its cause.
    let first = cause as Error;
    while (first.cause instanceof Error) first = first.cause;
    const { name, message } = first;
    const wrong = (code: string, what: string, fix: string) =>
      badInput(code, `${uri} can't be reached: ${what}`, { field: 'lake', fix, cause });
    if (name === 'NoSuchBucket')
      throw wrong('no_lake', 'there is no such bucket', 'name that of the stack output LakeBucketName');
    if (name === 'CredentialsProviderError' || /Region is missing/.test(message)) {
      throw wrong(
        'no_credentials',
        message,
        'set AWS_PROFILE, or AWS_REGION and keys, as the AWS CLI takes them',
      );
    }
    if (name === 'AccessDenied' || name === 'InvalidAccessKeyId' || name === 'ExpiredToken') {
      throw wrong(
        'no_access',
        message,
        'use a role that may work on the lake (docs/operations.md, "On AWS")',
      );
    }
    throw new RetconError('no_lake', `${uri} can't be reached: ${message}`, {
      field: 'lake',
      fix: 'look at the network, AWS_REGION and AWS_ENDPOINT_URL',
      cause,
    });
  }
}

/** Queues are called `retcon-<stage>-compact` and so on where a stack was deployed, `compact` on a laptop. */
async function queuePrefix(
  sqs: SQSClient,
  stage: string,
  elsewhere: boolean,
): Promise<{ url: string; name: string }> {
  for (const name of elsewhere ? [`retcon-${stage}-`, ''] : [`retcon-${stage}-`]) {
    const found = await sqs.send(new GetQueueUrlCommand({ QueueName: `${name}compact` })).catch((cause) => {
      if (/NonExistentQueue|QueueDoesNotExist/.test((cause as Error).name)) return null;
      throw cause;
    });
    if (found?.QueueUrl) return { url: found.QueueUrl.slice(0, found.QueueUrl.lastIndexOf('/') + 1), name };
  }
  throw badInput('no_queues', `there are no queues of stage "${stage}" beside the lake`, {
    field: 'lake',
    fix: 'RETCON_STAGE names the stage that was deployed, AWS_REGION its region',
  });
}

/** SQS counts by and by: so many looks in a row must find nothing. */
const LOOKS = 4;

/** Waits until the functions have nothing to do; what they did is told as far as the queues showed it. */
async function quiet(
  sqs: SQSClient,
  queueUrl: (name: string) => string,
  pause: number,
  signal?: AbortSignal,
): Promise<DrainReport> {
  const aside = async (): Promise<number[]> =>
    Promise.all(topology.queues.map(({ name, dlq }) => depthOf(sqs, queueUrl(dlq ?? `${name}-dlq`))));
  const before = await aside();
  const most = topology.queues.map(() => 0);
  for (let empty = 0; empty < LOOKS && !signal?.aborted; ) {
    const depths = await Promise.all(topology.queues.map(({ name }) => depthOf(sqs, queueUrl(name))));
    for (const [i, depth] of depths.entries()) most[i] = Math.max(most[i]!, depth);
    empty = depths.every((depth) => depth === 0) ? empty + 1 : 0;
    if (empty < LOOKS) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  const after = await aside();
  return Object.fromEntries(
    topology.queues.map(({ name }, i) => {
      const deadLettered = Math.max(0, after[i]! - before[i]!);
      return [name, { processed: most[i]!, failed: 0, deadLettered }];
    }),
  );
}

/** Messages that wait, are worked on, or are held back. */
async function depthOf(sqs: SQSClient, url: string): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return Object.values(Attributes ?? {}).reduce((sum, n) => sum + Number(n), 0);
}
