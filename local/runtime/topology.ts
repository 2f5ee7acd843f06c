/** What the lake is made of, besides code: everything that must exist before the first beacon. */
export interface Topology {
  bucket: string;
  /** Event buses beside `default`. */
  buses: string[];
  queues: QueueSpec[];
  rules: RuleSpec[];
  mappings: MappingSpec[];
}

export interface QueueSpec {
  name: string;
  visibilitySeconds: number;
  /** Receives before a message goes to the dead-letter queue. */
  maxReceive: number;
  /** By default `<name>-dlq`. */
  dlq?: string;
}

export interface RuleSpec {
  name: string;
  bus: string;
  /** An event pattern, as an object. */
  pattern: object;
  /** The queue that matching events go to. */
  queue: string;
}

export interface MappingSpec {
  queue: string;
  /** A name among the runtime's functions. */
  function: string;
  /** Most messages of one invocation, 1 to 10,000. */
  batchSize: number;
  /** Whether the function's response names the messages that failed (ReportBatchItemFailures). */
  partialFailures: boolean;
  /** Most invocations at the same time. */
  concurrency: number;
}

/** Where a queue's messages go in the end when nobody can process them. */
export function deadLetterQueue(queue: QueueSpec): string {
  return queue.dlq ?? `${queue.name}-dlq`;
}
