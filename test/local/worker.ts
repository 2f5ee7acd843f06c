/**
 * One OS process of the race and kill tests: `worker.ts <task> <home> [arguments]`. It prints one line of
 * JSON when it is done; tasks that are to be killed print `ready` and go on.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as s3 from '@aws-sdk/client-s3';
import * as sqs from '@aws-sdk/client-sqs';
import { createLocalAws } from '../../local/aws/index.ts';

const [task, home = '', ...args] = process.argv.slice(2);
const aws = createLocalAws({ home });
const config = { ...aws.clientConfig, maxAttempts: 1 };
const client = new s3.S3Client(config);
const queues = new sqs.SQSClient(config);
const Bucket = 'lake';
const print = (line: unknown): void => {
  process.stdout.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
};

/** The moment, ms, that the parent writes down once every process is ready. */
async function begin(): Promise<number> {
  for (;;) {
    if (existsSync(join(home, 'begin'))) {
      const at = Number(readFileSync(join(home, 'begin'), 'utf8'));
      if (at > 0) return at;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const tasks: Record<string, () => Promise<void>> = {
  /** Tries to be first to write race/0 .. race/n-1, all starting each round at the same moment. */
  async race() {
    const [rounds, name] = [Number(args[0]), args[1]];
    const won: number[] = [];
    print('ready');
    const start = await begin();
    for (let round = 0; round < rounds; round++) {
      while (Date.now() < start + round * 20) await new Promise(setImmediate);
      try {
        await client.send(
          new s3.PutObjectCommand({ Bucket, Key: `race/${round}`, Body: `${name}`, IfNoneMatch: '*' }),
        );
        won.push(round);
      } catch (error) {
        if ((error as Error).name !== 'PreconditionFailed') throw error;
      }
    }
    print({ name, won });
  },

  /** Adds 1 to a counter n times by compare-and-swap. */
  async count() {
    for (let added = 0; added < Number(args[0]); ) {
      const found = await client.send(new s3.GetObjectCommand({ Bucket, Key: 'counter' }));
      const value = Number(await found.Body?.transformToString());
      try {
        await client.send(
          new s3.PutObjectCommand({
            Bucket,
            Key: 'counter',
            Body: String(value + 1),
            IfMatch: found.ETag,
          }),
        );
        added += 1;
      } catch (error) {
        if ((error as Error).name !== 'PreconditionFailed') throw error;
      }
    }
    print('done');
  },

  /** Writes, overwrites, swaps and deletes one key n times, checking that reads are whole. */
  async churn() {
    const Key = 'churn/key';
    let reads = 0;
    for (let i = 0; i < Number(args[0]); i++) {
      const letter = String.fromCharCode(97 + ((i * 7 + process.pid) % 26));
      const Body = letter.repeat(1 + ((i * 997) % 5000));
      if (i % 5 === 4) await client.send(new s3.DeleteObjectCommand({ Bucket, Key }));
      else await client.send(new s3.PutObjectCommand({ Bucket, Key, Body }));
      try {
        const found = await client.send(new s3.GetObjectCommand({ Bucket, Key }));
        const text = (await found.Body?.transformToString()) ?? '';
        if (text.length !== found.ContentLength || text !== text.charAt(0).repeat(text.length)) {
          throw new Error('A torn read.');
        }
        reads += 1;
        if (i % 3 === 0) {
          await client.send(new s3.PutObjectCommand({ Bucket, Key, Body, IfMatch: found.ETag }));
        }
      } catch (error) {
        if (!['NoSuchKey', 'PreconditionFailed'].includes((error as Error).name)) throw error;
      }
    }
    print({ reads });
  },

  /** Writes numbered objects for ever, printing each number once its answer is there. */
  async write() {
    print('ready');
    for (let i = 0; ; i++) {
      const Body = String(i).padStart(6, '0').repeat(5000);
      await client.send(new s3.PutObjectCommand({ Bucket, Key: `landing/${args[0]}-${i}`, Body }));
      print(String(i));
    }
  },

  /** Takes messages and holds them for ever. */
  async hold() {
    const { Messages } = await queues.send(
      new sqs.ReceiveMessageCommand({
        QueueUrl: args[0],
        MaxNumberOfMessages: 10,
        VisibilityTimeout: Number(args[1]),
      }),
    );
    print(String(Messages?.length ?? 0));
    setInterval(() => {}, 1000);
  },

  /** Takes and deletes messages until the queue stays empty; prints what it took. */
  async consume() {
    const taken: string[] = [];
    for (;;) {
      const { Messages } = await queues.send(
        new sqs.ReceiveMessageCommand({ QueueUrl: args[0], MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      if (!Messages?.length) break;
      taken.push(...Messages.map((one) => one.Body ?? ''));
      const Entries = Messages.map((one, i) => ({ Id: String(i), ReceiptHandle: one.ReceiptHandle }));
      await queues.send(new sqs.DeleteMessageBatchCommand({ QueueUrl: args[0], Entries }));
    }
    print(taken);
  },
};

await tasks[task ?? '']?.();
