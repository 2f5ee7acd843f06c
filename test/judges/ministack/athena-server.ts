import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { GlueClient } from '@aws-sdk/client-glue';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { createLocalAthena } from '../../../local/athena/index.ts';
import type { ObjectFile } from '../../../local/aws/index.ts';
import { bodyBytes } from '../../../local/aws/wire.ts';
import type { Emulator } from './emulator.ts';

/** The engine of the laptop over HTTP. */
export interface AthenaServer {
  url: string;
  /** Says where tables and objects are. Before that every query fails. */
  connect(emulator: Emulator): void;
  close(): Promise<void>;
}

/**
 * Serves Athena's API from the engine that `retcon` uses on a laptop, over the catalog and the objects of an
 * emulator: what it reads of S3 it keeps as files, by etag.
 */
export async function serveAthena(home: string): Promise<AthenaServer> {
  const kept = join(home, 'kept');
  mkdirSync(kept, { recursive: true });
  let engine: ReturnType<typeof createLocalAthena> | null = null;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      const asked = engine?.handle({ method: 'POST', path: '/', headers, body: Buffer.concat(chunks) });
      if (asked === undefined) return void response.writeHead(503).end();
      asked
        .then(async (reply) =>
          response.writeHead(reply.statusCode, reply.headers).end(await bodyBytes(reply.body)),
        )
        .catch((error) => response.writeHead(500).end(String(error)));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connect({ config }) {
      const s3 = new S3Client({ ...config, forcePathStyle: true });
      engine = createLocalAthena({
        home,
        s3,
        glue: new GlueClient(config),
        clock: { now: () => Date.now() },
        objectFiles: (bucket, prefix) => objectFiles(s3, kept, bucket, prefix),
      });
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function objectFiles(
  s3: S3Client,
  folder: string,
  bucket: string,
  prefix: string,
): Promise<ObjectFile[]> {
  const files: ObjectFile[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    for (const { Key, ETag, Size } of page.Contents ?? []) {
      const name = createHash('sha256').update(`${Key} ${ETag}`).digest('hex');
      const path = join(folder, `${name}${/\.\w+(\.gz)?$/.exec(Key!)?.[0] ?? ''}`);
      if (!existsSync(path)) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: Key! }));
        writeFileSync(`${path}.part`, await Body!.transformToByteArray());
        renameSync(`${path}.part`, path);
      }
      files.push({ key: Key!, bytes: Size ?? 0, path });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return files;
}
