import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetTableCommand, GlueClient } from '@aws-sdk/client-glue';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLocalAws, type LocalAws, type Right } from '../../local/aws/index.ts';

/** Calls of somebody who has a name, judged: which rights each asks for, and what a denial looks like. */

let home: string;
let aws: LocalAws;
let asked: string[] = [];
let forbidden = '';
const s3 = () => new S3Client(aws.as('reader'));
const object = { Bucket: 'lake', Key: 'a/b' };

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'retcon-access-'));
  aws = createLocalAws({
    home,
    judge: (principal: string, { action, resource }: Right) => {
      asked.push(`${principal} ${action} ${resource}`);
      return action !== forbidden;
    },
  });
  const admin = new S3Client(aws.clientConfig);
  await admin.send(new CreateBucketCommand({ Bucket: 'lake' }));
  await admin.send(new PutObjectCommand({ ...object, Body: 'x' }));
  await new SQSClient(aws.clientConfig).send(new CreateQueueCommand({ QueueName: 'q' }));
});
afterAll(async () => {
  await aws.close();
  rmSync(home, { recursive: true, force: true });
});

async function rightsOf(call: () => Promise<unknown>): Promise<string[]> {
  asked = [];
  await call().catch(() => {});
  return asked;
}

test('what nobody in particular calls is not judged', async () => {
  expect(await rightsOf(() => new S3Client(aws.clientConfig).send(new GetObjectCommand(object)))).toEqual([]);
});

test('S3: an object, a bucket, and a write over what is known', async () => {
  expect(await rightsOf(() => s3().send(new GetObjectCommand(object)))).toEqual([
    'reader s3:GetObject arn:aws:s3:::lake/a/b',
  ]);
  expect(await rightsOf(() => s3().send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: 'a/' })))).toEqual(
    ['reader s3:ListBucket arn:aws:s3:::lake'],
  );
  // S3 user guide, conditional writes: If-Match needs the right to read too, If-None-Match doesn't.
  const put = { ...object, Body: 'y' };
  expect(await rightsOf(() => s3().send(new PutObjectCommand({ ...put, IfNoneMatch: '*' })))).toEqual([
    'reader s3:PutObject arn:aws:s3:::lake/a/b',
  ]);
  expect(await rightsOf(() => s3().send(new PutObjectCommand({ ...put, IfMatch: '"e"' })))).toEqual([
    'reader s3:PutObject arn:aws:s3:::lake/a/b',
    'reader s3:GetObject arn:aws:s3:::lake/a/b',
  ]);
});

test('SQS: a batch is the action of one message; EventBridge: the bus of each event; Glue: down from the catalog', async () => {
  const Entries = [{ Id: '1', MessageBody: 'x' }];
  const url = 'http://sqs.us-east-1.localhost/000000000000/q';
  const sqs = new SQSClient(aws.as('reader'));
  expect(await rightsOf(() => sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries })))).toEqual([
    'reader sqs:SendMessage arn:aws:sqs:us-east-1:000000000000:q',
  ]);
  const event = { EventBusName: 'b', Source: 's', DetailType: 't', Detail: '{}' };
  const events = new EventBridgeClient(aws.as('reader'));
  expect(await rightsOf(() => events.send(new PutEventsCommand({ Entries: [event] })))).toEqual([
    'reader events:PutEvents arn:aws:events:us-east-1:000000000000:event-bus/b',
  ]);
  const glue = new GlueClient(aws.as('reader'));
  const table = new GetTableCommand({ DatabaseName: 'd', Name: 't' });
  expect(await rightsOf(() => glue.send(table))).toEqual(
    ['catalog', 'database/d', 'table/d/t'].map(
      (resource) => `reader glue:GetTable arn:aws:glue:us-east-1:000000000000:${resource}`,
    ),
  );
});

test('a denial has the shape of its service, and nothing has happened', async () => {
  forbidden = 's3:PutObject';
  await expect(s3().send(new PutObjectCommand({ ...object, Body: 'z' }))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining(
      'is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::lake/a/b',
    ),
    $metadata: { httpStatusCode: 403 },
  });
  const kept = await new S3Client(aws.clientConfig).send(new GetObjectCommand(object));
  expect(await kept.Body!.transformToString()).not.toBe('z');
  forbidden = 'sqs:SendMessage';
  const send = new SendMessageCommand({ QueueUrl: 'http://x/000000000000/q', MessageBody: 'x' });
  await expect(new SQSClient(aws.as('reader')).send(send)).rejects.toMatchObject({
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  });
  forbidden = 'glue:GetTable';
  const get = new GetTableCommand({ DatabaseName: 'd', Name: 't' });
  await expect(new GlueClient(aws.as('reader')).send(get)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    $metadata: { httpStatusCode: 400 },
  });
});

test('that an object is missing is told only to those who may list the bucket', async () => {
  const missing = new GetObjectCommand({ Bucket: 'lake', Key: 'none' });
  forbidden = '';
  await expect(s3().send(missing)).rejects.toMatchObject({ name: 'NoSuchKey' });
  forbidden = 's3:ListBucket';
  await expect(s3().send(missing)).rejects.toMatchObject({
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  });
});

test('an operation of which nobody said what it needs is no call that is let through', async () => {
  forbidden = '';
  const copy = new CopyObjectCommand({ Bucket: 'lake', Key: 'c', CopySource: 'lake/a/b' });
  await expect(s3().send(copy)).rejects.toThrow(/rights s3 asks for before CopyObject: add it to rights.ts/);
});
