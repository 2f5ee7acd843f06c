import { ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { withFileBody } from '../../../shared/clients/file-body.ts';
import type { ObjectFile } from '../../aws/index.ts';
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
  readonly #objectFiles: (bucket: string, prefix: string) => Promise<ObjectFile[]>;

  constructor(s3: S3Client, objectFiles: (bucket: string, prefix: string) => Promise<ObjectFile[]>) {
    this.#s3 = s3;
    this.#objectFiles = objectFiles;
  }

  /** All data files below a location, in the order of their keys; names that begin with `_` or `.` are hidden. */
  async below(uri: string): Promise<StoredFile[]> {
    const { bucket, prefix } = parseLocation(uri);
    const hidden = (key: string): boolean => /(^|\/)[_.]/.test(key.slice(prefix.length));
    return (await this.#objectFiles(bucket, prefix))
      .filter(({ key, bytes }) => bytes > 0 && !hidden(key))
      .map(({ key, path, bytes }) => ({ uri: `s3://${bucket}/${key}`, path, bytes }));
  }

  /** Whether there is nothing at all below a location. */
  async isEmpty(uri: string): Promise<boolean> {
    const { bucket, prefix } = parseLocation(uri);
    const page = await this.#s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }),
    );
    return (page.Contents ?? []).length === 0;
  }

  /** Puts a local file into the lake. */
  async store(path: string, uri: string, type?: string): Promise<void> {
    const { bucket, prefix } = parseLocation(uri);
    const Key = prefix.replace(/\/$/, '');
    await withFileBody(path, (Body, ContentLength) =>
      this.#s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentLength, ContentType: type })),
    );
  }
}
