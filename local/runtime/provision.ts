import {
  CreateEventBusCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, PutBucketNotificationConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { LocalAws } from '../aws/index.ts';
import { queueArn as arnOf, queueUrl as urlOf } from '../aws/sqs/queues.ts';
import { deadLetterQueue, type Topology } from './topology.ts';

/**
 * Makes everything that a topology names: bucket (with EventBridge notifications), buses, queues with their
 * dead-letter queues, rules and targets. What is there already, the same, is left alone; so it may run at
 * every start, and in several processes at once.
 */
export async function provision(aws: Pick<LocalAws, 'clientConfig'>, topology: Topology): Promise<void> {
  const s3 = new S3Client(aws.clientConfig);
  const sqs = new SQSClient(aws.clientConfig);
  const events = new EventBridgeClient(aws.clientConfig);
  await s3.send(new CreateBucketCommand({ Bucket: topology.bucket }));
  await makeBuses(events, topology.buses);
  const arns = await makeQueues(sqs, topology);
  for (const rule of topology.rules) {
    const arn = arns.get(rule.queue);
    if (!arn)
      throw new Error(`The rule ${rule.name} sends to the queue ${rule.queue}, which is not declared.`);
    const at = { EventBusName: rule.bus };
    await events.send(
      new PutRuleCommand({ ...at, Name: rule.name, EventPattern: JSON.stringify(rule.pattern) }),
    );
    await events.send(
      new PutTargetsCommand({ ...at, Rule: rule.name, Targets: [{ Id: rule.queue, Arn: arn }] }),
    );
  }
  // Last: from here on objects announce themselves, and every rule is there to hear it.
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: topology.bucket,
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  );
}

async function makeBuses(events: EventBridgeClient, names: readonly string[]): Promise<void> {
  const { EventBuses } = await events.send(new ListEventBusesCommand({}));
  const there = new Set(EventBuses?.map((bus) => bus.Name));
  for (const Name of names) {
    if (there.has(Name)) continue;
    try {
      await events.send(new CreateEventBusCommand({ Name }));
    } catch (error) {
      if ((error as Error).name !== 'ResourceAlreadyExistsException') throw error;
    }
  }
}

/** Makes the queues, dead-letter queues first; gives each declared queue's ARN. */
async function makeQueues(sqs: SQSClient, topology: Topology): Promise<Map<string, string>> {
  const arns = new Map<string, string>();
  const declared = new Set(topology.queues.map((queue) => queue.name));
  for (const dlq of new Set(topology.queues.map(deadLetterQueue))) {
    if (!declared.has(dlq)) await makeQueue(sqs, dlq, { MessageRetentionPeriod: '1209600' });
  }
  for (const queue of topology.queues) {
    await makeQueue(sqs, queue.name, {
      VisibilityTimeout: String(queue.visibilitySeconds),
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: arnOf(deadLetterQueue(queue)),
        maxReceiveCount: queue.maxReceive,
      }),
    });
    arns.set(queue.name, arnOf(queue.name));
  }
  return arns;
}

async function makeQueue(sqs: SQSClient, name: string, attributes: Record<string, string>): Promise<void> {
  try {
    await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  } catch (error) {
    if (!['QueueNameExists', 'QueueAlreadyExists'].includes((error as Error).name)) throw error;
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: urlOf(name), Attributes: attributes }));
  }
}
