import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../../shared/core/clock.ts';
import { AwsError } from '../errors.ts';
import { ACCOUNT, REGION } from '../identity.ts';
import { answerJson, type Dialect, type Input, type Operation } from '../json.ts';
import type { LocalSqs } from '../sqs/service.ts';
import type { LocalRequest, LocalResponse, LocalService } from '../wire.ts';
import { Delivery } from './deliver.ts';
import type { BusEvent } from './event.ts';
import type { JsonObject } from './leaves.ts';
import { ruleOperations } from './operations.ts';
import { Outbox } from './outbox.ts';
import { read, withPattern } from './parameters.ts';
import { busName, Rules } from './rules.ts';

const DIALECT: Dialect = {
  contentType: 'application/x-amz-json-1.1',
  refusal: 'ValidationException',
  invalid: 'ValidationException',
};

/** The most bytes of one entry, and of one request. */
const PUT_BYTES = 1_048_576;

/** EventBridge over a folder: buses, rules and SQS targets; events are in their queues when it answers. */
export class LocalEvents implements LocalService {
  readonly outbox: Outbox;
  readonly #rules: Rules;
  readonly #delivery: Delivery;
  readonly #clock: Clock;
  readonly #operations: Record<string, Operation>;

  constructor(home: string, clock: Clock, sqs: LocalSqs) {
    this.#clock = clock;
    this.#rules = new Rules(join(home, 'events.rules'));
    this.#delivery = new Delivery(this.#rules, sqs);
    this.outbox = new Outbox(join(home, 'events', 'outbox'), this.#delivery);
    this.#operations = {
      ...ruleOperations(this.#rules),
      PutEvents: { accepts: ['Entries'], run: (input) => this.#putEvents(input) },
      TestEventPattern: { accepts: ['EventPattern', 'Event'], run: testEventPattern(this.#rules) },
    };
  }

  handle(request: LocalRequest): Promise<LocalResponse> {
    return answerJson(this.#operations, DIALECT, request);
  }

  #putEvents(input: Input): unknown {
    const entries = read.list(input, 'Entries') as Input[];
    if (entries.length === 0 || entries.length > 10) {
      throw new AwsError('ValidationException', 'Entries must hold from 1 to 10 events.');
    }
    if (entries.reduce((sum, entry) => sum + entrySize(entry), 0) >= PUT_BYTES) {
      throw new AwsError(
        'ValidationException',
        'Total size of the entries in the request is over the limit.',
      );
    }
    const results = entries.map((entry) => {
      try {
        const { bus, event } = this.#event(entry);
        this.#delivery.deliver(bus, event);
        return { EventId: event.id };
      } catch (error) {
        if (error instanceof AwsError) return { ErrorCode: error.code, ErrorMessage: error.message };
        throw error;
      }
    });
    const failed = results.filter((result) => 'ErrorCode' in result).length;
    return { FailedEntryCount: failed, Entries: results };
  }

  #event(entry: Input): { bus: string; event: BusEvent } {
    const known = ['Source', 'DetailType', 'Detail', 'Resources', 'Time', 'EventBusName'];
    const other = Object.keys(entry).find((name) => !known.includes(name));
    if (other)
      throw new AwsError('InvalidArgument', `The in-process AWS does not support ${other} of an entry.`);
    const required = (name: string): string => {
      const value = read.maybeText(entry, name);
      if (value === undefined || value === '') {
        throw new AwsError(
          'InvalidArgument',
          `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
        );
      }
      return value;
    };
    const source = required('Source');
    if (source.startsWith('aws.')) {
      throw new AwsError('NotAuthorizedForSourceException', 'Not authorized for the source.');
    }
    const detailType = required('DetailType');
    const bus = busName(read.maybeText(entry, 'EventBusName'));
    this.#rules.bus(bus);
    const event: BusEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': detailType,
      source,
      account: ACCOUNT,
      time: `${new Date(this.#time(entry)).toISOString().slice(0, 19)}Z`,
      region: REGION,
      resources: read.list(entry, 'Resources') as string[],
      detail: parseDetail(required('Detail')),
    };
    return { bus, event };
  }

  #time(entry: Input): number {
    const { Time } = entry;
    if (Time === undefined || Time === null) return this.#clock.now();
    if (typeof Time !== 'number') throw new AwsError('InvalidArgument', 'Parameter Time is not valid.');
    return Time * 1000;
  }
}

function parseDetail(text: string): Record<string, unknown> {
  try {
    const detail: unknown = JSON.parse(text);
    if (typeof detail === 'object' && detail !== null && !Array.isArray(detail)) {
      return detail as Record<string, unknown>;
    }
  } catch {
    // falls through to the one sentence below
  }
  throw new AwsError('MalformedDetail', 'Detail is malformed.');
}

/** An entry's size as the user guide counts it: 14 bytes for a time, and the UTF-8 bytes of its texts. */
function entrySize(entry: Input): number {
  const bytes = (value: unknown): number => (typeof value === 'string' ? Buffer.byteLength(value) : 0);
  const resources = Array.isArray(entry.Resources) ? entry.Resources : [];
  return (
    (entry.Time === undefined ? 0 : 14) +
    bytes(entry.Source) +
    bytes(entry.DetailType) +
    bytes(entry.Detail) +
    resources.reduce((sum: number, one) => sum + bytes(one), 0)
  );
}

function testEventPattern(rules: Rules): (input: Input) => unknown {
  return (input) => {
    const match = withPattern(() => rules.compiled(read.text(input, 'EventPattern')));
    let event: unknown;
    try {
      event = JSON.parse(read.text(input, 'Event'));
    } catch {
      throw new AwsError('ValidationException', 'Event is not valid JSON.');
    }
    if (typeof event !== 'object' || event === null || Array.isArray(event)) {
      throw new AwsError('ValidationException', 'Event is not a JSON object.');
    }
    for (const name of ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type']) {
      if (!Object.hasOwn(event, name)) {
        throw new AwsError(
          'ValidationException',
          `Parameter Event is not valid. Reason: ${name} is missing.`,
        );
      }
    }
    return { Result: match(event as JsonObject) };
  };
}
