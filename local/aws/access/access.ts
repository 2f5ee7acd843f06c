import { AwsError } from '../errors.ts';
import type { ServiceName } from '../fault.ts';
import { ACCOUNT } from '../identity.ts';
import { targetOperation } from '../json.ts';
import { parseRequest } from '../s3/request.ts';
import { operationOf } from '../s3/service.ts';
import { bodyBytes, type LocalRequest, type LocalResponse } from '../wire.ts';
import { bucketArn, neededRights, type Right } from './rights.ts';

/** Says whether somebody, a role by its name, may do something. */
export type Judge = (principal: string, right: Right) => boolean | Promise<boolean>;

/** Asks the judge before every call of somebody who has a name, and after it where AWS answers by what was found. */
export class Access {
  readonly #judge: Judge;
  readonly #workGroups = new Map<string, string>();

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** The error that AWS answers in place of the call; null when all of it is allowed. */
  async refusal(principal: string, service: ServiceName, request: LocalRequest): Promise<AwsError | null> {
    const known = { workGroupOf: (query: string) => this.#workGroups.get(query) ?? 'primary' };
    for (const right of await neededRights(service, request, known)) {
      if (!(await this.#judge(principal, right))) return denied(principal, service, right);
    }
    return null;
  }

  /**
   * What the caller learns of an answer. That an object isn't there is told only to those who may list the bucket;
   * others are denied it (S3 API reference, GetObject and HeadObject, "Permissions").
   */
  async afterwards(
    principal: string,
    service: ServiceName,
    request: LocalRequest,
    response: LocalResponse,
  ): Promise<AwsError | null> {
    if (service === 'athena' && targetOperation(request) === 'StartQueryExecution') {
      await this.#remember(request, response);
    }
    if (service !== 's3' || response.statusCode !== 404) return null;
    const parsed = parseRequest(request);
    if (!['GetObject', 'HeadObject'].includes(operationOf(parsed).name)) return null;
    const right = { action: 's3:ListBucket', resource: bucketArn(parsed.bucket) };
    return (await this.#judge(principal, right)) ? null : denied(principal, service, right);
  }

  async #remember(request: LocalRequest, response: LocalResponse): Promise<void> {
    const { WorkGroup = 'primary' } = await json<{ WorkGroup?: string }>(request.body);
    const { QueryExecutionId } = await json<{ QueryExecutionId?: string }>(response.body);
    if (QueryExecutionId !== undefined) this.#workGroups.set(QueryExecutionId, WorkGroup);
  }
}

async function json<T>(body: unknown): Promise<T> {
  return JSON.parse((await bodyBytes(body)).toString('utf8') || '{}') as T;
}

function denied(principal: string, service: ServiceName, { action, resource }: Right): AwsError {
  const who = `arn:aws:sts::${ACCOUNT}:assumed-role/${principal}/${principal}`;
  const message = `User: ${who} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  if (service === 's3') return new AwsError('AccessDenied', message, 403);
  return new AwsError(
    service === 'sqs' ? 'AccessDenied' : 'AccessDeniedException',
    message,
    service === 'sqs' ? 403 : 400,
  );
}
