import { join } from 'node:path';
import type { Clock } from '../../../shared/core/clock.ts';
import { AwsError } from '../errors.ts';
import { answerJson, type Dialect, type Operation } from '../json.ts';
import type { CallOptions, LocalRequest, LocalResponse, LocalService } from '../wire.ts';
import { Mailbox } from './mailbox.ts';
import { messageOperations } from './messages.ts';
import { queueOperations } from './operations.ts';
import { Queues, queueOfArn, queueOfUrl } from './queues.ts';
import { receiveOperations } from './receive.ts';
import { type Outgoing, sendMessage } from './send.ts';

/** The older names of SQS's errors, which clients of both generations read from a header. */
const QUERY_NAMES: Record<string, string> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
};

const DIALECT: Dialect = {
  contentType: 'application/x-amz-json-1.0',
  refusal: 'UnsupportedOperation',
  invalid: 'InvalidParameterValue',
  errorPrefix: 'com.amazonaws.sqs#',
  errorHeaders: (error) => ({
    'x-amzn-query-error': `${QUERY_NAMES[error.code] ?? error.code};${error.status < 500 ? 'Sender' : 'Receiver'}`,
  }),
};

/** What every SQS operation works with. */
export interface SqsContext {
  /** Real time: visibility and delays must go on whatever clock the data has. */
  clock: Clock;
  queues: Queues;
  mailbox(queue: string): Mailbox;
  /** The queue's name, from its URL. Throws QueueDoesNotExist. */
  queueOf(url: string): string;
}

/** SQS over a folder: `<home>/sqs/<queue>/messages/` holds one file per message. Standard queues only. */
export class LocalSqs implements LocalService {
  readonly #context: SqsContext;
  readonly #operations: Record<string, Operation>;
  readonly #mailboxes = new Map<string, Mailbox>();

  constructor(home: string, clock: Clock) {
    const queues = new Queues(join(home, 'sqs.queues'));
    const mailbox = (name: string): Mailbox => {
      let found = this.#mailboxes.get(name);
      if (!found) {
        found = new Mailbox(join(home, 'sqs', name));
        this.#mailboxes.set(name, found);
      }
      return found;
    };
    const queueOf = (url: string): string => queues.get(queueOfUrl(url)).name;
    this.#context = { clock, queues, mailbox, queueOf };
    this.#operations = {
      ...queueOperations(this.#context),
      ...messageOperations(this.#context),
      ...receiveOperations(this.#context),
    };
  }

  handle(request: LocalRequest, options?: CallOptions): Promise<LocalResponse> {
    return answerJson(this.#operations, DIALECT, request, options);
  }

  /** Puts a message into the queue with that ARN. Throws QueueDoesNotExist. */
  deliver(arn: string, message: Outgoing): void {
    const name = queueOfArn(arn);
    if (name === null || !this.#context.queues.find(name)) {
      throw new AwsError('QueueDoesNotExist', `There is no queue ${arn}.`);
    }
    sendMessage(this.#context, name, message);
  }

  /** Calls back when this process adds or returns a message of that queue; gives a function that ends it. */
  onArrival(queue: string, listener: () => void): () => void {
    return this.#context.mailbox(queue).onArrival(listener);
  }
}
