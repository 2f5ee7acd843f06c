import { AwsError } from '../errors.ts';
import { type Fold, Journal } from '../files/journal.ts';
import { ACCOUNT, REGION } from '../identity.ts';

/** A queue's settable attributes, by AWS's names, as text. */
export type Attributes = Record<string, string>;

export interface QueueDefinition {
  name: string;
  /** Seconds. */
  created: number;
  modified: number;
  attributes: Attributes;
}

/** What applies when a queue doesn't say (the defaults of SetQueueAttributes). */
export const DEFAULTS: Attributes = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  VisibilityTimeout: '30',
};

/** Whole-number attributes and their limits. */
const LIMITS: Record<string, readonly [number, number]> = {
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
};

export interface RedrivePolicy {
  deadLetterTargetArn: string;
  maxReceiveCount: number;
}

type Entry = { put: QueueDefinition } | { remove: string };
type State = Map<string, QueueDefinition>;

const fold: Fold<State, Entry> = {
  empty: () => new Map(),
  apply(state, entry) {
    if ('put' in entry) state.set(entry.put.name, entry.put);
    else state.delete(entry.remove);
  },
  dump: (state) => [...state.values()],
  load: (dump) => new Map((dump as QueueDefinition[]).map((queue) => [queue.name, queue])),
};

/** The queues of one home. */
export class Queues {
  readonly #journal: Journal<State, Entry>;

  constructor(directory: string) {
    this.#journal = new Journal(directory, fold);
  }

  find(name: string): QueueDefinition | undefined {
    return this.#journal.read().get(name);
  }

  /** Throws QueueDoesNotExist. */
  get(name: string): QueueDefinition {
    const queue = this.find(name);
    if (!queue) {
      throw new AwsError('QueueDoesNotExist', `The specified queue ${name} does not exist.`);
    }
    return queue;
  }

  names(): string[] {
    return [...this.#journal.read().keys()].sort();
  }

  /** Makes a queue; one with the same attributes is fine. Throws QueueNameExists when they differ. */
  create(name: string, attributes: Attributes, seconds: number): void {
    this.#journal.change((state) => {
      const there = state.get(name);
      if (!there) {
        return { entry: { put: { name, created: seconds, modified: seconds, attributes } }, result: null };
      }
      const differs = Object.entries(attributes).some(
        ([key, value]) => (there.attributes[key] ?? DEFAULTS[key]) !== value,
      );
      if (differs) {
        throw new AwsError(
          'QueueNameExists',
          'A queue already exists with the same name and a different value for one of its attributes.',
        );
      }
      return { result: null };
    });
  }

  /** Throws QueueDoesNotExist. */
  setAttributes(name: string, attributes: Attributes, seconds: number): void {
    this.#journal.change((state) => {
      const there = state.get(name);
      if (!there) throw new AwsError('QueueDoesNotExist', `The specified queue ${name} does not exist.`);
      const merged = { ...there.attributes, ...attributes };
      for (const [key, value] of Object.entries(attributes)) if (value === '') delete merged[key];
      return { entry: { put: { ...there, modified: seconds, attributes: merged } }, result: null };
    });
  }

  remove(name: string): void {
    this.#journal.change((state) =>
      state.has(name) ? { entry: { remove: name }, result: null } : { result: null },
    );
  }
}

/** Checks attributes that somebody sets. Throws InvalidAttributeName, InvalidAttributeValue. */
export function checkAttributes(attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const limit = LIMITS[name];
    if (limit) {
      const number = Number(value);
      if (!/^\d+$/.test(value) || number < limit[0] || number > limit[1]) {
        throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
      }
    } else if (name === 'RedrivePolicy') parseRedrive(value);
    else if (name !== 'Policy' && name !== 'SqsManagedSseEnabled') {
      throw new AwsError('InvalidAttributeName', `Unknown or unsupported attribute ${name}.`);
    }
  }
}

/** A RedrivePolicy attribute; null when it is empty. Throws InvalidAttributeValue. */
export function parseRedrive(text: string | undefined): RedrivePolicy | null {
  if (text === undefined || text === '') return null;
  const wrong = new AwsError('InvalidAttributeValue', 'Invalid value for the parameter RedrivePolicy.');
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw wrong;
  }
  if (typeof policy !== 'object' || policy === null) throw wrong;
  const { deadLetterTargetArn, maxReceiveCount } = policy as Record<string, unknown>;
  const count = Number(maxReceiveCount);
  if (typeof deadLetterTargetArn !== 'string' || queueOfArn(deadLetterTargetArn) === null) throw wrong;
  if (!Number.isInteger(count) || count < 1 || count > 1000) throw wrong;
  return { deadLetterTargetArn, maxReceiveCount: count };
}

export function queueArn(name: string): string {
  return `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
}

/** A queue's name out of its ARN; null when it isn't one of ours. */
export function queueOfArn(arn: string): string | null {
  const start = `arn:aws:sqs:${REGION}:${ACCOUNT}:`;
  return arn.startsWith(start) && arn.length > start.length ? arn.slice(start.length) : null;
}

export function queueUrl(name: string): string {
  return `http://sqs.${REGION}.localhost/${ACCOUNT}/${name}`;
}

/** A queue's name out of its URL (any host, so that a port works too). Throws InvalidAddress. */
export function queueOfUrl(url: string): string {
  const name = url.slice(url.lastIndexOf('/') + 1);
  if (!/^[\w-]{1,80}$/.test(name)) throw new AwsError('InvalidAddress', `The address ${url} is not valid.`);
  return name;
}
