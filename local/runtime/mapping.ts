import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { queueUrl } from '../aws/sqs/queues.ts';
import { type LambdaFunction, lambdaContext, sqsEvent } from './invocation.ts';
import { holdMessages, LEASE_SECONDS, setVisibility } from './lease.ts';
import { failedMessages } from './response.ts';
import type { MappingSpec, QueueSpec } from './topology.ts';

/** The most bytes of one invocation's event. */
const PAYLOAD_BYTES = 6 * 1024 * 1024;

/** What one batch came to. */
export interface BatchOutcome {
  processed: number;
  failed: number;
  /** Of the failed, those that were received for the last time. */
  deadLettered: number;
}

export interface Invoked extends BatchOutcome {
  queue: string;
  function: string;
  milliseconds: number;
}

export interface MappingOptions {
  sqs: SQSClient;
  queue: QueueSpec;
  mapping: MappingSpec;
  run: LambdaFunction;
  onError(error: unknown, where: { queue: string; function: string; messages: string[] }): void;
  onInvoked?: (invoked: Invoked) => void;
}

/** One SQS -> Lambda event source mapping. */
export class Mapping {
  readonly queue: string;
  readonly function: string;
  readonly concurrency: number;
  readonly #options: MappingOptions;
  readonly #url: string;

  constructor(options: MappingOptions) {
    this.#options = options;
    this.queue = options.mapping.queue;
    this.function = options.mapping.function;
    this.concurrency = options.mapping.concurrency;
    this.#url = queueUrl(this.queue);
  }

  /** Up to a batch of messages; waits up to `waitSeconds` for the first. */
  async receive(waitSeconds: number, abortSignal?: AbortSignal): Promise<Message[]> {
    const { sqs, mapping, queue } = this.#options;
    const messages: Message[] = [];
    while (messages.length < mapping.batchSize) {
      const { Messages } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.#url,
          MaxNumberOfMessages: Math.min(10, mapping.batchSize - messages.length),
          VisibilityTimeout: Math.min(LEASE_SECONDS, queue.visibilitySeconds),
          WaitTimeSeconds: messages.length === 0 ? waitSeconds : 0,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
        { abortSignal },
      );
      if (!Messages?.length) break;
      messages.push(...Messages);
    }
    return messages;
  }

  /**
   * Invokes the function with messages, deletes those that succeeded, and lets those that failed come back:
   * at once when `retryNow`, else after a growing pause.
   */
  async process(messages: readonly Message[], retryNow: boolean): Promise<BatchOutcome> {
    const release = holdMessages(this.#options.sqs, this.#url, messages);
    const total: BatchOutcome = { processed: 0, failed: 0, deadLettered: 0 };
    try {
      for (const payload of payloads(messages)) {
        const outcome = await this.#invoke(payload, retryNow);
        total.processed += outcome.processed;
        total.failed += outcome.failed;
        total.deadLettered += outcome.deadLettered;
      }
    } finally {
      release();
    }
    return total;
  }

  async #invoke(messages: readonly Message[], retryNow: boolean): Promise<BatchOutcome> {
    const { sqs, mapping, queue, onInvoked } = this.#options;
    const began = performance.now();
    const failed = await this.#failed(messages);
    const done = messages.filter((message) => !failed.has(message.MessageId ?? ''));
    const back = messages.filter((message) => failed.has(message.MessageId ?? ''));
    for (let from = 0; from < done.length; from += 10) {
      const Entries = done.slice(from, from + 10).map((message, index) => ({
        Id: String(index),
        ReceiptHandle: message.ReceiptHandle,
      }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.#url, Entries }));
    }
    for (const message of back) {
      const pause = retryNow ? 0 : Math.min(queue.visibilitySeconds, 2 ** receives(message));
      await setVisibility(sqs, this.#url, [message], pause);
    }
    const deadLettered = back.filter((message) => receives(message) >= queue.maxReceive).length;
    const outcome = { processed: done.length, failed: back.length, deadLettered };
    const milliseconds = performance.now() - began;
    onInvoked?.({ queue: this.queue, function: mapping.function, milliseconds, ...outcome });
    return outcome;
  }

  async #failed(messages: readonly Message[]): Promise<ReadonlySet<string>> {
    const { mapping, queue, run, onError } = this.#options;
    const ids = messages.map((message) => message.MessageId ?? '');
    // Lambda wants a visibility timeout of six times the function's timeout.
    const context = lambdaContext(mapping.function, (queue.visibilitySeconds * 1000) / 6);
    try {
      // What crosses the line to Lambda and back is JSON: so it is here.
      const event = JSON.parse(JSON.stringify(sqsEvent(this.queue, messages)));
      const response: unknown = JSON.parse(JSON.stringify((await run(event, context)) ?? null));
      return failedMessages(response, ids, mapping.partialFailures);
    } catch (error) {
      onError(error, { queue: this.queue, function: mapping.function, messages: ids });
      return new Set(ids);
    }
  }
}

function receives(message: Message): number {
  return Number(message.Attributes?.ApproximateReceiveCount ?? 1);
}

/** Splits a batch so that no invocation's event is larger than Lambda takes. */
function payloads(messages: readonly Message[]): Message[][] {
  const all: Message[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const size = JSON.stringify(message.Body ?? '').length + 1024;
    if (bytes + size > PAYLOAD_BYTES) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)?.push(message);
    bytes += size;
  }
  return all;
}
