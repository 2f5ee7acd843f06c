import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { LocalAws } from '../aws/index.ts';
import { queueUrl } from '../aws/sqs/queues.ts';
import type { LambdaFunction } from './invocation.ts';
import { type BatchOutcome, type Invoked, Mapping } from './mapping.ts';
import { Sleeper } from './sleeper.ts';
import type { Topology } from './topology.ts';

export type { LambdaFunction } from './invocation.ts';
export type { BatchOutcome, Invoked } from './mapping.ts';
export { provision } from './provision.ts';
export { failedMessages } from './response.ts';
export type { MappingSpec, QueueSpec, RuleSpec, Topology } from './topology.ts';

export interface RuntimeOptions {
  aws: LocalAws;
  topology: Topology;
  /** By the names that the topology's mappings use. */
  functions: Record<string, LambdaFunction>;
  /** A function threw: its messages come back, and after the last time go to the dead-letter queue. */
  onError(error: unknown, where: { queue: string; function: string; messages: string[] }): void;
  /** After every invocation, for progress. */
  onInvoked?: (invoked: Invoked) => void;
}

/** What a drain did, per queue. `failed` counts attempts. */
export type DrainReport = Record<string, BatchOutcome>;

export interface Runtime {
  /**
   * Processes everything until every mapped queue is empty: also what its own functions cause, what other
   * processes hold (until they finish, or their claim ends), and what comes back after failing. Aborted, it
   * ends after the invocations that are running; what is left stays in the queues.
   */
  drain(signal?: AbortSignal): Promise<DrainReport>;
  /** Works as things arrive, until `stop`. */
  start(): void;
  /** Resolves when the invocations that are running have ended. */
  stop(): Promise<void>;
}

/** How long a worker of `start` rests after the queue itself failed, ms. */
const RETRY_AFTER = 1000;

/** Runs a topology's event source mappings over the in-process AWS. Throws when a function is missing. */
export function createRuntime(options: RuntimeOptions): Runtime {
  const { aws, topology } = options;
  const sqs = new SQSClient(aws.clientConfig);
  const mappings = topology.mappings.map((mapping) => {
    const run = options.functions[mapping.function];
    if (!run) throw new Error(`There is no function ${mapping.function} for the queue ${mapping.queue}.`);
    const queue = topology.queues.find((one) => one.name === mapping.queue);
    if (!queue) throw new Error(`The queue ${mapping.queue} of ${mapping.function} is not declared.`);
    const { onError, onInvoked } = options;
    return new Mapping({ sqs, queue, mapping, run, onError, onInvoked });
  });
  let stopping: AbortController | null = null;
  let running: Promise<unknown> = Promise.resolve();

  return {
    async drain(signal) {
      aws.settle();
      const report: DrainReport = {};
      for (const { queue } of mappings) report[queue] = { processed: 0, failed: 0, deadLettered: 0 };
      let active = 0;
      let batches = 0;
      let finished = signal?.aborted === true;
      const stop = (): void => {
        finished = true;
      };
      signal?.addEventListener('abort', stop);
      // Two looks: a message may move from a queue not yet looked at to one that was empty already.
      const quiet = async (): Promise<boolean> => {
        const before = batches;
        const empty = (await allEmpty(sqs, mappings)) && (await allEmpty(sqs, mappings));
        return empty && active === 0 && batches === before;
      };
      const sleepers = new Set<Sleeper>();
      const workers = mappings.flatMap((mapping) =>
        Array.from({ length: mapping.concurrency }, async () => {
          const sleeper = new Sleeper();
          const deaf = aws.onArrival(mapping.queue, () => sleeper.wake());
          sleepers.add(sleeper);
          while (!finished) {
            sleeper.woken = false;
            active += 1;
            const messages = await mapping.receive(0);
            if (messages.length > 0) {
              batches += 1;
              add(report[mapping.queue] as BatchOutcome, await mapping.process(messages, true));
              sleeper.woken = true;
            }
            active -= 1;
            if (sleeper.woken) sleeper.rested();
            else if (active === 0 && (await quiet())) finished = true;
            else await sleeper.sleep();
          }
          deaf();
          for (const other of sleepers) other.wake();
        }),
      );
      try {
        await Promise.all(workers);
      } finally {
        finished = true;
        signal?.removeEventListener('abort', stop);
      }
      return report;
    },
    start() {
      if (stopping) return;
      aws.settle();
      const stop = new AbortController();
      stopping = stop;
      const work = async (mapping: Mapping, name: string): Promise<void> => {
        while (!stop.signal.aborted) {
          try {
            const messages = await mapping.receive(20, stop.signal);
            if (messages.length > 0) await mapping.process(messages, false);
          } catch (error) {
            if (stop.signal.aborted) return;
            options.onError(error, { queue: mapping.queue, function: name, messages: [] });
            await pause(RETRY_AFTER, stop.signal);
          }
        }
      };
      running = Promise.all(
        mappings.flatMap((mapping) =>
          Array.from({ length: mapping.concurrency }, () => work(mapping, mapping.function)),
        ),
      );
    },
    async stop() {
      stopping?.abort();
      await running;
      stopping = null;
    },
  };
}

function add(total: BatchOutcome, outcome: BatchOutcome): void {
  total.processed += outcome.processed;
  total.failed += outcome.failed;
  total.deadLettered += outcome.deadLettered;
}

/** Whether no mapped queue holds anything: visible, claimed by anybody, or delayed. */
async function allEmpty(sqs: SQSClient, mappings: readonly Mapping[]): Promise<boolean> {
  for (const queue of new Set(mappings.map((mapping) => mapping.queue))) {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl(queue),
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    if (Object.values(Attributes ?? {}).some((count) => count !== '0')) return false;
  }
  return true;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
