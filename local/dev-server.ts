import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { badInput } from '../shared/core/errors.ts';
import { bodyBytes, type LocalResponse } from './aws/wire.ts';
import { serveCollector } from './collector-server.ts';
import type { LocalLake } from './lake.ts';
import { isFromWebPage, isLocalName } from './local-name.ts';
import { createPage } from './page/page.ts';

export interface DevServer {
  collector: string;
  aws: string;
  ui: string;
  close(): Promise<void>;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Serves a local lake: the collector (and the page at `/`) on one port, the in-process AWS on another, so
 * that other tools can look inside. AWS checks no signatures, so it answers no web page, and on loopback no name that
 * could be somebody else's.
 *
 * @throws `port_taken` when a port can't be had
 */
export async function serveDev(
  lake: LocalLake,
  options: { host: string; port: number; awsPort: number },
): Promise<DevServer> {
  const anyHost = !LOOPBACK.has(options.host);
  const collector = await taking('port', options.port, () =>
    serveCollector(lake.collector, {
      host: options.host,
      port: options.port,
      clock: lake.clock,
      page: createPage(lake, { anyHost }),
    }),
  );
  const aws = createServer((request, response) => {
    if (isFromWebPage(request.headers) || (!anyHost && !isLocalName(request.headers.host ?? ''))) {
      response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
      response.end(
        'This port answers no web page, and to its address only: use http://127.0.0.1 or localhost.\n',
      );
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(Buffer.concat(chunks)).catch(() => response.writeHead(500).end());
    });
    const answer = async (body: Buffer): Promise<void> => {
      const url = new URL(request.url ?? '/', 'http://aws.local');
      const reply: LocalResponse = await lake.aws.handle({
        method: request.method ?? 'GET',
        hostname: (request.headers.host ?? 'aws.local').replace(/:\d+$/, ''),
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: headersOf(request.headers),
        body,
      });
      response.writeHead(reply.statusCode, reply.headers).end(await bodyBytes(reply.body));
    };
  });
  try {
    await taking('aws-port', options.awsPort, () => listening(aws, options.host, options.awsPort));
  } catch (cause) {
    await collector.close();
    throw cause;
  }
  const { port } = aws.address() as AddressInfo;
  return {
    collector: collector.url,
    aws: `http://${options.host}:${port}`,
    ui: `${collector.url}/`,
    async close() {
      await collector.close();
      await new Promise<void>((closed) => {
        aws.close(() => closed());
        aws.closeAllConnections();
      });
    },
  };
}

function headersOf(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((ready, failed) => {
    server.once('error', failed);
    server.listen(port, host, () => ready());
  });
}

async function taking<T>(field: string, port: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw badInput('port_taken', `port ${port} is taken`, {
      field,
      fix: `name another with --${field}, or 0 for a free one`,
    });
  }
}
