import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AthenaClient } from '@aws-sdk/client-athena';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createLocalAthena } from '../../local/athena/index.ts';
import { createLocalAws } from '../../local/aws/index.ts';

/** Clients of one AWS, real or not; the contract suites know nothing else of it. */
export interface Clients {
  s3: S3Client;
  sqs: SQSClient;
  events: EventBridgeClient;
  glue: GlueClient;
  athena: AthenaClient;
  close(): Promise<void>;
}

export type ClientFactory = () => Promise<Clients>;

/** The in-process AWS in a fresh folder, without retries so that every answer is seen. */
export async function inProcess(): Promise<Clients> {
  const home = mkdtempSync(join(tmpdir(), 'retcon-contract-'));
  const aws = createLocalAws({
    home,
    services: {
      athena: ({ clientConfig, objectFiles }) =>
        createLocalAthena({
          home,
          clock: { now: () => Date.now() },
          s3: new S3Client(clientConfig),
          glue: new GlueClient(clientConfig),
          objectFiles,
        }),
    },
  });
  const config = { ...aws.clientConfig, maxAttempts: 1 };
  return {
    s3: new S3Client(config),
    sqs: new SQSClient(config),
    events: new EventBridgeClient(config),
    glue: new GlueClient(config),
    athena: new AthenaClient(config),
    async close() {
      await aws.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What an error looked like to the caller: `<status> <code>`; `done` when there was none. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'done';
  } catch (error) {
    const { name, Code, $metadata } = error as {
      name: string;
      Code?: string;
      $metadata?: { httpStatusCode?: number };
    };
    return `${$metadata?.httpStatusCode ?? 'broken'} ${Code ?? name}`;
  }
}
