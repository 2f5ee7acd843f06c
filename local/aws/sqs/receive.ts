import { createHash } from 'node:crypto';
import { ACCOUNT } from '../identity.ts';
import type { Input, Operation } from '../json.ts';
import { type AttributeValue, attributesMd5, wantedAttributes } from './attributes.ts';
import { read } from './batch.ts';
import { type Envelope, handleOf, type Mailbox, type Message } from './mailbox.ts';
import { DEFAULTS, parseRedrive, queueArn, queueOfArn } from './queues.ts';
import type { SqsContext } from './service.ts';

/** How often a waiting receive looks for messages of other processes, ms. */
const LOOK_EVERY = 50;

/** ReceiveMessage: claims up to 10 visible messages; those received too often go to the dead-letter queue. */
export function receiveOperations(context: SqsContext): Record<string, Operation> {
  return {
    ReceiveMessage: {
      accepts: [
        'QueueUrl',
        'MaxNumberOfMessages',
        'VisibilityTimeout',
        'WaitTimeSeconds',
        'AttributeNames',
        'MessageSystemAttributeNames',
        'MessageAttributeNames',
      ],
      async run(input, options) {
        const queue = context.queueOf(read.text(input, 'QueueUrl'));
        const { attributes } = context.queues.get(queue);
        const setting = (name: string): number => Number(attributes[name] ?? DEFAULTS[name]);
        const most = read.maybeWhole(input, 'MaxNumberOfMessages', 1, 10) ?? 1;
        const hidden = read.maybeWhole(input, 'VisibilityTimeout', 0, 43_200) ?? setting('VisibilityTimeout');
        const wait =
          read.maybeWhole(input, 'WaitTimeSeconds', 0, 20) ?? setting('ReceiveMessageWaitTimeSeconds');
        const deadline = Date.now() + wait * 1000;
        const mailbox = context.mailbox(queue);
        for (;;) {
          const found = take(context, queue, most, hidden);
          if (found.length > 0) return { Messages: found.map((one) => present(one, input)) };
          if (Date.now() >= deadline || options.abortSignal?.aborted) return {};
          await arrival(mailbox, Math.min(LOOK_EVERY, deadline - Date.now()));
        }
      },
    },
  };
}

interface Taken {
  claim: Envelope;
  message: Message;
}

function take(context: SqsContext, queue: string, most: number, hiddenSeconds: number): Taken[] {
  const mailbox = context.mailbox(queue);
  const redrive = parseRedrive(context.queues.get(queue).attributes.RedrivePolicy);
  const taken: Taken[] = [];
  while (taken.length < most) {
    const now = context.clock.now();
    const candidates = mailbox.candidates(most - taken.length, now);
    if (candidates.length === 0) break;
    for (const candidate of candidates) {
      if (redrive && candidate.receives >= redrive.maxReceiveCount) {
        const target = queueOfArn(redrive.deadLetterTargetArn);
        if (target !== null && context.queues.find(target)) {
          mailbox.moveTo(context.mailbox(target), candidate, queue, now);
          continue;
        }
      }
      const claim = mailbox.claim(candidate, now + hiddenSeconds * 1000, now);
      const message = claim && mailbox.read(claim);
      if (claim && message) taken.push({ claim, message });
    }
  }
  return taken;
}

function present({ claim, message }: Taken, input: Input): Record<string, unknown> {
  const asked = [
    ...read.list(input, 'AttributeNames'),
    ...read.list(input, 'MessageSystemAttributeNames'),
  ] as string[];
  const all: Record<string, string | undefined> = {
    SenderId: ACCOUNT,
    SentTimestamp: String(message.sent),
    ApproximateReceiveCount: String(claim.receives),
    ApproximateFirstReceiveTimestamp: String(claim.firstReceive),
    DeadLetterQueueSourceArn: claim.source === null ? undefined : queueArn(claim.source),
    AWSTraceHeader: (message.system as Record<string, AttributeValue> | undefined)?.AWSTraceHeader
      ?.StringValue,
  };
  const wanted = Object.entries(all).filter(
    ([name, value]) => value !== undefined && (asked.includes('All') || asked.includes(name)),
  );
  const attributes = wantedAttributes(
    message.attributes as Record<string, AttributeValue> | undefined,
    read.list(input, 'MessageAttributeNames') as string[],
  );
  return {
    MessageId: message.id,
    ReceiptHandle: handleOf(claim),
    MD5OfBody: createHash('md5').update(message.body).digest('hex'),
    Body: message.body,
    Attributes: wanted.length > 0 ? Object.fromEntries(wanted) : undefined,
    MessageAttributes: attributes,
    MD5OfMessageAttributes: attributesMd5(attributes),
  };
}

function arrival(mailbox: Mailbox, most: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      end();
      resolve();
    };
    const timer = setTimeout(done, Math.max(1, most));
    const end = mailbox.onArrival(done);
  });
}
