import { AthenaClient } from '@aws-sdk/client-athena';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Clients } from '../../contract/clients.ts';

/** Clients of the emulator at RETCON_STRANGER, without retries so that every answer is seen. */
export async function remote(): Promise<Clients> {
  const config = {
    endpoint: process.env['RETCON_STRANGER']!,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sqs: new SQSClient(config),
    events: new EventBridgeClient(config),
    glue: new GlueClient(config),
    athena: new AthenaClient(config),
    close: async () => {},
  };
}
