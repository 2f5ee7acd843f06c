import { AwsError } from '../errors.ts';
import type { Input, Operation } from '../json.ts';
import { read } from './batch.ts';
import { type Attributes, checkAttributes, DEFAULTS, queueArn, queueOfUrl, queueUrl } from './queues.ts';
import type { SqsContext } from './service.ts';

/** Making, finding, describing and emptying queues. */
export function queueOperations(context: SqsContext): Record<string, Operation> {
  const seconds = (): number => Math.floor(context.clock.now() / 1000);
  return {
    CreateQueue: {
      accepts: ['QueueName', 'Attributes', 'tags'],
      run(input) {
        const name = read.text(input, 'QueueName');
        if (name.endsWith('.fifo')) {
          throw new AwsError('UnsupportedOperation', 'The in-process AWS does not support FIFO queues.');
        }
        if (!/^[\w-]{1,80}$/.test(name)) {
          throw new AwsError(
            'InvalidParameterValue',
            'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
          );
        }
        context.queues.create(name, readAttributes(input), seconds());
        return { QueueUrl: queueUrl(name) };
      },
    },
    DeleteQueue: {
      accepts: ['QueueUrl'],
      run(input) {
        const name = context.queueOf(read.text(input, 'QueueUrl'));
        context.mailbox(name).purge();
        context.queues.remove(name);
      },
    },
    GetQueueUrl: {
      accepts: ['QueueName'],
      run: (input) => ({ QueueUrl: queueUrl(context.queues.get(read.text(input, 'QueueName')).name) }),
    },
    ListQueues: {
      accepts: ['QueueNamePrefix', 'MaxResults', 'NextToken'],
      run(input) {
        const prefix = read.maybeText(input, 'QueueNamePrefix') ?? '';
        const most = read.maybeWhole(input, 'MaxResults', 1, 1000);
        const after = read.maybeText(input, 'NextToken') ?? '';
        const names = context.queues.names().filter((name) => name.startsWith(prefix) && name > after);
        const page = names.slice(0, most ?? 1000);
        const more = most !== undefined && names.length > page.length;
        return { QueueUrls: page.map(queueUrl), NextToken: more ? page.at(-1) : undefined };
      },
    },
    GetQueueAttributes: {
      accepts: ['QueueUrl', 'AttributeNames'],
      run(input) {
        const name = context.queueOf(read.text(input, 'QueueUrl'));
        const asked = read.list(input, 'AttributeNames') as string[];
        const all = describe(context, name);
        const other = asked.find((one) => one !== 'All' && !KNOWN.has(one));
        if (other) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${other}.`);
        const found = Object.entries(all).filter(([key]) => asked.includes('All') || asked.includes(key));
        return { Attributes: found.length > 0 ? Object.fromEntries(found) : undefined };
      },
    },
    SetQueueAttributes: {
      accepts: ['QueueUrl', 'Attributes'],
      run(input) {
        const name = queueOfUrl(read.text(input, 'QueueUrl'));
        context.queues.setAttributes(name, readAttributes(input), seconds());
      },
    },
    PurgeQueue: {
      accepts: ['QueueUrl'],
      run(input) {
        context.mailbox(context.queueOf(read.text(input, 'QueueUrl'))).purge();
      },
    },
  };
}

const KNOWN = new Set([
  ...Object.keys(DEFAULTS),
  'QueueArn',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'RedrivePolicy',
  'Policy',
  'SqsManagedSseEnabled',
]);

function describe(context: SqsContext, name: string): Attributes {
  const queue = context.queues.get(name);
  const counts = context.mailbox(name).counts(context.clock.now());
  return {
    ...DEFAULTS,
    ...queue.attributes,
    QueueArn: queueArn(name),
    CreatedTimestamp: String(queue.created),
    LastModifiedTimestamp: String(queue.modified),
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
  };
}

function readAttributes(input: Input): Attributes {
  const attributes = (read.maybeRecord(input, 'Attributes') ?? {}) as Attributes;
  checkAttributes(attributes);
  return attributes;
}
