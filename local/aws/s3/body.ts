import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AwsError } from '../errors.ts';
import { type Head, headFor } from '../files/head.ts';
import type { ObjectTree } from '../files/tree.ts';
import { inDirectory, uniqueId } from '../files/whole.ts';
import { bodyChunks } from '../wire.ts';
import { ALGORITHMS, type Algorithm, type Checksum, createChecksum } from './checksum.ts';
import { decodeChunked } from './chunked.ts';
import type { S3Request } from './request.ts';

/** Bytes that arrived whole and right, not yet named by a key. */
export interface Received {
  /** A temporary file, or the bytes themselves when they came as one piece. */
  from: { file: string } | { bytes: Buffer };
  size: number;
  /** Hexadecimal. */
  md5: string;
  checksum: { algorithm: Algorithm; value: string } | null;
}

/**
 * Receives a request's body: takes off `aws-chunked`, and checks its length, `Content-MD5`,
 * `x-amz-content-sha256` and checksum (a header or a trailer).
 * Throws IncompleteBody, BadDigest, InvalidDigest, InvalidRequest or MissingContentLength.
 */
export async function receive(tree: ObjectTree, request: S3Request): Promise<Received> {
  const { headers } = request;
  const trailers: Record<string, string> = {};
  const chunked = /(^|,)\s*aws-chunked\s*(,|$)/.test(headers['content-encoding'] ?? '');
  const length = contentLength(headers, chunked);
  const algorithm = checksumAlgorithm(headers);
  const meter = new Meter(algorithm, sha256Wanted(headers));
  const whole = !chunked && (typeof request.body !== 'object' || isBytes(request.body));
  let from: Received['from'];
  const source = bodyChunks(request.body);
  if (whole) {
    const pieces: Buffer[] = [];
    for await (const piece of source) pieces.push(piece);
    const bytes = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    meter.update(bytes);
    from = { bytes };
  } else {
    const file = join(tree.root, 'tmp', uniqueId());
    mkdirSync(dirname(file), { recursive: true });
    const plain = chunked ? decodeChunked(source, trailers) : source;
    try {
      await pipeline(Readable.from(meter.through(plain)), createWriteStream(file, { flags: 'wx' }));
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    }
    from = { file };
  }
  try {
    return { from, ...verified(meter, algorithm, headers, trailers, length) };
  } catch (error) {
    discard(from);
    throw error;
  }
}

/** Forgets received bytes that no object will have. */
export function discard(from: Received['from']): void {
  if ('file' in from) rmSync(from.file, { force: true });
}

/** Gives received bytes their place as the bytes of a new write; `about` is kept beside them. */
export function place(
  tree: ObjectTree,
  key: string,
  received: Received,
  etag: string,
  modified: number,
  about: Record<string, unknown> | null,
): Head {
  const { checksum } = received;
  const head = headFor(key, {
    id: uniqueId(),
    etag,
    size: received.size,
    modified,
    crc32: checksum?.algorithm === 'crc32' ? Buffer.from(checksum.value, 'base64').toString('hex') : null,
    described: about !== null,
  });
  const path = tree.bytesPath(head);
  const { from } = received;
  inDirectory(path, () => {
    if ('file' in from) renameSync(from.file, path);
    else writeFileSync(path, from.bytes, { flag: 'wx' });
  });
  if (about) writeFileSync(tree.aboutPath(head), JSON.stringify(about), { flag: 'wx' });
  return head;
}

class Meter {
  size = 0;
  readonly md5 = createHash('md5');
  readonly sha256 = createHash('sha256');
  readonly checksum: Checksum | null;
  readonly #wantsSha256: boolean;

  constructor(algorithm: Algorithm | null, wantsSha256: boolean) {
    this.checksum = algorithm ? createChecksum(algorithm) : null;
    this.#wantsSha256 = wantsSha256;
  }

  update(piece: Buffer): void {
    this.size += piece.length;
    this.md5.update(piece);
    this.checksum?.update(piece);
    if (this.#wantsSha256) this.sha256.update(piece);
  }

  async *through(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of source) {
      this.update(piece);
      yield piece;
    }
  }
}

function verified(
  meter: Meter,
  algorithm: Algorithm | null,
  headers: S3Request['headers'],
  trailers: Record<string, string>,
  length: number | undefined,
): Omit<Received, 'from'> {
  if (length !== undefined && length !== meter.size) {
    throw new AwsError('IncompleteBody', 'The body has not the number of bytes that its header says.');
  }
  const md5 = meter.md5.digest();
  const wanted = headers['content-md5'];
  if (wanted !== undefined) {
    if (Buffer.from(wanted, 'base64').length !== 16) {
      throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.');
    }
    if (md5.toString('base64') !== wanted) {
      throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    }
  }
  if (sha256Wanted(headers) && meter.sha256.digest('hex') !== headers['x-amz-content-sha256']) {
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  let checksum: Received['checksum'] = null;
  if (algorithm && meter.checksum) {
    const name = `x-amz-checksum-${algorithm}`;
    const sent = headers[name] ?? trailers[name];
    if (sent === undefined) throw new AwsError('InvalidRequest', `The trailer ${name} is missing.`);
    const value = meter.checksum.digest();
    if (value !== sent) {
      throw new AwsError(
        'BadDigest',
        `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
      );
    }
    checksum = { algorithm, value };
  }
  return { size: meter.size, md5: md5.toString('hex'), checksum };
}

function sha256Wanted(headers: S3Request['headers']): boolean {
  return /^[0-9a-f]{64}$/.test(headers['x-amz-content-sha256'] ?? '');
}

function isBytes(body: unknown): boolean {
  return body === null || body instanceof Uint8Array || body instanceof ArrayBuffer;
}

function contentLength(headers: S3Request['headers'], chunked: boolean): number | undefined {
  const text = chunked ? headers['x-amz-decoded-content-length'] : headers['content-length'];
  if (text === undefined) {
    const streamed = chunked || /chunked/.test(headers['transfer-encoding'] ?? '');
    if (!streamed) return undefined;
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411);
  }
  return Number(text);
}

function checksumAlgorithm(headers: S3Request['headers']): Algorithm | null {
  const trailer = headers['x-amz-trailer']?.trim().toLowerCase();
  const found = ALGORITHMS.filter(
    (name) => headers[`x-amz-checksum-${name}`] !== undefined || trailer === `x-amz-checksum-${name}`,
  );
  if (found.length > 1) {
    throw new AwsError('InvalidRequest', 'Expecting a single x-amz-checksum- header.');
  }
  return found[0] ?? null;
}
