import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as s3 from '@aws-sdk/client-s3';
import * as sqs from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalAws, type LocalAws } from '../../local/aws/index.ts';
import { provision } from '../../local/runtime/index.ts';
import { nextLine, startWorker } from './processes.ts';

const Bucket = 'lake';

describe('many processes on one home', () => {
  let home: string;
  let aws: LocalAws;
  let client: s3.S3Client;
  let queues: sqs.SQSClient;
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'retcon-race-'));
    aws = createLocalAws({ home });
    client = new s3.S3Client(aws.clientConfig);
    queues = new sqs.SQSClient(aws.clientConfig);
    await client.send(new s3.CreateBucketCommand({ Bucket }));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const text = async (Key: string) =>
    (await client.send(new s3.GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
  const makeQueue = async (QueueName: string, Attributes: Record<string, string> = {}) =>
    (await queues.send(new sqs.CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? '';
  const keys = async (Prefix: string) => {
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(new s3.ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
      found.push(...(page.Contents ?? []).map((one) => one.Key ?? ''));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return found;
  };

  it('20 processes race If-None-Match: * for 25 rounds: one winner each', async () => {
    const rounds = 25;
    const workers = Array.from({ length: 20 }, (_, i) => startWorker('race', home, String(rounds), `w${i}`));
    await Promise.all(workers.map((one) => nextLine(one, (line) => line === 'ready')));
    writeFileSync(join(home, 'begin'), String(Date.now() + 200));
    const results = (await Promise.all(workers.map((one) => one.result))).map(
      (lines) => JSON.parse(lines.at(-1) ?? '') as { name: string; won: number[] },
    );
    const winners = new Map<number, string[]>();
    for (const { name, won } of results) {
      for (const round of won) winners.set(round, [...(winners.get(round) ?? []), name]);
    }
    for (let round = 0; round < rounds; round++) {
      expect(winners.get(round)).toHaveLength(1);
      expect([await text(`race/${round}`)]).toEqual(winners.get(round));
    }
    // A race that one process wins throughout would prove nothing.
    expect(new Set([...winners.values()].flat()).size).toBeGreaterThan(1);
  });

  it('a counter moved by compare-and-swap loses nothing', async () => {
    await client.send(new s3.PutObjectCommand({ Bucket, Key: 'counter', Body: '0' }));
    const workers = Array.from({ length: 6 }, () => startWorker('count', home, '50'));
    await Promise.all(workers.map((one) => one.result));
    expect(await text('counter')).toBe('300');
  });

  it('overwrites, swaps and deletes of one key never give a torn read', async () => {
    const workers = Array.from({ length: 4 }, () => startWorker('churn', home, '150'));
    const results = await Promise.all(workers.map((one) => one.result));
    for (const [line] of results) expect(JSON.parse(line ?? '').reads).toBeGreaterThan(50);
  });

  it('every message goes to exactly one of several consumers', async () => {
    const QueueUrl = await makeQueue('shared', { VisibilityTimeout: '60' });
    for (let i = 0; i < 200; i++) {
      await queues.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: String(i) }));
    }
    const workers = Array.from({ length: 4 }, () => startWorker('consume', home, QueueUrl));
    const taken = (await Promise.all(workers.map((one) => one.result))).flatMap(
      ([line]) => JSON.parse(line ?? '') as string[],
    );
    expect(taken.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it('kill -9 in the middle of writing: what was answered is there, whole, announced; nothing is half there', async () => {
    await provision(aws, {
      bucket: Bucket,
      buses: [],
      queues: [{ name: 'seen', visibilitySeconds: 60, maxReceive: 3 }],
      rules: [
        {
          name: 'landed',
          bus: 'default',
          pattern: { source: ['aws.s3'], 'detail-type': ['Object Created'] },
          queue: 'seen',
        },
      ],
      mappings: [],
    });
    const answered: string[] = [];
    for (let kill = 0; kill < 3; kill++) {
      const worker = startWorker('write', home, String(kill));
      await nextLine(worker, (line) => line !== 'ready' && Number(line) >= 20 + kill);
      worker.process.kill('SIGKILL');
      const lines = await worker.result;
      answered.push(...lines.filter((line) => line !== 'ready').map((i) => `landing/${kill}-${i}`));
    }
    const after = createLocalAws({ home });
    const there = await keys('landing/');
    expect(there).toEqual(expect.arrayContaining(answered));
    for (const key of there) {
      const body = (await text(key)) ?? '';
      const number = (key.split('-')[1] ?? '').padStart(6, '0');
      expect(body === number.repeat(5000)).toBe(true);
    }
    const announced = new Set<string>();
    const sees = new sqs.SQSClient(after.clientConfig);
    const { QueueUrl } = await sees.send(new sqs.GetQueueUrlCommand({ QueueName: 'seen' }));
    for (;;) {
      const { Messages } = await sees.send(
        new sqs.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (!Messages?.length) break;
      for (const { Body } of Messages) announced.add(JSON.parse(Body ?? '').detail.object.key);
    }
    expect([...announced].sort()).toEqual([...there].sort());
  });

  it('kill -9 of a process that holds messages: they come back', async () => {
    const QueueUrl = await makeQueue('held');
    for (let i = 0; i < 5; i++) {
      await queues.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: String(i) }));
    }
    const worker = startWorker('hold', home, QueueUrl, '2');
    expect(await nextLine(worker, () => true)).toBe('5');
    worker.process.kill('SIGKILL');
    await worker.result;
    const receive = (WaitTimeSeconds: number) =>
      queues.send(new sqs.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds }));
    expect((await receive(0)).Messages ?? []).toEqual([]);
    const back = (await receive(5)).Messages?.map((one) => one.Body).sort();
    expect(back).toEqual(['0', '1', '2', '3', '4']);
  });
});
