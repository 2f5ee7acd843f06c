import { expect, test } from 'vitest';
import { topology } from '../../local/topology.ts';
import { type Resource, STAGE, template } from './package-folder.ts';

const resources = Object.entries(template().Resources);
const ofType = (type: string): [string, Resource][] => resources.filter(([, { Type }]) => Type === type);
const named = (name: string): string => `retcon-${STAGE}-${name}`;
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

const queues = ofType('AWS::SQS::Queue');
const rules = ofType('AWS::Events::Rule');
const functions = ofType('AWS::Lambda::Function');
const mappings = ofType('AWS::Lambda::EventSourceMapping');

/** The one resource that a property names. */
function find(list: [string, Resource][], property: string, name: string): [string, Resource] {
  const found = list.filter(([, { Properties }]) => Properties[property] === name);
  expect(found, name).toHaveLength(1);
  return found[0]!;
}

test('the template has the queues of the topology, each with its dead-letter queue, and no other', () => {
  const wanted = topology.queues.flatMap(({ name, dlq }) => [named(name), named(dlq!)]);
  expect(queues.map(([, { Properties }]) => Properties.QueueName).sort()).toEqual(wanted.sort());
  for (const queue of topology.queues) {
    const [, { Properties }] = find(queues, 'QueueName', named(queue.name));
    const [dlq, dead] = find(queues, 'QueueName', named(queue.dlq!));
    expect(Properties.VisibilityTimeout).toBe(queue.visibilitySeconds);
    expect(Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: arnOf(dlq),
      maxReceiveCount: queue.maxReceive,
    });
    // A message keeps its age when it moves: the dead-letter queue must keep it longer.
    expect(dead.Properties.MessageRetentionPeriod).toBeGreaterThan(Properties.MessageRetentionPeriod);
  }
});

test('the template has the buses of the topology', () => {
  const names = ofType('AWS::Events::EventBus').map(([, { Properties }]) => Properties.Name);
  expect(names).toEqual(topology.buses);
});

/** Rules that call a function: what they lose, the function's schedule finds. */
const CALLING = ['site-file', 'deployed'];

test('the template has the rules of the topology: bus, pattern and target', () => {
  expect(rules.map(([, { Properties }]) => Properties.Name).sort()).toEqual(
    [...topology.rules.map(({ name }) => name), ...CALLING].map(named).sort(),
  );
  const [[bucket]] = ofType('AWS::S3::Bucket').filter(([id]) => id === 'LakeBucket') as [[string, Resource]];
  const buses = new Map(ofType('AWS::Events::EventBus').map(([id, bus]) => [bus.Properties.Name, id]));
  for (const rule of topology.rules) {
    const [, { Properties }] = find(rules, 'Name', named(rule.name));
    const [queue] = find(queues, 'QueueName', named(rule.queue));
    expect(Properties.EventBusName).toEqual(
      rule.bus === 'default' ? undefined : { Ref: buses.get(rule.bus) },
    );
    const pattern = JSON.parse(
      JSON.stringify(Properties.EventPattern).replaceAll(
        JSON.stringify({ Ref: bucket }),
        JSON.stringify(topology.bucket),
      ),
    );
    expect(pattern).toEqual(rule.pattern);
    expect(Properties.State ?? 'ENABLED').toBe('ENABLED');
    expect(Properties.Targets.map((target: { Arn: unknown }) => target.Arn)).toEqual([arnOf(queue)]);
    const { InputPath, InputTransformer, Input } = Properties.Targets[0];
    expect([InputPath, InputTransformer, Input]).toEqual([undefined, undefined, undefined]);
  }
});

test('each rule may send to its queue and to its dead-letter queue, and nothing else may', () => {
  const policies = ofType('AWS::SQS::QueuePolicy');
  expect(policies).toHaveLength(new Set(topology.rules.map(({ queue }) => queue)).size);
  for (const rule of topology.rules) {
    const [, { Properties }] = find(rules, 'Name', named(rule.name));
    const senders = topology.rules
      .filter(({ queue }) => queue === rule.queue)
      .map(({ name }) => arnOf(find(rules, 'Name', named(name))[0]));
    const [queue] = find(queues, 'QueueName', named(rule.queue));
    const [dead] = find(queues, 'QueueName', named(`${rule.queue}-dlq`));
    expect(Properties.Targets[0].DeadLetterConfig).toEqual({ Arn: arnOf(dead) });
    const policy = policies.find(([, { Properties: p }]) =>
      p.Queues.some((q: { Ref: string }) => q.Ref === queue),
    );
    expect(policy?.[1].Properties.Queues).toEqual([{ Ref: queue }, { Ref: dead }]);
    expect(policy?.[1].Properties.PolicyDocument.Statement).toEqual([
      {
        Sid: expect.any(String),
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: [arnOf(queue), arnOf(dead)],
        Condition: { ArnEquals: { 'aws:SourceArn': senders.length === 1 ? senders[0] : senders } },
      },
    ]);
  }
});

test('the lake announces its objects to the default bus', () => {
  const lake = template().Resources.LakeBucket!;
  expect(lake.Properties.NotificationConfiguration).toEqual({
    EventBridgeConfiguration: { EventBridgeEnabled: true },
  });
});

test('queues and functions are connected as in the topology', () => {
  expect(mappings).toHaveLength(topology.mappings.length);
  for (const mapping of topology.mappings) {
    const [queueId, queue] = find(queues, 'QueueName', named(mapping.queue));
    const [functionId, lambda] = find(functions, 'FunctionName', named(mapping.function));
    const found = mappings.filter(
      ([, { Properties }]) => JSON.stringify(Properties.EventSourceArn) === JSON.stringify(arnOf(queueId)),
    );
    expect(found).toHaveLength(1);
    const { Properties } = found[0]![1];
    expect(Properties.FunctionName).toEqual(arnOf(functionId));
    expect(Properties.Enabled).toBe(true);
    expect(Properties.BatchSize).toBe(mapping.batchSize);
    expect(Properties.FunctionResponseTypes).toEqual(
      mapping.partialFailures ? ['ReportBatchItemFailures'] : undefined,
    );
    expect(Properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(mapping.concurrency);
    // What AWS asks for: a message must not come again while a function may still be at it.
    expect(queue.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(
      6 * lambda.Properties.Timeout + (Properties.MaximumBatchingWindowInSeconds ?? 0),
    );
  }
});

test('only the collector is called from outside, and its concurrency is bounded', () => {
  const names = functions.map(([, { Properties }]) => Properties.FunctionName).sort();
  const behind = topology.mappings.map((mapping) => named(mapping.function));
  expect(names).toEqual([...behind, ...['collect', 'reconcile', 'gc', 'watch'].map(named)].sort());
  const [collect, lambda] = find(functions, 'FunctionName', named('collect'));
  const urls = ofType('AWS::Lambda::Url');
  expect(urls.map(([, { Properties }]) => Properties)).toEqual([
    { AuthType: 'NONE', TargetFunctionArn: arnOf(collect) },
  ]);
  expect(lambda.Properties.ReservedConcurrentExecutions).toBeGreaterThan(0);
});
