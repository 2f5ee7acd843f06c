import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context } from 'aws-lambda';
import { collectHandler } from '../../functions/ingest/handler.ts';
import type { CollectWorld } from '../../functions/ingest/world.ts';
import { functionUrlEvent } from '../../shared/envelopes/function-url.ts';
import { unobserved } from '../../shared/observed.ts';

const PAGE = `<!doctype html><title>First</title>
<script async src="/v1/retcon.js" data-site="shop"></script>
<button onclick="history.pushState({}, '', '/second'); document.title = 'Second'">go</button>
<a href="/third">leave</a>`;

/** The collector's handler on a free port, with a page that carries the script everywhere else. */
export async function serveCollector(world: CollectWorld): Promise<{ url: string; server: Server }> {
  const collect = collectHandler(world, unobserved());
  const server = createServer(async (request, response) => {
    const url = new URL(request.url!, 'http://localhost');
    if (!url.pathname.startsWith('/v1/')) {
      response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
      return;
    }
    const event = functionUrlEvent(
      {
        method: request.method!,
        path: url.pathname,
        query: url.search.slice(1),
        headers: request.headers as Record<string, string>,
        body: await bodyOf(request),
        sourceAddress: request.socket.remoteAddress ?? null,
      },
      Date.now(),
    );
    const result = await collect(event, {} as Context);
    const headers = { ...(result.headers as Record<string, string>), 'set-cookie': result.cookies ?? [] };
    response
      .writeHead(result.statusCode!, headers)
      .end(Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8'));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, server };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
