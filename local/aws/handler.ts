import { AwsError } from './errors.ts';
import { REGION } from './identity.ts';
import type { CallOptions, LocalRequest, LocalResponse } from './wire.ts';

/** What answers serialized requests. */
interface Answers {
  handle(request: LocalRequest, options?: CallOptions): Promise<LocalResponse>;
}

/** Configuration that makes a real SDK client talk to the in-process AWS. */
export interface ClientConfig {
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  endpoint: string;
  forcePathStyle: boolean;
  maxAttempts: number;
  /**
   * No `info` and no `error`: for these the SDK makes a filtered copy of every input and output, which
   * costs as much as the request itself.
   */
  logger: { trace(): void; debug(): void; info: never; warn(): void; error: never };
  /** Nobody checks signatures here, so none are made. */
  signer: { sign<T>(request: T): Promise<T> };
  requestHandler: {
    metadata: { handlerProtocol: string };
    handle(
      request: LocalRequest,
      options?: CallOptions,
    ): Promise<{ response: LocalResponse & { reason?: string } }>;
    updateHttpClientConfig(): void;
    httpHandlerConfigs(): Record<string, never>;
    destroy(): void;
  };
}

/** @param principal whose calls these are, where rights are judged */
export function clientConfig(answers: Answers, principal?: string): ClientConfig {
  return {
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: 'http://aws.localhost',
    forcePathStyle: true,
    maxAttempts: 3,
    logger: {
      trace() {},
      debug() {},
      warn() {},
      info: undefined as never,
      error: undefined as never,
    },
    signer: { sign: async (request) => request },
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      async handle(request, options) {
        if (options?.abortSignal?.aborted) {
          throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
        }
        const whose = principal === undefined ? options : { ...options, principal };
        return { response: await answers.handle(request, whose) };
      },
      updateHttpClientConfig() {},
      httpHandlerConfigs: () => ({}),
      destroy() {},
    },
  };
}

/** The error of a request that comes after `close`. */
export function closedError(): AwsError {
  return new AwsError('RequestAborted', 'The in-process AWS is closed.');
}
