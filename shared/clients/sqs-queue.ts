import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { RetconError } from '../core/errors.ts';
import type { Queue } from '../ports/queue.ts';

const BATCH = 10;
const BATCH_BYTES = 900_000;

/** A queue in SQS. A batch of which one entry failed throws: the caller repeats, receivers expect repeats. */
export class SqsQueue implements Queue {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.#url = url;
  }

  async send(messages: readonly unknown[], delaySeconds?: number): Promise<void> {
    const DelaySeconds = delaySeconds;
    const bodies = messages.map(jsonForSqs);
    if (bodies.length === 0) return;
    if (bodies.length === 1) {
      await this.#client.send(
        new SendMessageCommand({ QueueUrl: this.#url, MessageBody: bodies[0]!, DelaySeconds }),
      );
      return;
    }
    let batch: string[] = [];
    let bytes = 0;
    for (const body of bodies) {
      const size = Buffer.byteLength(body);
      if (batch.length === BATCH || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
        await this.#sendBatch(batch, DelaySeconds);
        batch = [];
        bytes = 0;
      }
      batch.push(body);
      bytes += size;
    }
    if (batch.length > 0) await this.#sendBatch(batch, DelaySeconds);
  }

  async #sendBatch(bodies: string[], DelaySeconds?: number): Promise<void> {
    const reply = await this.#client.send(
      new SendMessageBatchCommand({
        QueueUrl: this.#url,
        Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody, DelaySeconds })),
      }),
    );
    const [failed] = reply.Failed ?? [];
    if (failed) {
      throw new RetconError(
        'queue_failed',
        `the queue refused a message: ${failed.Code} ${failed.Message ?? ''}`,
      );
    }
  }
}

/** JSON text that SQS takes: it refuses U+FFFE and U+FFFF, which JSON may hold unescaped. */
function jsonForSqs(message: unknown): string {
  return JSON.stringify(message).replace(/[\ufffe\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
}
