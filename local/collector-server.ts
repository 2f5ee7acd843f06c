import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Clock } from '../shared/core/clock.ts';
import { functionUrlEvent } from '../shared/envelopes/function-url.ts';
import type { PageAnswer, PageRequest } from './page/answer.ts';

/** The collector as Lambda runs it behind a Function URL. */
export type CollectorFunction = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

export interface CollectorServer {
  /** `http://<host>:<port>`, without a slash at the end. */
  url: string;
  server: Server;
  /** Resolves when requests that are under way are answered and no socket is left. */
  close(): Promise<void>;
}

/**
 * Longest body that is read, bytes: Lambda's own limit. The collector's own limit is far lower and has its
 * own answer.
 */
const MAX_BYTES = 6 * 1024 * 1024;

/**
 * Serves the collector's function over HTTP, as a Function URL does: request in, event to the function,
 * result out.
 *
 * @param options.port 0 takes a free one
 * @throws when the port can't be had
 */
export async function serveCollector(
  collector: CollectorFunction,
  options: {
    host: string;
    port: number;
    clock: Clock;
    /** Answers what is not the collector's; null for what is. */
    page?: (request: PageRequest) => Promise<PageAnswer> | null;
  },
): Promise<CollectorServer> {
  const server = createServer((request, response) => {
    const page = options.page?.(pageRequest(request)) ?? null;
    const done =
      page === null
        ? answer(collector, options.clock, request, response)
        : page.then(({ status, headers, body }) => {
            response.writeHead(status, headers).end(body);
          });
    done.catch(() => {
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(options.port, options.host, () => {
      server.off('error', failed);
      listening();
    });
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    server,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeIdleConnections();
      }),
  };
}

function pageRequest(request: IncomingMessage): PageRequest {
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    header: (name) => request.headers[name]?.toString(),
  };
}

async function answer(
  collector: CollectorFunction,
  clock: Clock,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request);
  if (body === null) {
    response.writeHead(413, { connection: 'close' }).end();
    return;
  }
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const event = functionUrlEvent(
    {
      method: request.method ?? 'GET',
      path: mark < 0 ? target : target.slice(0, mark),
      query: mark < 0 ? '' : target.slice(mark + 1),
      headers: joined(request.headers),
      body,
      sourceAddress: plainAddress(request.socket.remoteAddress),
    },
    clock.now(),
  );
  const result = await collector(event, {} as Context);
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(result.headers ?? {})) headers[name] = String(value);
  if (result.cookies?.length) headers['set-cookie'] = result.cookies;
  response
    .writeHead(result.statusCode ?? 200, headers)
    .end(Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8'));
}

/** The body, or null when it is longer than any function would be given. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function joined(headers: IncomingMessage['headers']): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return plain;
}

/** An IPv4 address as such, also when the socket speaks IPv6. */
function plainAddress(address: string | undefined): string | null {
  return address?.replace(/^::ffff:(?=\d+\.)/, '') ?? null;
}
