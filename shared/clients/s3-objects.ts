import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { RetconError } from '../core/errors.ts';
import { isNoSpace, noSpace } from '../no-space.ts';
import type { ListedObject, ObjectStore, PutOptions } from '../ports/objects.ts';
import { withFileBody } from './file-body.ts';

const ATTEMPTS = 6;

/**
 * The lake's objects in one S3 bucket. Three outcomes of a conditional write are kept apart: 412 is
 * `lost`, 409 is tried again, and an unknown outcome (a reply that never came) is settled by reading
 * the object back and comparing its bytes.
 */
export class S3Objects implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async get(key: string): Promise<{ body: Buffer; etag: string } | null> {
    return this.#orMissing(key, 'GetObject', async () => {
      const reply = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return { body: Buffer.from(await reply.Body!.transformToByteArray()), etag: reply.ETag ?? '' };
    });
  }

  async getRange(key: string, from: number, to: number): Promise<Buffer | null> {
    return this.#orMissing(key, 'GetObject', async () => {
      const range = `bytes=${from}-${to}`;
      const reply = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key, Range: range }),
      );
      return Buffer.from(await reply.Body!.transformToByteArray());
    });
  }

  async put(key: string, body: Buffer | string, options: PutOptions = {}): Promise<'written' | 'lost'> {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const conditional = options.ifAbsent === true || options.ifMatch !== undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#client.send(
          new PutObjectCommand({
            Bucket: this.#bucket,
            Key: key,
            Body: bytes,
            ContentLength: bytes.length,
            ...(options.contentType ? { ContentType: options.contentType } : {}),
            ...(options.ifAbsent ? { IfNoneMatch: '*' } : {}),
            ...(options.ifMatch === undefined ? {} : { IfMatch: options.ifMatch }),
          }),
        );
        return 'written';
      } catch (cause) {
        const status = statusOf(cause);
        // Written by an attempt whose reply was lost, or by somebody else with the very same bytes:
        // either way what we wanted to be there is there. Bytes name their writer (see SiteLog).
        if (conditional && status !== 409 && (await this.get(key))?.body.equals(bytes)) return 'written';
        if (status === 412 || (status === 404 && options.ifMatch !== undefined)) return 'lost';
        const again = status === 409 || status === undefined || status >= 500 || status === 429;
        // A disk that is full stays so: whoever asked is told at once.
        if (!again || attempt === ATTEMPTS || isNoSpace(cause)) throw failed('PutObject', key, cause);
        await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * 5 * (1 + Math.random())));
      }
    }
  }

  async list(prefix: string, options: { startAfter?: string; limit?: number } = {}): Promise<ListedObject[]> {
    const found: ListedObject[] = [];
    let token: string | undefined;
    try {
      do {
        const page = await this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: prefix,
            ...(options.startAfter === undefined ? {} : { StartAfter: options.startAfter }),
            ...(options.limit === undefined ? {} : { MaxKeys: Math.min(1000, options.limit - found.length) }),
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        );
        for (const object of page.Contents ?? []) found.push({ key: object.Key!, size: object.Size ?? 0 });
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token !== undefined && (options.limit === undefined || found.length < options.limit));
    } catch (cause) {
      throw failed('ListObjectsV2', prefix, cause);
    }
    return found;
  }

  async download(key: string, path: string): Promise<void> {
    const partial = `${path}.${randomUUID()}.part`;
    try {
      const reply = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      await pipeline(reply.Body as Readable, createWriteStream(partial));
      await rename(partial, path);
    } catch (cause) {
      throw failed('GetObject', key, cause);
    }
  }

  async upload(path: string, key: string): Promise<void> {
    try {
      await withFileBody(path, (Body, ContentLength) =>
        this.#client.send(new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body, ContentLength })),
      );
    } catch (cause) {
      throw failed('PutObject', key, cause);
    }
  }

  async remove(key: string): Promise<void> {
    try {
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
    } catch (cause) {
      throw failed('DeleteObject', key, cause);
    }
  }

  async #orMissing<T>(key: string, operation: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (cause) {
      if (statusOf(cause) === 404) return null;
      throw failed(operation, key, cause);
    }
  }
}

function statusOf(cause: unknown): number | undefined {
  return (cause as { $metadata?: { httpStatusCode?: number } })?.$metadata?.httpStatusCode;
}

function failed(operation: string, key: string, cause: unknown): RetconError {
  if (isNoSpace(cause)) return noSpace(`${key} has no room`, cause);
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RetconError('storage_failed', `${operation} of ${key} failed: ${why}`, {
    cause,
    fix: 'nothing was lost; run it again once the store answers',
  });
}
