import type { ServiceName } from '../fault.ts';
import { ACCOUNT, REGION } from '../identity.ts';
import { type Input, targetOperation } from '../json.ts';
import { parseRequest } from '../s3/request.ts';
import { operationOf } from '../s3/service.ts';
import { bodyBytes, type LocalRequest } from '../wire.ts';

/** One thing that somebody must be allowed to do, as IAM asks for it. */
export interface Right {
  /** `s3:GetObject` */
  action: string;
  /** An ARN. */
  resource: string;
  /** Condition keys of the request. */
  context?: Record<string, string>;
}

/** What a call needs beside what it says itself: a query is judged by the workgroup that it was started in. */
export interface Known {
  workGroupOf(query: string): string;
}

/**
 * The rights that AWS asks for before it carries a call out; a call that changes several things needs a right to each.
 * Sources: Service Authorization Reference (actions and resource types of S3, SQS, EventBridge, Glue, Athena); S3 user
 * guide, "Conditional writes" (If-Match needs GetObject); Glue developer guide, "Specifying resource ARNs" (whoever
 * touches a table needs the right to its database and catalog). Throws for an operation that it knows nothing of:
 * a right that nobody asks for would be one that nobody misses.
 */
export async function neededRights(
  service: ServiceName,
  request: LocalRequest,
  known: Known,
): Promise<Right[]> {
  if (service === 's3') return s3Rights(request);
  const operation = targetOperation(request);
  const input = JSON.parse((await bodyBytes(request.body)).toString('utf8') || '{}') as Input;
  switch (service) {
    case 'sqs':
      return sqsRights(operation, input);
    case 'events':
      return eventRights(operation, input);
    case 'glue':
      return glueRights(operation, input);
    case 'athena':
      return athenaRights(operation, input, known);
  }
}

export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
const arn = (service: string, rest: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;

const OF_OBJECTS: Record<string, string> = {
  GetObject: 's3:GetObject',
  HeadObject: 's3:GetObject',
  PutObject: 's3:PutObject',
  DeleteObject: 's3:DeleteObject',
  CreateMultipartUpload: 's3:PutObject',
  UploadPart: 's3:PutObject',
  CompleteMultipartUpload: 's3:PutObject',
  AbortMultipartUpload: 's3:AbortMultipartUpload',
};

const OF_BUCKETS: Record<string, string> = {
  ListObjectsV2: 's3:ListBucket',
  HeadBucket: 's3:ListBucket',
  GetBucketLocation: 's3:GetBucketLocation',
};

function s3Rights(request: LocalRequest): Right[] {
  const parsed = parseRequest(request);
  const { name } = operationOf(parsed);
  const resource = bucketArn(parsed.bucket);
  const ofBucket = OF_BUCKETS[name];
  if (ofBucket !== undefined) {
    const prefix = parsed.query['prefix'];
    return [{ action: ofBucket, resource, ...(prefix ? { context: { 's3:prefix': prefix } } : {}) }];
  }
  const ofObject = OF_OBJECTS[name];
  if (ofObject === undefined) throw unknown('s3', name);
  const rights = [{ action: ofObject, resource: `${resource}/${parsed.key}` }];
  if (name === 'PutObject' && parsed.headers['if-match'] !== undefined) {
    rights.push({ action: 's3:GetObject', resource: `${resource}/${parsed.key}` });
  }
  return rights;
}

const OF_QUEUES = new Set(
  ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'].concat(
    'GetQueueAttributes',
    'GetQueueUrl',
  ),
);

function sqsRights(operation: string, input: Input): Right[] {
  const one = operation.replace(/Batch$/, '');
  if (!OF_QUEUES.has(one)) throw unknown('sqs', operation);
  const queue = String(input['QueueUrl'] ?? input['QueueName']);
  return [{ action: `sqs:${one}`, resource: arn('sqs', queue.slice(queue.lastIndexOf('/') + 1)) }];
}

function eventRights(operation: string, input: Input): Right[] {
  if (operation !== 'PutEvents') throw unknown('events', operation);
  return (input['Entries'] as Record<string, string>[]).map((entry) => {
    const bus = entry['EventBusName'] ?? 'default';
    return {
      action: 'events:PutEvents',
      resource: bus.startsWith('arn:') ? bus : arn('events', `event-bus/${bus}`),
      context: { 'events:source': entry['Source']!, 'events:detail-type': entry['DetailType']! },
    };
  });
}

const OF_DATABASES = new Set(['CreateDatabase', 'GetDatabase', 'DeleteDatabase', 'UpdateDatabase']);
const OF_TABLES = new Set([
  ...['CreateTable', 'GetTable', 'GetTables', 'UpdateTable', 'DeleteTable'],
  ...['GetPartition', 'GetPartitions', 'BatchGetPartition', 'CreatePartition', 'UpdatePartition'],
  ...['BatchCreatePartition', 'BatchUpdatePartition', 'DeletePartition', 'BatchDeletePartition'],
]);

function glueRights(operation: string, input: Input): Right[] {
  const named = (name: string): string | undefined => (input[name] as { Name?: string } | undefined)?.Name;
  const ofTable = OF_TABLES.has(operation);
  if (!ofTable && !OF_DATABASES.has(operation)) throw unknown('glue', operation);
  const database = ofTable ? input['DatabaseName'] : (named('DatabaseInput') ?? input['Name']);
  const table = input['TableName'] ?? named('TableInput') ?? input['Name'];
  const resources = ['catalog', `database/${database}`];
  // A listing asks for every table of the database; one that no policy can name apart stands for them.
  if (ofTable) resources.push(`table/${database}/${operation === 'GetTables' ? 'any' : table}`);
  return resources.map((resource) => ({ action: `glue:${operation}`, resource: arn('glue', resource) }));
}

const OF_QUERIES = new Set(['GetQueryExecution', 'GetQueryResults', 'StopQueryExecution']);

function athenaRights(operation: string, input: Input, known: Known): Right[] {
  const action = `athena:${operation}`;
  const inGroup = (name: unknown): Right => ({ action, resource: arn('athena', `workgroup/${name}`) });
  if (OF_QUERIES.has(operation)) return [inGroup(known.workGroupOf(String(input['QueryExecutionId'])))];
  if (operation !== 'StartQueryExecution') throw unknown('athena', operation);
  const rights = [inGroup(input['WorkGroup'] ?? 'primary')];
  // What Athena itself does first, with the rights of who asks; its reads and writes are calls of their own.
  const { OutputLocation = '' } = (input['ResultConfiguration'] ?? {}) as { OutputLocation?: string };
  const bucket = /^s3:\/\/([^/]+)/.exec(OutputLocation)?.[1];
  if (bucket) rights.push({ action: 's3:GetBucketLocation', resource: bucketArn(bucket) });
  if (/^\s*CREATE\s+TABLE\b[\s\S]*\bAS\b/i.test(String(input['QueryString']))) {
    for (const resource of ['catalog', 'database/default']) {
      rights.push({ action: 'glue:GetDatabase', resource: arn('glue', resource) });
    }
  }
  return rights;
}

function unknown(service: ServiceName, operation: string): Error {
  return new Error(
    `Nobody has said which rights ${service} asks for before ${operation}: add it to rights.ts.`,
  );
}
