import { randomUUID } from 'node:crypto';
import { AwsError, systemCode, unsupportedMessage } from './errors.ts';
import { bodyBytes, type CallOptions, type LocalRequest, type LocalResponse } from './wire.ts';

export type Input = Record<string, unknown>;

/** One operation of a service with an AWS JSON protocol. `accepts` names every parameter it honours. */
export interface Operation {
  accepts: readonly string[];
  run(input: Input, options: CallOptions): unknown;
}

/** How a service words what every service has. */
export interface Dialect {
  /** The content type of its answers, e.g. `application/x-amz-json-1.1`. */
  contentType: string;
  /** The error code for a parameter or operation that is not supported. */
  refusal: string;
  /** The error code for input that cannot be read. */
  invalid: string;
  /** Headers beside an error (SQS keeps its older error names there). */
  errorHeaders?(error: AwsError): Record<string, string>;
  /** What goes before an error's code in `__type`. */
  errorPrefix?: string;
}

/** The operation's name from `x-amz-target`, e.g. `AWSGlue.GetTable` -> `GetTable`. */
export function targetOperation(request: LocalRequest): string {
  const target = request.headers['x-amz-target'] ?? '';
  return target.slice(target.indexOf('.') + 1);
}

/**
 * Answers one request of a JSON-protocol service. Operations and parameters that are not in the table are
 * refused by name, with the service's own error shape.
 */
export async function answerJson(
  operations: Record<string, Operation>,
  dialect: Dialect,
  request: LocalRequest,
  options: CallOptions = {},
): Promise<LocalResponse> {
  try {
    const name = targetOperation(request);
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (!operation) throw new AwsError(dialect.refusal, unsupportedMessage(`the operation ${name}`));
    const input = await readInput(request, dialect);
    for (const [field, value] of Object.entries(input)) {
      if (value !== undefined && value !== null && !operation.accepts.includes(field)) {
        throw new AwsError(dialect.refusal, unsupportedMessage(`the parameter ${field} of ${name}`));
      }
    }
    const output = await operation.run(input, options);
    return reply(200, dialect, output ?? {}, {});
  } catch (error) {
    const known = asAwsError(error, dialect);
    const type = (dialect.errorPrefix ?? '') + known.code;
    const headers = { 'x-amzn-errortype': known.code, ...dialect.errorHeaders?.(known) };
    return reply(known.status, dialect, { __type: type, message: known.message, ...known.extra }, headers);
  }
}

async function readInput(request: LocalRequest, dialect: Dialect): Promise<Input> {
  const bytes = await bodyBytes(request.body);
  if (bytes.length === 0) return {};
  try {
    const input: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Input;
  } catch {
    // falls through to the one sentence below
  }
  throw new AwsError(dialect.invalid, 'The request body is not a JSON object.');
}

function asAwsError(error: unknown, dialect: Dialect): AwsError {
  if (error instanceof AwsError) return error;
  const cause = systemCode(error);
  const message = error instanceof Error ? error.message : String(error);
  if (cause === undefined && error instanceof TypeError) return new AwsError(dialect.invalid, message);
  return new AwsError('InternalFailure', cause ? `The lake's disk failed: ${message}` : message, 500);
}

function reply(
  statusCode: number,
  dialect: Dialect,
  output: unknown,
  headers: Record<string, string>,
): LocalResponse {
  const body = Buffer.from(JSON.stringify(output));
  return {
    statusCode,
    headers: {
      'content-type': dialect.contentType,
      'content-length': String(body.length),
      'x-amzn-requestid': randomUUID(),
      ...headers,
    },
    body,
  };
}
