import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { topology } from '../topology.ts';
import type { WorkingLake } from '../working-lake.ts';

/** What waits in one queue. */
export interface QueueDepth {
  queue: string;
  waiting: number;
  in_work: number;
  /** Messages that failed so often that they were put aside. */
  gave_up: number;
}

/** Every queue of the lake, in the order in which an event passes them. */
export async function queueDepths(lake: WorkingLake): Promise<QueueDepth[]> {
  return Promise.all(
    topology.queues.map(async ({ name, dlq }) => {
      const own = await depth(lake, name);
      const aside = dlq === undefined ? { waiting: 0 } : await depth(lake, dlq);
      return { queue: name, ...own, gave_up: aside.waiting };
    }),
  );
}

async function depth(lake: WorkingLake, queue: string): Promise<{ waiting: number; in_work: number }> {
  const reply = await lake.clients.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: lake.queueUrl(queue),
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    waiting: Number(reply.Attributes?.['ApproximateNumberOfMessages'] ?? 0),
    in_work: Number(reply.Attributes?.['ApproximateNumberOfMessagesNotVisible'] ?? 0),
  };
}
