import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalAws, LocalResponse } from '../../../local/aws/index.ts';
import { bodyBytes } from '../../../local/aws/wire.ts';

/** The AWS that Trino speaks to, and what it was refused there. */
export interface AwsPort {
  url: string;
  refused: string[];
  /** Calls by operation. */
  calls: Map<string, number>;
  close(): Promise<void>;
}

/**
 * Serves the in-process AWS to Trino. As Athena does, views are run by whoever asks: Trino wants to know whose rights
 * they have, and reads that from the catalog's `Owner`.
 */
export async function serveAws(aws: LocalAws): Promise<AwsPort> {
  const refused: string[] = [];
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(Buffer.concat(chunks)).catch((error) => {
        refused.push(`${request.method} ${request.url}: ${error}`);
        response.writeHead(500).end();
      });
    });
    const answer = async (body: Buffer): Promise<void> => {
      const url = new URL(request.url ?? '/', 'http://aws.local');
      const headers = Object.fromEntries(
        Object.entries(request.headers).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)]],
        ),
      );
      const operation = headers['x-amz-target'] ?? `S3 ${request.method}`;
      calls.set(operation, (calls.get(operation) ?? 0) + 1);
      // Trino clears statistics that it never wrote; there are none to clear.
      if (operation === 'AWSGlue.DeleteColumnStatisticsForTable') {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{}');
        return;
      }
      const reply: LocalResponse = await aws.handle({
        method: request.method ?? 'GET',
        hostname: '127.0.0.1',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers,
        body,
      });
      const bytes = await bodyBytes(reply.body);
      // That a table is not there yet is an answer, no refusal.
      if (
        reply.statusCode >= 400 &&
        !/EntityNotFoundException|NoSuchKey/.test(`${bytes}`) &&
        request.method !== 'HEAD'
      )
        refused.push(`${operation} ${request.url} ${body.subarray(0, 200)}: ${bytes}`);
      const shown = /GetTables?$/.test(operation) && reply.statusCode === 200 ? owned(bytes) : bytes;
      const length = request.method === 'HEAD' ? {} : { 'content-length': String(shown.length) };
      response.writeHead(reply.statusCode, { ...reply.headers, ...length }).end(shown);
    };
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    refused,
    calls,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function owned(bytes: Buffer): Buffer {
  const text = bytes.toString('utf8');
  return Buffer.from(
    text.replaceAll('"TableType":"VIRTUAL_VIEW"', '"Owner":"judge","TableType":"VIRTUAL_VIEW"'),
  );
}
