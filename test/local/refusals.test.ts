import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as eb from '@aws-sdk/client-eventbridge';
import * as glue from '@aws-sdk/client-glue';
import * as s3 from '@aws-sdk/client-s3';
import * as sqs from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalAws, type LocalAws, type LocalService } from '../../local/aws/index.ts';

const Bucket = 'lake';

describe('the in-process AWS, asked for what it does not do', () => {
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

  describe('refuses by name', () => {
    const says = 'The in-process AWS does not support';
    it('S3', async () => {
      const refused: [call: () => Promise<unknown>, what: string][] = [
        [
          () => client.send(new s3.PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ACL: 'public-read' })),
          'x-amz-acl',
        ],
        [
          () => client.send(new s3.PutObjectCommand({ Bucket, Key: 'k', Body: 'x', Tagging: 'a=b' })),
          'x-amz-tagging',
        ],
        [() => client.send(new s3.GetObjectCommand({ Bucket, Key: 'k', VersionId: 'v' })), 'versionId'],
        [() => client.send(new s3.GetObjectTaggingCommand({ Bucket, Key: 'k' })), 'tagging'],
        [() => client.send(new s3.ListObjectsCommand({ Bucket })), 'GET with'],
        [
          () => client.send(new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: {} })),
          'versioning',
        ],
      ];
      for (const [call, what] of refused) {
        const error = await failure(call());
        expect([error.name, error.$metadata?.httpStatusCode]).toEqual(['NotImplemented', 501]);
        expect(error.message).toContain(says);
        expect(error.message).toContain(what);
      }
    });

    it('SQS, EventBridge, Glue', async () => {
      const queues = new sqs.SQSClient(aws.clientConfig);
      const events = new eb.EventBridgeClient(aws.clientConfig);
      const catalog = new glue.GlueClient(aws.clientConfig);
      const refused: [call: () => Promise<unknown>, what: string][] = [
        [() => queues.send(new sqs.CreateQueueCommand({ QueueName: 'q.fifo' })), 'FIFO'],
        [
          () =>
            queues.send(
              new sqs.AddPermissionCommand({ QueueUrl: 'q', Label: 'l', AWSAccountIds: [], Actions: [] }),
            ),
          'AddPermission',
        ],
        [
          () => events.send(new eb.PutRuleCommand({ Name: 'r', ScheduleExpression: 'rate(1 day)' })),
          'ScheduleExpression',
        ],
        [
          () => events.send(new eb.CreateArchiveCommand({ ArchiveName: 'a', EventSourceArn: 'arn' })),
          'CreateArchive',
        ],
        [
          () => catalog.send(new glue.GetTableVersionsCommand({ DatabaseName: 'd', TableName: 't' })),
          'GetTableVersions',
        ],
        [
          () =>
            catalog.send(
              new glue.GetPartitionsCommand({ DatabaseName: 'd', TableName: 't', QueryAsOfTime: new Date() }),
            ),
          'QueryAsOfTime',
        ],
      ];
      for (const [call, what] of refused) {
        const { message } = await failure(call());
        expect(message).toContain(says);
        expect(message).toContain(what);
      }
    });

    it('Athena, unless it is given', async () => {
      const { AthenaClient, GetQueryExecutionCommand } = await import('@aws-sdk/client-athena');
      const ask = (of: LocalAws) =>
        new AthenaClient(of.clientConfig).send(new GetQueryExecutionCommand({ QueryExecutionId: 'x' }));
      expect((await failure(ask(aws))).message).toContain(says);
      const athena: LocalService = {
        handle: async () => ({
          statusCode: 200,
          headers: { 'content-type': 'application/x-amz-json-1.1' },
          body: Buffer.from('{"QueryExecution":{"QueryExecutionId":"x"}}'),
        }),
      };
      const given = open({ services: { athena: () => athena } });
      expect((await ask(given.aws)).QueryExecution?.QueryExecutionId).toBe('x');
    });
  });
});
