import { ACCOUNT, REGION } from '../../../local/aws/identity.ts';
import { topology } from '../../../local/topology.ts';
import { type Resource, STAGE, template } from '../package-folder.ts';

export interface Statement {
  Sid: string;
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
}

export interface Policy {
  Version: string;
  Statement: Statement[];
}

const { Resources } = template();
const arn = (service: string, rest: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;

/** Names in the template and in the in-process AWS: queues go without the stack's prefix there. */
const localQueue = (name: string): string => name.replace(`retcon-${STAGE}-`, '');

function arnOf(id: string): string {
  const { Type, Properties } = resource(id);
  switch (Type) {
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${topology.bucket}`;
    case 'AWS::SQS::Queue':
      return arn('sqs', localQueue(Properties.QueueName));
    case 'AWS::Events::EventBus':
      return arn('events', `event-bus/${Properties.Name}`);
    case 'AWS::Events::Rule': {
      const bus = Properties.EventBusName === undefined ? '' : `${resolve(Properties.EventBusName)}/`;
      return arn('events', `rule/${bus}${resolve(Properties.Name)}`);
    }
    case 'AWS::Lambda::Function':
      return arn('lambda', `function:${Properties.FunctionName}`);
    default:
      throw new Error(`Nobody has said what the ARN of ${id}, a ${Type}, is: add it to policies.ts.`);
  }
}

function referenceOf(id: string): string {
  const pseudo: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::Region': REGION,
    'AWS::AccountId': ACCOUNT,
  };
  if (pseudo[id] !== undefined) return pseudo[id];
  const { Type, Properties } = resource(id);
  switch (Type) {
    case 'AWS::S3::Bucket':
      return topology.bucket;
    case 'AWS::Glue::Database':
      return Properties.DatabaseInput.Name;
    case 'AWS::Events::EventBus':
    case 'AWS::Athena::WorkGroup':
      return Properties.Name;
    default:
      throw new Error(`Nobody has said what a reference to ${id}, a ${Type}, is: add it to policies.ts.`);
  }
}

function resource(id: string): Resource {
  const found = Resources[id];
  if (found === undefined) throw new Error(`The template has no resource ${id}.`);
  return found;
}

/** A part of the template with CloudFormation's functions carried out. */
// biome-ignore lint/suspicious/noExplicitAny: a template is whatever CloudFormation takes
export function resolve(value: any): any {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  const [name] = Object.keys(value);
  if (name === 'Ref') return referenceOf(value.Ref);
  if (name === 'Fn::GetAtt') return arnOf(value['Fn::GetAtt'][0]);
  if (name === 'Fn::Sub') {
    return String(value['Fn::Sub']).replaceAll(/\$\{([^}]+)\}/g, (_, text: string) =>
      text.endsWith('.Arn') ? arnOf(text.slice(0, -4)) : referenceOf(text),
    );
  }
  if (name?.startsWith('Fn::')) throw new Error(`Nobody has said how ${name} is carried out.`);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
}

/** The policy of every function's role, by the function's short name, as CloudFormation would make it. */
export function functionPolicies(): Record<string, Policy> {
  const policies: Record<string, Policy> = {};
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const role = resource(Properties.Role['Fn::GetAtt'][0]);
    const documents: Policy[] = role.Properties.Policies.map(
      ({ PolicyDocument }: { PolicyDocument: unknown }) => resolve(PolicyDocument),
    );
    const name = String(Properties.FunctionName).replace(`retcon-${STAGE}-`, '');
    policies[name] = { Version: '2012-10-17', Statement: documents.flatMap(({ Statement }) => Statement) };
  }
  return policies;
}

/** The policy of the lake's bucket. */
export const bucketPolicy = (): Policy => resolve(resource('LakeBucketPolicy').Properties.PolicyDocument);

/** What each queue allows to others, by the ARN of the queue. */
export function queuePolicies(): Map<string, Policy> {
  const policies = new Map<string, Policy>();
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type !== 'AWS::SQS::QueuePolicy') continue;
    for (const { Ref } of Properties.Queues) policies.set(arnOf(Ref), resolve(Properties.PolicyDocument));
  }
  return policies;
}

/** Every rule that sends to queues: its own ARN and those of its targets and of where they fall back to. */
export function ruleTargets(): { rule: string; targets: string[] }[] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::Events::Rule')
    .map(([id, { Properties }]) => ({
      rule: arnOf(id),
      targets: Properties.Targets.flatMap((target: { Arn: unknown; DeadLetterConfig?: { Arn: unknown } }) =>
        [target.Arn, target.DeadLetterConfig?.Arn].filter((one) => one !== undefined).map(resolve),
      ),
    }));
}
