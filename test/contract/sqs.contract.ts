import { createHash } from 'node:crypto';
import * as sqs from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ClientFactory, type Clients, outcome } from './clients.ts';

const API = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference';
const GUIDE = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide';

/** What SQS promises of standard queues, as far as the lake relies on it. */
export function sqsContract(name: string, factory: ClientFactory): void {
  describe(`SQS contract: ${name}`, () => {
    let clients: Clients;
    let turn = 0;
    let QueueUrl = '';
    beforeAll(async () => {
      clients = await factory();
    });
    afterAll(() => clients.close());
    const make = async (Attributes: Record<string, string> = {}, prefix = 'q') => {
      turn += 1;
      const queue = new sqs.CreateQueueCommand({ QueueName: `${prefix}-${turn}`, Attributes });
      return (await clients.sqs.send(queue)).QueueUrl ?? '';
    };
    beforeEach(async () => {
      QueueUrl = await make();
    });
    const send = (MessageBody: string, more: Partial<sqs.SendMessageCommandInput> = {}) =>
      clients.sqs.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody, ...more }));
    const receive = async (more: Partial<sqs.ReceiveMessageCommandInput> = {}) =>
      (
        await clients.sqs.send(
          new sqs.ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            MessageSystemAttributeNames: ['All'],
            ...more,
          }),
        )
      ).Messages ?? [];
    const attribute = async (AttributeName: sqs.QueueAttributeName) => {
      const get = new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: [AttributeName] });
      return (await clients.sqs.send(get)).Attributes?.[AttributeName];
    };
    const change = (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
      clients.sqs.send(
        new sqs.ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }),
      );
    const remove = (ReceiptHandle: string | undefined) =>
      clients.sqs.send(new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

    describe(`queues (${API}/API_CreateQueue.html)`, () => {
      it('are found by name; the same again is fine, another attribute is not', async () => {
        const QueueName = 'named';
        const create = (VisibilityTimeout: string) =>
          clients.sqs.send(new sqs.CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout } }));
        const { QueueUrl: url } = await create('7');
        expect((await create('7')).QueueUrl).toBe(url);
        expect(await outcome(create('8'))).toMatch(/^400 (QueueNameExists|QueueAlreadyExists)$/);
        expect((await clients.sqs.send(new sqs.GetQueueUrlCommand({ QueueName }))).QueueUrl).toBe(url);
        const { QueueUrls } = await clients.sqs.send(new sqs.ListQueuesCommand({ QueueNamePrefix: 'name' }));
        expect(QueueUrls).toEqual([url]);
      });

      it('errors: no such queue, bad attributes', async () => {
        const missing = /^400 (QueueDoesNotExist|AWS.SimpleQueueService.NonExistentQueue)$/;
        expect(await outcome(clients.sqs.send(new sqs.GetQueueUrlCommand({ QueueName: 'none' })))).toMatch(
          missing,
        );
        expect(await outcome(send('x', { QueueUrl: `${QueueUrl}-none` }))).toMatch(missing);
        expect(await outcome(receive({ QueueUrl: `${QueueUrl}-none` }))).toMatch(missing);
        expect(await outcome(make({ VisibilityTimeout: '43201' }))).toBe('400 InvalidAttributeValue');
        expect(await outcome(make({ Unheard: 'of' }))).toBe('400 InvalidAttributeName');
      });

      it('attributes can be changed and read', async () => {
        const set = new sqs.SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '11' } });
        await clients.sqs.send(set);
        expect(await attribute('VisibilityTimeout')).toBe('11');
        expect(await attribute('QueueArn')).toMatch(/^arn:aws:sqs:[\w-]+:\d{12}:q-\d+$/);
      });
    });

    describe(`sending and receiving (${API}/API_ReceiveMessage.html)`, () => {
      it('a message comes with its body, digest, attributes and receive count', async () => {
        const sent = await send('héllo', {
          MessageAttributes: { kind: { DataType: 'String', StringValue: 'greeting' } },
        });
        expect(sent.MD5OfMessageBody).toBe(createHash('md5').update('héllo').digest('hex'));
        const [message, ...rest] = await receive({ MessageAttributeNames: ['All'] });
        expect(rest).toEqual([]);
        expect(message?.MessageId).toBe(sent.MessageId);
        expect(message?.Body).toBe('héllo');
        expect(message?.Attributes?.ApproximateReceiveCount).toBe('1');
        expect(Number(message?.Attributes?.SentTimestamp)).toBeGreaterThan(Date.now() - 60_000);
        expect(message?.MessageAttributes?.kind?.StringValue).toBe('greeting');
        expect(message?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
        // By hand: lengths as 4 bytes, the kind of value as one.
        const part = (text: string) =>
          Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
        const bytes = Buffer.concat([part('kind'), part('String'), Buffer.from([1]), part('greeting')]);
        expect(sent.MD5OfMessageAttributes).toBe(createHash('md5').update(bytes).digest('hex'));
      });

      it('a received message is hidden, a deleted one gone', async () => {
        await send('x');
        const [message] = await receive();
        expect(await receive()).toEqual([]);
        expect(await attribute('ApproximateNumberOfMessagesNotVisible')).toBe('1');
        await remove(message?.ReceiptHandle);
        await change(message?.ReceiptHandle, 0).catch(() => {});
        expect(await receive()).toEqual([]);
        expect(await attribute('ApproximateNumberOfMessagesNotVisible')).toBe('0');
      });

      it('is visible again after its timeout, with another handle; the old handle deletes nothing', async () => {
        await send('x');
        const [first] = await receive({ VisibilityTimeout: 1 });
        await new Promise((resolve) => setTimeout(resolve, 1100));
        const [second] = await receive();
        expect(second?.MessageId).toBe(first?.MessageId);
        expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
        expect(await outcome(remove(first?.ReceiptHandle))).toBe('done');
        expect(await attribute('ApproximateNumberOfMessagesNotVisible')).toBe('1');
      });

      it('ChangeMessageVisibility gives it back at once, or keeps it; the handle stays good', async () => {
        await send('x');
        const [first] = await receive();
        await change(first?.ReceiptHandle, 0);
        const [second] = await receive();
        expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
        await change(second?.ReceiptHandle, 100);
        await change(second?.ReceiptHandle, 200);
        await remove(second?.ReceiptHandle);
        expect(await attribute('ApproximateNumberOfMessagesNotVisible')).toBe('0');
      });

      it('waits for a message that comes later', async () => {
        const waiting = receive({ WaitTimeSeconds: 5 });
        const began = Date.now();
        await new Promise((resolve) => setTimeout(resolve, 100));
        await send('late');
        expect((await waiting).map((one) => one.Body)).toEqual(['late']);
        expect(Date.now() - began).toBeLessThan(2000);
      });

      it('a delayed message comes later', async () => {
        await send('x', { DelaySeconds: 1 });
        expect(await receive()).toEqual([]);
        expect(await attribute('ApproximateNumberOfMessagesDelayed')).toBe('1');
        expect(await receive({ WaitTimeSeconds: 3 })).toHaveLength(1);
      });

      it('25 messages come once each, at most 10 at a time', async () => {
        for (let i = 0; i < 25; i++) await send(String(i));
        const bodies: string[] = [];
        for (;;) {
          const some = await receive();
          if (some.length === 0) break;
          expect(some.length).toBeLessThanOrEqual(10);
          bodies.push(...some.map((one) => one.Body ?? ''));
        }
        expect(bodies.sort((a, b) => Number(a) - Number(b))).toEqual(
          Array.from({ length: 25 }, (_, i) => String(i)),
        );
      });

      it('errors: too many, too long, bad handle', async () => {
        expect(await outcome(receive({ MaxNumberOfMessages: 11 }))).toMatch(/^400 InvalidParameterValue/);
        expect(await outcome(send('x'.repeat(1_048_577)))).toMatch(/^400 InvalidParameterValue/);
        expect(await outcome(send('x'.repeat(1_048_576)))).toBe('done');
        expect(await outcome(send(''))).toMatch(/^400 (MissingParameter|InvalidParameterValue)/);
        expect(await outcome(remove('nonsense'))).toMatch(/^40[04] ReceiptHandleIsInvalid$/);
      });
    });

    describe(`batches (${API}/API_SendMessageBatch.html)`, () => {
      const batch = (Entries: sqs.SendMessageBatchRequestEntry[]) =>
        clients.sqs.send(new sqs.SendMessageBatchCommand({ QueueUrl, Entries }));
      const entries = (count: number, body = 'x') =>
        Array.from({ length: count }, (_, i) => ({ Id: `m${i}`, MessageBody: body }));

      it('ten go through, and are deleted in one call', async () => {
        const { Successful, Failed } = await batch(entries(10));
        expect(Successful?.map((one) => one.Id)).toEqual(entries(10).map((one) => one.Id));
        expect(Failed ?? []).toEqual([]);
        const messages = await receive();
        const Entries = messages.map((one, i) => ({ Id: String(i), ReceiptHandle: one.ReceiptHandle }));
        const removed = await clients.sqs.send(new sqs.DeleteMessageBatchCommand({ QueueUrl, Entries }));
        expect(removed.Successful).toHaveLength(messages.length);
        expect(await attribute('ApproximateNumberOfMessagesNotVisible')).toBe('0');
      });

      const errors: [name: string, Entries: sqs.SendMessageBatchRequestEntry[], code: string][] = [
        ['none', [], 'EmptyBatchRequest'],
        ['eleven', entries(11), 'TooManyEntriesInBatchRequest'],
        ['the same id twice', [...entries(1), ...entries(1)], 'BatchEntryIdsNotDistinct'],
        ['a bad id', [{ Id: 'a b', MessageBody: 'x' }], 'InvalidBatchEntryId'],
        ['more than 1 MiB together', entries(10, 'x'.repeat(104_858)), 'BatchRequestTooLong'],
      ];
      it.each(errors)('refuses %s', async (_name, Entries, code) => {
        expect(await outcome(batch(Entries))).toMatch(new RegExp(`^400 (AWS.SimpleQueueService.)?${code}$`));
        expect(await receive()).toEqual([]);
      });

      it('exactly 1 MiB together goes through', async () => {
        const Entries = entries(8, 'x'.repeat(131_072));
        expect((await batch(Entries)).Successful).toHaveLength(8);
      });

      it('one bad entry fails alone', async () => {
        const { Successful, Failed } = await batch([
          { Id: 'good', MessageBody: 'x' },
          { Id: 'bad', MessageBody: 'nul \u0000' },
        ]);
        expect(Successful?.map((one) => one.Id)).toEqual(['good']);
        expect(Failed?.map((one) => [one.Id, one.SenderFault])).toEqual([['bad', true]]);
      });
    });

    describe(`dead letters (${GUIDE}/sqs-dead-letter-queues.html)`, () => {
      it('after maxReceiveCount receives a message moves to the dead-letter queue', async () => {
        const dead = await make({}, 'dead');
        const arn = new sqs.GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['QueueArn'] });
        const deadLetterTargetArn = (await clients.sqs.send(arn)).Attributes?.QueueArn;
        QueueUrl = await make({
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }),
        });
        const { MessageId } = await send('poison');
        for (const count of ['1', '2']) {
          const [message] = await receive();
          expect(message?.Attributes?.ApproximateReceiveCount).toBe(count);
          await change(message?.ReceiptHandle, 0);
        }
        expect(await receive()).toEqual([]);
        const [letter] = await receive({ QueueUrl: dead });
        expect([letter?.MessageId, letter?.Body]).toEqual([MessageId, 'poison']);
        expect(await attribute('ApproximateNumberOfMessages')).toBe('0');
      });
    });

    it(`PurgeQueue empties (${API}/API_PurgeQueue.html)`, async () => {
      await send('x');
      await clients.sqs.send(new sqs.PurgeQueueCommand({ QueueUrl }));
      expect(await receive()).toEqual([]);
    });
  });
}
