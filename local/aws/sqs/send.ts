import { createHash, randomUUID } from 'node:crypto';
import { AwsError } from '../errors.ts';
import type { Input } from '../json.ts';
import { type AttributeValue, attributesMd5, attributesSize, checkMessageAttributes } from './attributes.ts';
import { read } from './batch.ts';
import { DEFAULTS } from './queues.ts';
import type { SqsContext } from './service.ts';

/** A message on its way in. */
export interface Outgoing {
  body: string;
  attributes?: Record<string, AttributeValue>;
  system?: Record<string, AttributeValue>;
  /** Null: the queue's own. */
  delaySeconds?: number | null;
}

/** Reads a message out of a request or a batch entry. Throws InvalidParameterValue, MissingParameter. */
export function readOutgoing(input: Input): Outgoing {
  const body = read.maybeText(input, 'MessageBody');
  if (body === undefined || body === '') {
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  }
  if (!ALLOWED.test(body)) {
    throw new AwsError(
      'InvalidMessageContents',
      'The message contains characters outside the allowed set: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
    );
  }
  const system = checkMessageAttributes(read.maybeRecord(input, 'MessageSystemAttributes'));
  const other = Object.keys(system ?? {}).find((name) => name !== 'AWSTraceHeader');
  if (other)
    throw new AwsError('InvalidParameterValue', `${other} is not a system attribute that can be sent.`);
  return {
    body,
    attributes: checkMessageAttributes(read.maybeRecord(input, 'MessageAttributes')),
    system,
    delaySeconds: read.maybeWhole(input, 'DelaySeconds', 0, 900) ?? null,
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is the set that SQS documents
const ALLOWED = /^[\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Bytes that count against the limits of a message and of a batch. */
export function outgoingSize(message: Outgoing): number {
  return Buffer.byteLength(message.body) + attributesSize(message.attributes);
}

/** Stores a message; durable when it returns. Throws InvalidParameterValue when it is too long. */
export function sendMessage(context: SqsContext, queue: string, message: Outgoing): Record<string, unknown> {
  const { attributes: settings } = context.queues.get(queue);
  const setting = (name: string): number => Number(settings[name] ?? DEFAULTS[name]);
  const limit = setting('MaximumMessageSize');
  if (outgoingSize(message) > limit) {
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
    );
  }
  const now = context.clock.now();
  const id = randomUUID();
  const delay = message.delaySeconds ?? setting('DelaySeconds');
  const { body, attributes, system } = message;
  context.mailbox(queue).put({ id, body, attributes, system, sent: now }, now + delay * 1000);
  return {
    MessageId: id,
    MD5OfMessageBody: createHash('md5').update(body).digest('hex'),
    MD5OfMessageAttributes: attributesMd5(attributes),
    MD5OfMessageSystemAttributes: attributesMd5(system),
  };
}
