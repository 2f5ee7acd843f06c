import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { createLocalAws, Meter } from '../../local/aws/index.ts';
import { topology } from '../../local/topology.ts';
import { functionUrlEvent } from '../../shared/envelopes/function-url.ts';
import { landingPrefix } from '../../shared/lake/keys.ts';
import { openTestLake } from '../lake/open.ts';
import { beaconRequest } from './beacon-request.ts';

type Queued = 'land' | 'compact' | 'sessionize' | 'publish';
export type Stage = 'collect' | Queued;

/** Requests by service and operation (`s3.PutObject`), without those that are 0. */
export type Requests = Record<string, number>;

export interface StagedLake {
  /** One beacon through the collector. */
  collect(events: readonly object[]): Promise<Requests>;
  /** Calls a function once with all messages that wait for it; null when none did. */
  run(stage: Queued): Promise<Requests | null>;
  /** Lets every function do its first work: settings and logs are read once an instance. */
  warm(): Promise<void>;
  /** Announces every landing object once more. */
  announceAgain(): Promise<void>;
  close(): Promise<void>;
}

const SITE = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\nwrite_keys: [k]\n';

/** A lake whose functions are called one by one, each with everything that waits for it, and counted. */
export async function openStagedLake(marts: Record<string, string> = {}): Promise<StagedLake> {
  const meter = new Meter();
  const test = await openTestLake(SITE, '', { meter }, marts);
  const { lake } = test;
  const quiet = new SQSClient(createLocalAws({ home: test.home }).clientConfig);

  const counted = async (work: () => Promise<unknown>): Promise<Requests> => {
    const before = new Map(meter.counts);
    await work();
    const after = [...meter.counts].map(([name, n]) => [name, n - (before.get(name) ?? 0)] as const);
    return Object.fromEntries(after.filter(([, n]) => n > 0).sort());
  };

  const waiting = async (queue: string): Promise<object[]> => {
    const records: object[] = [];
    for (;;) {
      const { Messages } = await quiet.send(
        new ReceiveMessageCommand({
          QueueUrl: lake.queueUrl(queue),
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 43_200,
        }),
      );
      if (!Messages?.length) return records;
      records.push(...Messages.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body })));
    }
  };

  const collect = (events: readonly object[]): Promise<Requests> =>
    counted(async () => {
      const reply = await lake.collector(
        functionUrlEvent(beaconRequest(events), lake.clock.now()),
        {} as Context,
      );
      if (reply.statusCode !== 202) throw new Error(`the collector said ${reply.statusCode}: ${reply.body}`);
    });

  const run = async (stage: Queued): Promise<Requests | null> => {
    const { queue } = topology.mappings.find((mapping) => mapping.function === stage)!;
    const Records = await waiting(queue);
    if (Records.length === 0) return null;
    return counted(async () => {
      const reply = await lake.functions[stage]!({ Records } as never, {} as Context);
      const { batchItemFailures } = reply as { batchItemFailures: unknown[] };
      if (batchItemFailures.length > 0) throw new Error(`${stage} gave messages back`);
    });
  };

  return {
    collect,
    run,
    async warm() {
      await collect([{ id: 'warm', visitor: 'nobody', time: 0, url: 'https://shop.example/' }]);
      for (const stage of ['land', 'compact', 'sessionize'] as const) await run(stage);
      await waiting('publish');
    },
    announceAgain: async () =>
      lake.compactAgain((await lake.objects.list(landingPrefix)).map(({ key }) => key)),
    close: () => test.close(),
  };
}
