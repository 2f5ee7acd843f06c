import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalAws, type LocalAws, Meter } from '../../local/aws/index.ts';
import { createRuntime, type LambdaFunction, provision, type Topology } from '../../local/runtime/index.ts';

const topology: Topology = {
  bucket: 'lake',
  buses: ['retcon'],
  queues: [
    { name: 'first', visibilitySeconds: 60, maxReceive: 3 },
    { name: 'second', visibilitySeconds: 60, maxReceive: 2, dlq: 'second-dead' },
  ],
  rules: [
    {
      name: 'landed',
      bus: 'default',
      pattern: { source: ['aws.s3'], detail: { object: { key: [{ prefix: 'landing/' }] } } },
      queue: 'first',
    },
    {
      name: 'compacted',
      bus: 'retcon',
      pattern: { source: ['retcon'], 'detail-type': ['Partition Compacted'] },
      queue: 'second',
    },
  ],
  mappings: [
    { queue: 'first', function: 'compact', batchSize: 20, partialFailures: true, concurrency: 2 },
    { queue: 'second', function: 'sessionize', batchSize: 1, partialFailures: false, concurrency: 1 },
  ],
};

describe('the runtime', () => {
  let home: string;
  let aws: LocalAws;
  let meter: Meter;
  let s3: S3Client;
  let sqs: SQSClient;
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'retcon-runtime-'));
    meter = new Meter();
    aws = createLocalAws({ home, meter });
    s3 = new S3Client(aws.clientConfig);
    sqs = new SQSClient(aws.clientConfig);
    await provision(aws, topology);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const land = (key: string) =>
    s3.send(new PutObjectCommand({ Bucket: 'lake', Key: `landing/${key}`, Body: 'x' }));
  const announce = (Detail: string) =>
    new EventBridgeClient(aws.clientConfig).send(
      new PutEventsCommand({
        Entries: [{ EventBusName: 'retcon', Source: 'retcon', DetailType: 'Partition Compacted', Detail }],
      }),
    );
  const objectKey = (body: string): string => JSON.parse(body).detail.object.key;
  const deadLetters = async (QueueName: string) => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    return (await sqs.send(receive)).Messages?.map((one) => one.Body ?? '') ?? [];
  };
  const runtime = (functions: Record<string, LambdaFunction>, errors: unknown[] = []) =>
    createRuntime({
      aws,
      topology,
      functions: { compact: async () => {}, sessionize: async () => {}, ...functions },
      onError: (error) => errors.push(error),
    });

  it('carries objects through rules and queues to functions, and what these cause, until all is empty', async () => {
    const seen: string[] = [];
    const worked: string[] = [];
    const { drain } = runtime({
      compact: async (event) => {
        for (const record of event.Records) {
          seen.push(objectKey(record.body));
          await announce(JSON.stringify({ key: objectKey(record.body) }));
        }
      },
      sessionize: async (event) => {
        expect(event.Records).toHaveLength(1);
        worked.push(JSON.parse(event.Records[0]?.body ?? '').detail.key);
      },
    });
    const names = Array.from({ length: 45 }, (_, i) => `landing/${String(i).padStart(2, '0')}`);
    for (const name of names) await land(name.slice('landing/'.length));
    await s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'other/x', Body: 'x' }));
    expect(await drain()).toEqual({
      first: { processed: 45, failed: 0, deadLettered: 0 },
      second: { processed: 45, failed: 0, deadLettered: 0 },
    });
    expect(seen.sort()).toEqual(names);
    expect(worked.sort()).toEqual(names);
    expect(await drain()).toEqual({
      first: { processed: 0, failed: 0, deadLettered: 0 },
      second: { processed: 0, failed: 0, deadLettered: 0 },
    });
  });

  it('gives functions the event and context of Lambda', async () => {
    const calls: { event: SQSEvent; context: Context }[] = [];
    const { drain } = runtime({
      compact: async (event, context) => {
        calls.push({ event, context });
        expect(context.getRemainingTimeInMillis()).toBeGreaterThan(9_000);
        expect(context.getRemainingTimeInMillis()).toBeLessThanOrEqual(10_000);
      },
    });
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'first' }));
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'test' } };
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello', MessageAttributes }));
    await drain();
    expect(calls).toHaveLength(1);
    expect(calls[0]?.context.functionName).toBe('compact');
    expect(calls[0]?.context.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(calls[0]?.event).toEqual({
      Records: [
        {
          messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          receiptHandle: expect.any(String),
          body: 'hello',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: expect.any(String),
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {
            kind: { stringValue: 'test', stringListValues: [], binaryListValues: [], dataType: 'String' },
          },
          md5OfBody: '5d41402abc4b2a76b9719d911017c592',
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:first',
          awsRegion: 'us-east-1',
        },
      ],
    });
  });

  it('what fails comes back alone, and after maxReceive is a dead letter', async () => {
    const attempts = new Map<string, number>();
    const { drain } = runtime({
      compact: async (event) => {
        const failed = event.Records.filter((record) => {
          const key = objectKey(record.body);
          attempts.set(key, (attempts.get(key) ?? 0) + 1);
          return key.endsWith('poison') || (key.endsWith('flaky') && attempts.get(key) === 1);
        });
        return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
      },
    });
    for (const name of ['good', 'flaky', 'poison']) await land(name);
    const began = Date.now();
    expect((await drain()).first).toEqual({ processed: 2, failed: 4, deadLettered: 1 });
    expect(Date.now() - began).toBeLessThan(3000);
    expect(Object.fromEntries(attempts)).toEqual({
      'landing/good': 1,
      'landing/flaky': 2,
      'landing/poison': 3,
    });
    expect((await deadLetters('first-dlq')).map(objectKey)).toEqual(['landing/poison']);
  });

  it('a function that throws fails its whole batch; the error reaches onError', async () => {
    const errors: unknown[] = [];
    const { drain } = runtime(
      {
        sessionize: async () => {
          throw new Error('broken');
        },
      },
      errors,
    );
    await announce('{"n":1}');
    expect((await drain()).second).toEqual({ processed: 0, failed: 2, deadLettered: 1 });
    expect(errors.map((error) => (error as Error).message)).toEqual(['broken', 'broken']);
    expect((await deadLetters('second-dead')).map((body) => JSON.parse(body).detail)).toEqual([{ n: 1 }]);
  });

  it('drain waits for what another process holds', async () => {
    await land('held');
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'first' }));
    const take = new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 1 });
    expect((await sqs.send(take)).Messages).toHaveLength(1);
    const { drain } = runtime({});
    expect((await drain()).first?.processed).toBe(1);
  });

  it('start works as things arrive, without a round of polling; stop ends it', async () => {
    const arrived: number[] = [];
    const server = runtime({ compact: async () => void arrived.push(Date.now()) });
    server.start();
    for (let i = 0; i < 3; i++) {
      const began = Date.now();
      await land(`live-${i}`);
      while (arrived.length <= i && Date.now() - began < 5000) await new Promise((r) => setTimeout(r, 5));
      expect((arrived[i] ?? Number.POSITIVE_INFINITY) - began).toBeLessThan(1000);
    }
    const began = Date.now();
    await server.stop();
    expect(Date.now() - began).toBeLessThan(1000);
    await land('after');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(arrived).toHaveLength(3);
  });

  it('provision again changes nothing and repairs a changed queue', async () => {
    await land('before');
    await provision(aws, topology);
    const longer = {
      ...topology,
      queues: topology.queues.map((queue) => ({ ...queue, visibilitySeconds: 90 })),
    };
    await provision(aws, longer);
    expect((await runtime({}).drain()).first?.processed).toBe(1);
    expect(meter.of('s3.PutObject')).toBe(1);
  });

  it('names what a topology lacks', () => {
    expect(() => createRuntime({ aws, topology, functions: {}, onError: () => {} })).toThrow(
      'There is no function compact for the queue first.',
    );
  });
});
