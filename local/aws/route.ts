import { Access, type Judge } from './access/access.ts';
import { AwsError, unsupportedMessage } from './errors.ts';
import type { Call, FaultHook, Meter, ServiceName } from './fault.ts';
import { closedError } from './handler.ts';
import { targetOperation } from './json.ts';
import { parseRequest } from './s3/request.ts';
import { errorResponse, operationOf } from './s3/service.ts';
import type { CallOptions, LocalRequest, LocalResponse, LocalService } from './wire.ts';

/** The services with JSON protocols, by the first part of their `x-amz-target`. */
const TARGETS: Record<string, ServiceName> = {
  AmazonSQS: 'sqs',
  AWSEvents: 'events',
  AWSGlue: 'glue',
  AmazonAthena: 'athena',
};

/** Sends each request to its service, past the fault hook and the meter. */
export class Router {
  readonly #services: Partial<Record<ServiceName, LocalService>>;
  readonly #fault: FaultHook | undefined;
  readonly #meter: Meter | undefined;
  readonly #access: Access | undefined;
  #calls = 0;
  #closed = false;

  constructor(
    services: Partial<Record<ServiceName, LocalService>>,
    options: { fault?: FaultHook; meter?: Meter; judge?: Judge },
  ) {
    this.#services = { ...services };
    this.#fault = options.fault;
    this.#meter = options.meter;
    this.#access = options.judge && new Access(options.judge);
  }

  add(name: ServiceName, service: LocalService): void {
    this.#services[name] = service;
  }

  close(): void {
    this.#closed = true;
  }

  async handle(request: LocalRequest, options: CallOptions = {}): Promise<LocalResponse> {
    if (this.#closed) throw closedError();
    const name = serviceOf(request);
    const service = name && this.#services[name];
    if (!service) {
      const target = request.headers['x-amz-target'] ?? 'this request';
      return awsErrorResponse(name ?? 'sqs', 'UnknownOperationException', unsupportedMessage(target));
    }
    const { principal } = options;
    if (!this.#access || principal === undefined) return this.#carryOut(name, service, request, options);
    const refusal = await this.#access.refusal(principal, name, request);
    if (refusal) return errorOf(name, refusal);
    const response = await this.#carryOut(name, service, request, options);
    const hidden = await this.#access.afterwards(principal, name, request, response);
    return hidden ? errorOf(name, hidden) : response;
  }

  async #carryOut(
    name: ServiceName,
    service: LocalService,
    request: LocalRequest,
    options: CallOptions,
  ): Promise<LocalResponse> {
    if (!this.#fault && !this.#meter) return service.handle(request, options);
    this.#calls += 1;
    const call: Call = { service: name, ...describe(name, request), number: this.#calls };
    this.#meter?.count(call);
    const instead = await this.#fault?.(call, 'before');
    if (instead) return instead;
    const response = await service.handle(request, options);
    return (await this.#fault?.(call, 'after', response)) ?? response;
  }
}

function serviceOf(request: LocalRequest): ServiceName | null {
  const target = request.headers['x-amz-target'];
  if (target === undefined) return 's3';
  return TARGETS[target.slice(0, target.indexOf('.'))] ?? null;
}

function describe(service: ServiceName, request: LocalRequest): { operation: string; summary: string } {
  if (service !== 's3') return { operation: targetOperation(request), summary: subject(request.body) };
  try {
    const parsed = parseRequest(request);
    const summary = parsed.key === '' ? parsed.bucket : `${parsed.bucket}/${parsed.key}`;
    try {
      return { operation: operationOf(parsed).name, summary };
    } catch {
      return { operation: parsed.query['x-id'] ?? request.method, summary };
    }
  } catch {
    return { operation: request.method, summary: request.path };
  }
}

const utf8 = new TextDecoder();
const SUBJECTS = ['QueueUrl', 'QueueName', 'Rule', 'DatabaseName', 'TableName', 'Name', 'QueryExecutionId'];

function subject(body: unknown): string {
  const text = typeof body === 'string' ? body : body instanceof Uint8Array ? utf8.decode(body) : '';
  const found = SUBJECTS.map((name) => new RegExp(`"${name}":"([^"]*)"`).exec(text)?.[1]);
  return found.filter((one) => one !== undefined).join('/');
}

function errorOf(service: ServiceName, { code, message, status }: AwsError): LocalResponse {
  return awsErrorResponse(service, code, message, status);
}

/** An error in a service's own shape, for fault hooks. The status is 400 unless said. */
export function awsErrorResponse(
  service: ServiceName,
  code: string,
  message: string,
  status = 400,
): LocalResponse {
  if (service === 's3') return errorResponse(new AwsError(code, message, status), false, '/');
  const body = Buffer.from(JSON.stringify({ __type: code, message }));
  return {
    statusCode: status,
    headers: {
      'content-type': `application/x-amz-json-${service === 'sqs' ? '1.0' : '1.1'}`,
      'x-amzn-errortype': code,
      'content-length': String(body.length),
    },
    body,
  };
}
