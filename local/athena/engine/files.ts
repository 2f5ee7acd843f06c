import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { SqlError } from '../dialect/errors.ts';

/** An object of the lake and the local file that holds its bytes. */
export interface StoredFile {
  uri: string;
  path: string;
  bytes: number;
}

/** Where a location is: `s3://bucket/prefix/`. */
export function parseLocation(uri: string): { bucket: string; prefix: string } {
  const m = /^s3[an]?:\/\/([^/]+)\/?(.*)$/.exec(uri);
  if (m === null)
    throw new SqlError('INVALID_TABLE_PROPERTY', `'${uri}' is no location in S3: write s3://bucket/folder/`);
  return { bucket: m[1]!, prefix: m[2] === '' || m[2]!.endsWith('/') ? m[2]! : `${m[2]}/` };
}

/** The objects of the lake as files that DuckDB can read. */
export class Files {
  readonly #s3: S3Client;
  readonly #objectPath: (bucket: string, key: string) => Promise<string | null>;

  constructor(s3: S3Client, objectPath: (bucket: string, key: string) => Promise<string | null>) {
    this.#s3 = s3;
    this.#objectPath = objectPath;
  }

  /** All data files below a location, in the order of their keys; names that begin with `_` or `.` are hidden. */
  async below(uri: string): Promise<StoredFile[]> {
    const { bucket, prefix } = parseLocation(uri);
    const found: StoredFile[] = [];
    for await (const { key, bytes } of this.#list(bucket, prefix)) {
      const hidden = key
        .slice(prefix.length)
        .split('/')
        .some((part) => /^[_.]/.test(part));
      if (hidden || bytes === 0) continue;
      const path = await this.#objectPath(bucket, key);
      if (path !== null) found.push({ uri: `s3://${bucket}/${key}`, path, bytes });
    }
    return found;
  }

  /** Whether there is nothing at all below a location. */
  async isEmpty(uri: string): Promise<boolean> {
    const { bucket, prefix } = parseLocation(uri);
    for await (const _ of this.#list(bucket, prefix, 1)) return false;
    return true;
  }

  /** Puts a local file into the lake. */
  async store(path: string, uri: string, type?: string): Promise<void> {
    const { bucket, prefix } = parseLocation(uri);
    const { size } = await stat(path);
    await this.#s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: prefix.replace(/\/$/, ''),
        Body: createReadStream(path),
        ContentLength: size,
        ContentType: type,
      }),
    );
  }

  async *#list(
    bucket: string,
    prefix: string,
    most?: number,
  ): AsyncGenerator<{ key: string; bytes: number }> {
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken, MaxKeys: most }),
      );
      for (const o of page.Contents ?? []) yield { key: o.Key ?? '', bytes: o.Size ?? 0 };
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
  }
}
