import { randomUUID } from 'node:crypto';
import type { Message } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent, SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import { ACCOUNT, REGION } from '../aws/identity.ts';
import { queueArn } from '../aws/sqs/queues.ts';

/** A Lambda function as the runtime calls it. */
export type LambdaFunction = (event: SQSEvent, context: Context) => Promise<unknown>;

/** The event that Lambda makes of received messages. */
export function sqsEvent(queue: string, messages: readonly Message[]): SQSEvent {
  return { Records: messages.map((message) => sqsRecord(queue, message)) };
}

function sqsRecord(queue: string, message: Message): SQSRecord {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: { ...message.Attributes } as unknown as SQSRecord['attributes'],
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
        name,
        {
          stringValue: value.StringValue,
          binaryValue: value.BinaryValue && Buffer.from(value.BinaryValue).toString('base64'),
          stringListValues: [],
          binaryListValues: [],
          dataType: value.DataType ?? 'String',
        } as unknown as SQSMessageAttribute,
      ]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn(queue),
    awsRegion: REGION,
  };
}

/** The context of one invocation with a time limit in ms (which is told, not enforced). */
export function lambdaContext(functionName: string, timeoutMs: number): Context {
  const deadline = Date.now() + timeoutMs;
  const unavailable = (): never => {
    throw new Error('The callback interface of Lambda is not supported; return a promise.');
  };
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${functionName}`,
    memoryLimitInMB: '1769',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: unavailable,
    fail: unavailable,
    succeed: unavailable,
  };
}
