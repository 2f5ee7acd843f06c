import * as eb from '@aws-sdk/client-eventbridge';
import * as s3 from '@aws-sdk/client-s3';
import * as sqs from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientFactory, type Clients, outcome } from './clients.ts';

const API = 'https://docs.aws.amazon.com/eventbridge/latest/APIReference';

/** What EventBridge promises, as far as the lake relies on it. */
export function eventsContract(name: string, factory: ClientFactory): void {
  describe(`EventBridge contract: ${name}`, () => {
    let clients: Clients;
    let turn = 0;
    beforeAll(async () => {
      clients = await factory();
    });
    afterAll(() => clients.close());

    const queue = async () => {
      turn += 1;
      const QueueName = `events-${turn}`;
      const { QueueUrl } = await clients.sqs.send(new sqs.CreateQueueCommand({ QueueName }));
      const get = new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
      const Arn = (await clients.sqs.send(get)).Attributes?.QueueArn ?? '';
      return { QueueUrl, Arn };
    };
    const bodies = async (QueueUrl: string | undefined, WaitTimeSeconds = 2) => {
      const found: string[] = [];
      for (;;) {
        const { Messages } = await clients.sqs.send(
          new sqs.ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: found.length === 0 ? WaitTimeSeconds : 0,
          }),
        );
        if (!Messages?.length) return found;
        found.push(...Messages.map((one) => one.Body ?? ''));
      }
    };
    const rule = async (Name: string, pattern: object, Arn: string, more: Partial<eb.Target> = {}) => {
      await clients.events.send(new eb.PutRuleCommand({ Name, EventPattern: JSON.stringify(pattern) }));
      await clients.events.send(
        new eb.PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'q', Arn, ...more }] }),
      );
    };
    const put = (...Entries: eb.PutEventsRequestEntry[]) =>
      clients.events.send(new eb.PutEventsCommand({ Entries }));

    describe(`rules and targets (${API}/API_PutRule.html)`, () => {
      it('can be made, described, listed, changed and removed', async () => {
        const { Arn } = await queue();
        await rule('life', { source: ['a'] }, Arn);
        const described = await clients.events.send(new eb.DescribeRuleCommand({ Name: 'life' }));
        expect(described.State).toBe('ENABLED');
        expect(JSON.parse(described.EventPattern ?? '')).toEqual({ source: ['a'] });
        expect(described.Arn).toMatch(/^arn:aws:events:[\w-]+:\d{12}:rule\/life$/);
        const { Rules } = await clients.events.send(new eb.ListRulesCommand({ NamePrefix: 'lif' }));
        expect(Rules?.map((one) => one.Name)).toEqual(['life']);
        const { Targets } = await clients.events.send(new eb.ListTargetsByRuleCommand({ Rule: 'life' }));
        expect(Targets).toEqual([{ Id: 'q', Arn }]);
        const remove = new eb.DeleteRuleCommand({ Name: 'life' });
        expect(await outcome(clients.events.send(remove))).toBe('400 ValidationException');
        await clients.events.send(new eb.RemoveTargetsCommand({ Rule: 'life', Ids: ['q'] }));
        expect(await outcome(clients.events.send(remove))).toBe('done');
        expect(await outcome(clients.events.send(remove))).toBe('done');
        expect(await outcome(clients.events.send(new eb.DescribeRuleCommand({ Name: 'life' })))).toBe(
          '400 ResourceNotFoundException',
        );
      });

      it('errors: bad pattern, no such rule, no such bus, bus twice', async () => {
        const bad = new eb.PutRuleCommand({ Name: 'bad', EventPattern: '{"source":"not a list"}' });
        expect(await outcome(clients.events.send(bad))).toBe('400 InvalidEventPatternException');
        const lost = new eb.PutTargetsCommand({
          Rule: 'none',
          Targets: [{ Id: '1', Arn: (await queue()).Arn }],
        });
        expect(await outcome(clients.events.send(lost))).toBe('400 ResourceNotFoundException');
        const elsewhere = new eb.PutRuleCommand({
          Name: 'r',
          EventBusName: 'none',
          EventPattern: '{"source":["a"]}',
        });
        expect(await outcome(clients.events.send(elsewhere))).toBe('400 ResourceNotFoundException');
        const bus = new eb.CreateEventBusCommand({ Name: 'twice' });
        expect(await outcome(clients.events.send(bus))).toBe('done');
        expect(await outcome(clients.events.send(bus))).toBe('400 ResourceAlreadyExistsException');
      });
    });

    describe(`events (${API}/API_PutEvents.html)`, () => {
      it('reach the targets of matching rules, whole', async () => {
        const { QueueUrl, Arn } = await queue();
        await rule('whole', { source: ['retcon.whole'], detail: { n: [{ numeric: ['>', 1] }] } }, Arn);
        const Time = new Date('2026-01-31T12:34:56Z');
        const at = { Source: 'retcon.whole', DetailType: 'Tested', Time, Resources: ['arn:x'] };
        const { Entries, FailedEntryCount } = await put(
          { ...at, Detail: '{"n":1}' },
          { ...at, Detail: '{"n":2,"deep":{"é":[1]}}' },
        );
        expect(FailedEntryCount).toBe(0);
        const [event, ...rest] = (await bodies(QueueUrl)).map((body) => JSON.parse(body));
        expect(rest).toEqual([]);
        expect(event).toEqual({
          version: '0',
          id: Entries?.[1]?.EventId,
          'detail-type': 'Tested',
          source: 'retcon.whole',
          account: expect.stringMatching(/^\d{12}$/),
          time: '2026-01-31T12:34:56Z',
          region: expect.any(String),
          resources: ['arn:x'],
          detail: { n: 2, deep: { é: [1] } },
        });
      });

      it('fail one by one', async () => {
        const good = { Source: 's', DetailType: 't', Detail: '{}' };
        const { Entries, FailedEntryCount } = await put(
          good,
          { ...good, Detail: '[1]' },
          { ...good, Detail: '{"broken' },
          { ...good, Source: 'aws.s3' },
          { DetailType: 't', Detail: '{}' },
        );
        expect(FailedEntryCount).toBe(4);
        expect(Entries?.map((one) => one.ErrorCode)).toEqual([
          undefined,
          'MalformedDetail',
          'MalformedDetail',
          'NotAuthorizedForSourceException',
          'InvalidArgument',
        ]);
      });

      it('at most 10 entries, less than 1 MB', async () => {
        const good = { Source: 's', DetailType: 't', Detail: '{}' };
        expect(await outcome(put(...Array.from({ length: 11 }, () => good)))).toBe('400 ValidationException');
        const large = { ...good, Detail: JSON.stringify({ x: 'x'.repeat(1_048_576) }) };
        expect(await outcome(put(large))).toMatch(/^4\d\d (ValidationException|.*TooLarge.*)$/);
      });

      it('a disabled rule is silent; buses are apart', async () => {
        const { QueueUrl, Arn } = await queue();
        await rule('silent', { source: ['retcon.silent'] }, Arn);
        await clients.events.send(new eb.DisableRuleCommand({ Name: 'silent' }));
        const event = { Source: 'retcon.silent', DetailType: 't', Detail: '{}' };
        await put(event);
        await clients.events.send(new eb.EnableRuleCommand({ Name: 'silent' }));
        await clients.events.send(new eb.CreateEventBusCommand({ Name: 'apart' }));
        await put({ ...event, EventBusName: 'apart' });
        expect(await bodies(QueueUrl, 0)).toEqual([]);
        await put(event);
        expect(await bodies(QueueUrl)).toHaveLength(1);
      });

      it('what a target cannot take goes to its dead-letter queue', async () => {
        const gone = await queue();
        const dead = await queue();
        await rule('lost', { source: ['retcon.lost'] }, gone.Arn, { DeadLetterConfig: { Arn: dead.Arn } });
        await clients.sqs.send(new sqs.DeleteQueueCommand({ QueueUrl: gone.QueueUrl }));
        await put({ Source: 'retcon.lost', DetailType: 't', Detail: '{"kept":true}' });
        const [letter] = await bodies(dead.QueueUrl);
        expect(JSON.parse(letter ?? '').detail).toEqual({ kept: true });
      });
    });

    it('objects announce themselves (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html)', async () => {
      const Bucket = 'events-bucket';
      const { QueueUrl, Arn } = await queue();
      await clients.s3.send(new s3.CreateBucketCommand({ Bucket }));
      const pattern = { source: ['aws.s3'], detail: { object: { key: [{ prefix: 'seen/' }] } } };
      await rule('objects', pattern, Arn);
      const put = (Key: string) => clients.s3.send(new s3.PutObjectCommand({ Bucket, Key, Body: 'hello' }));
      await put('seen/before');
      await clients.s3.send(
        new s3.PutBucketNotificationConfigurationCommand({
          Bucket,
          NotificationConfiguration: { EventBridgeConfiguration: {} },
        }),
      );
      await put('seen/é +%.json');
      await put('unseen/x');
      await clients.s3.send(new s3.DeleteObjectCommand({ Bucket, Key: 'seen/before' }));
      const events = (await bodies(QueueUrl)).map((body) => JSON.parse(body));
      const created = events.filter((one) => one['detail-type'] === 'Object Created');
      const deleted = events.filter((one) => one['detail-type'] === 'Object Deleted');
      expect(events).toHaveLength(2);
      expect(created[0]).toMatchObject({
        version: '0',
        source: 'aws.s3',
        resources: [`arn:aws:s3:::${Bucket}`],
        detail: {
          version: '0',
          bucket: { name: Bucket },
          object: { key: 'seen/é +%.json', size: 5, etag: '5d41402abc4b2a76b9719d911017c592' },
          reason: 'PutObject',
        },
      });
      expect(created[0].detail.object.sequencer).toMatch(/^[0-9A-F]{16,}$/i);
      expect(created[0].time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(deleted[0].detail).toMatchObject({
        object: { key: 'seen/before' },
        reason: 'DeleteObject',
        'deletion-type': 'Permanently Deleted',
      });
    });

    it(`TestEventPattern (${API}/API_TestEventPattern.html)`, async () => {
      const event = {
        id: '1',
        account: '123456789012',
        source: 'a',
        time: '2026-01-01T00:00:00Z',
        region: 'us-east-1',
        resources: [],
        'detail-type': 't',
        detail: { x: 1 },
      };
      const test = async (pattern: object, Event: object = event) => {
        const command = new eb.TestEventPatternCommand({
          EventPattern: JSON.stringify(pattern),
          Event: JSON.stringify(Event),
        });
        return (await clients.events.send(command)).Result;
      };
      expect(await test({ detail: { x: [1] } })).toBe(true);
      expect(await test({ detail: { x: [2] } })).toBe(false);
      expect(await outcome(test({}))).toBe('400 InvalidEventPatternException');
    });
  });
}
