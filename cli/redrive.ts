import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { LocalLake } from '../local/lake.ts';
import { topology } from '../local/topology.ts';

/**
 * Sends messages that were given up back to their queues. One that was sent and not yet deleted when the
 * process dies is there twice, which every function takes.
 *
 * @param only this queue; by default all of them
 * @returns by queue, how many went back
 */
export async function redrive(lake: LocalLake, only?: string): Promise<Record<string, number>> {
  const { sqs } = lake.clients;
  const moved: Record<string, number> = {};
  for (const { name, dlq } of topology.queues) {
    if (dlq === undefined || (only !== undefined && name !== only)) continue;
    const from = lake.queueUrl(dlq);
    for (;;) {
      const { Messages } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: from, MaxNumberOfMessages: 10, VisibilityTimeout: 60 }),
      );
      if (!Messages || Messages.length === 0) break;
      for (const { Body, ReceiptHandle } of Messages) {
        await sqs.send(new SendMessageCommand({ QueueUrl: lake.queueUrl(name), MessageBody: Body! }));
        await sqs.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle: ReceiptHandle! }));
        moved[name] = (moved[name] ?? 0) + 1;
      }
    }
  }
  return moved;
}
