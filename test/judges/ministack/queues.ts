import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { STACK } from './stack.ts';

const QUEUES = ['ingest', 'compact', 'sessionize', 'work', 'publish'];

async function held(sqs: SQSClient, name: string): Promise<number> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: `${STACK}-${name}` }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return ['', 'NotVisible', 'Delayed'].reduce(
    (sum, kind) =>
      sum + Number((Attributes as Record<string, string>)[`ApproximateNumberOfMessages${kind}`] ?? 0),
    0,
  );
}

/** How many messages each queue holds, or each dead-letter queue. */
export async function waiting(sqs: SQSClient, suffix: '' | '-dlq' = ''): Promise<Record<string, number>> {
  const counts = await Promise.all(QUEUES.map((name) => held(sqs, `${name}${suffix}`)));
  return Object.fromEntries(QUEUES.map((name, i) => [name, counts[i]!]));
}

/** Waits until a condition holds. Throws what it says otherwise when that takes too long. */
export async function until(seconds: number, condition: () => Promise<true | string>): Promise<void> {
  for (const end = Date.now() + seconds * 1000; ; ) {
    const said = await condition();
    if (said === true) return;
    if (Date.now() > end) throw new Error(`after ${seconds} s: ${said}`);
    await new Promise((next) => setTimeout(next, 1000));
  }
}
