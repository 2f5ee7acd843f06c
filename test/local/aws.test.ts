import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as eb from '@aws-sdk/client-eventbridge';
import * as glue from '@aws-sdk/client-glue';
import * as s3 from '@aws-sdk/client-s3';
import * as sqs from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalEvents } from '../../local/aws/events/service.ts';
import {
  awsErrorResponse,
  createLocalAws,
  type FaultHook,
  type LocalAws,
  Meter,
} from '../../local/aws/index.ts';
import { LocalSqs } from '../../local/aws/sqs/service.ts';
import { systemClock } from '../../shared/core/clock.ts';

const Bucket = 'lake';

describe('the in-process AWS', () => {
  let home: string;
  let aws: LocalAws;
  let client: s3.S3Client;
  const open = (options: Partial<Parameters<typeof createLocalAws>[0]> = {}) => {
    const opened = createLocalAws({ home, ...options });
    return { aws: opened, s3: new s3.S3Client({ ...opened.clientConfig, maxAttempts: 1 }) };
  };
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'retcon-aws-'));
    ({ aws, s3: client } = open());
    await client.send(new s3.CreateBucketCommand({ Bucket }));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const put = (Key: string, Body = 'x', to = client) =>
    to.send(new s3.PutObjectCommand({ Bucket, Key, Body }));
  const failure = async (
    call: Promise<unknown>,
  ): Promise<Error & { $metadata?: { httpStatusCode?: number } }> => {
    try {
      await call;
    } catch (error) {
      return error as Error;
    }
    throw new Error('It should have failed.');
  };

  it('another process, or a later one, sees everything', async () => {
    await put('a/b', 'kept');
    const { s3: later } = open();
    const found = await later.send(new s3.GetObjectCommand({ Bucket, Key: 'a/b' }));
    expect(await found.Body?.transformToString()).toBe('kept');
  });

  it('objectPath names a file that holds the bytes, keeps its end, and survives an overwrite', async () => {
    expect(await aws.objectPath(Bucket, 'none')).toBeNull();
    await put('derived/part-0.ndjson.gz', 'first');
    const path = (await aws.objectPath(Bucket, 'derived/part-0.ndjson.gz')) ?? '';
    expect(path).toMatch(/\.ndjson\.gz$/);
    await put('derived/part-0.ndjson.gz', 'second');
    expect(readFileSync(path, 'utf8')).toBe('first');
    const newer = (await aws.objectPath(Bucket, 'derived/part-0.ndjson.gz')) ?? '';
    expect(readFileSync(newer, 'utf8')).toBe('second');
    await client.send(new s3.DeleteObjectCommand({ Bucket, Key: 'derived/part-0.ndjson.gz' }));
    expect(readFileSync(newer, 'utf8')).toBe('second');
    expect(await aws.objectPath(Bucket, 'derived/part-0.ndjson.gz')).toBeNull();
  });

  it('superseded bytes go away in the end', async () => {
    for (let i = 0; i < 5; i++) await put('k', String(i));
    const { LastModified } = await client.send(new s3.HeadObjectCommand({ Bucket, Key: 'k' }));
    expect(LastModified).toBeInstanceOf(Date);
    const bytes = () =>
      readdirSync(join(home, 's3', Bucket, 'bytes')).flatMap((shard) =>
        readdirSync(join(home, 's3', Bucket, 'bytes', shard)),
      );
    expect(bytes()).toHaveLength(5);
    const realNow = Date.now;
    try {
      Date.now = () => realNow() + 61_000;
      const { s3: later } = open();
      await later.send(new s3.HeadObjectCommand({ Bucket, Key: 'k' }));
    } finally {
      Date.now = realNow;
    }
    expect(bytes()).toHaveLength(1);
    const found = await client.send(new s3.GetObjectCommand({ Bucket, Key: 'k' }));
    expect(await found.Body?.transformToString()).toBe('4');
  });

  it('no key leaves the home', async () => {
    for (const Key of ['../../outside', '/etc/outside', 'a/../../../outside', '..', '%2e%2e/outside']) {
      await put(Key, 'inside');
      const path = await aws.objectPath(Bucket, Key);
      expect(path?.startsWith(`${home}/`)).toBe(true);
    }
    expect(existsSync(join(home, '..', 'outside'))).toBe(false);
    const { Contents } = await client.send(new s3.ListObjectsV2Command({ Bucket }));
    expect(Contents).toHaveLength(5);
  });

  it('counts requests', async () => {
    const meter = new Meter();
    const { s3: counted } = open({ meter });
    await put('a', 'x', counted);
    await put('b', 'x', counted);
    await counted.send(new s3.ListObjectsV2Command({ Bucket }));
    expect([meter.of('s3.PutObject'), meter.of('s3.ListObjectsV2'), meter.of('s3.GetObject')]).toEqual([
      2, 1, 0,
    ]);
  });

  it('faults: an answer instead, a broken line before, a broken line after', async () => {
    let plan: FaultHook = () => undefined;
    const seen: string[] = [];
    const { s3: faulty } = open({
      fault: (call, phase, response) => {
        seen.push(`${phase} ${call.service}.${call.operation} ${call.summary}`);
        return plan(call, phase, response);
      },
    });
    plan = (call, phase) =>
      phase === 'before' && call.operation === 'PutObject'
        ? awsErrorResponse('s3', 'ConditionalRequestConflict', 'Try again.', 409)
        : undefined;
    const conflict = await failure(put('k', 'x', faulty));
    expect([conflict.name, conflict.$metadata?.httpStatusCode]).toEqual(['ConditionalRequestConflict', 409]);
    const brokenIn =
      (wanted: string): FaultHook =>
      (_call, phase) => {
        if (phase === wanted) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
        return undefined;
      };
    plan = brokenIn('before');
    expect((await failure(put('k', 'x', faulty))).message).toBe('socket hang up');
    expect(await aws.objectPath(Bucket, 'k')).toBeNull();
    plan = brokenIn('after');
    expect((await failure(put('k', 'x', faulty))).message).toBe('socket hang up');
    expect(await aws.objectPath(Bucket, 'k')).not.toBeNull();
    expect(seen).toEqual([
      `before s3.PutObject ${Bucket}/k`,
      `before s3.PutObject ${Bucket}/k`,
      `before s3.PutObject ${Bucket}/k`,
      `after s3.PutObject ${Bucket}/k`,
    ]);
  });

  it('an event promised before a crash is delivered by the next process, if its change came about', async () => {
    const queues = new sqs.SQSClient(aws.clientConfig);
    const events = new eb.EventBridgeClient(aws.clientConfig);
    const { QueueUrl } = await queues.send(new sqs.CreateQueueCommand({ QueueName: 'q' }));
    const Arn = 'arn:aws:sqs:us-east-1:000000000000:q';
    await events.send(new eb.PutRuleCommand({ Name: 'r', EventPattern: '{"source":["aws.s3"]}' }));
    await events.send(new eb.PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 'q', Arn }] }));
    await put('written', 'x');
    const dying = new LocalEvents(home, systemClock, new LocalSqs(home, systemClock)).outbox;
    const event = (key: string) => ({
      version: '0' as const,
      id: key,
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: '000000000000',
      time: '2026-01-01T00:00:00Z',
      region: 'us-east-1',
      resources: [],
      detail: { object: { key } },
    });
    for (const key of ['written', 'never-written']) {
      expect(dying.promise(event(key), { bucket: Bucket, key, exists: true })).not.toBeNull();
    }
    const receive = async () =>
      (await queues.send(new sqs.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages?.map(
        (one) => JSON.parse(one.Body ?? '').detail.object.key,
      ) ?? [];
    expect(await receive()).toEqual([]);
    open();
    expect(await receive()).toEqual(['written']);
    open();
    expect(await receive()).toEqual([]);
  });

  it('the catalog survives checkpoints, seen from a fresh process and from one that was idle', async () => {
    const catalog = new glue.GlueClient(aws.clientConfig);
    const idle = new glue.GlueClient(open().aws.clientConfig);
    await catalog.send(new glue.CreateDatabaseCommand({ DatabaseInput: { Name: 'd' } }));
    const PartitionKeys = [{ Name: 'n', Type: 'int' }];
    await catalog.send(
      new glue.CreateTableCommand({ DatabaseName: 'd', TableInput: { Name: 't', PartitionKeys } }),
    );
    await idle.send(new glue.GetTableCommand({ DatabaseName: 'd', Name: 't' }));
    const at = { DatabaseName: 'd', TableName: 't' };
    const realNow = Date.now;
    try {
      for (let batch = 0; batch < 12; batch++) {
        // Each batch is 20 KB; time passes, so that what a checkpoint covers is really removed.
        Date.now = () => realNow() + batch * 120_000;
        const PartitionInputList = Array.from({ length: 100 }, (_, i) => ({
          Values: [String(batch * 100 + i)],
          Parameters: { padding: 'x'.repeat(200) },
        }));
        await catalog.send(new glue.BatchCreatePartitionCommand({ ...at, PartitionInputList }));
      }
    } finally {
      Date.now = realNow;
    }
    const files = readdirSync(join(home, 'glue.catalog'));
    expect(files.some((name) => name.startsWith('c'))).toBe(true);
    expect(files).not.toContain('e1');
    for (const reader of [catalog, idle, new glue.GlueClient(open().aws.clientConfig)]) {
      const numbers: number[] = [];
      let NextToken: string | undefined;
      do {
        const page = await reader.send(new glue.GetPartitionsCommand({ ...at, NextToken }));
        numbers.push(...(page.Partitions ?? []).map((one) => Number(one.Values?.[0])));
        NextToken = page.NextToken;
      } while (NextToken);
      expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 1200 }, (_, i) => i));
    }
  });

  it('after close every request fails', async () => {
    await aws.close();
    expect((await failure(put('k'))).message).toContain('closed');
  });
});
