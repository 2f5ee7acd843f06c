import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { AwsError, systemCode } from '../errors.ts';
import type { Head } from '../files/head.ts';
import type { ObjectTree } from '../files/tree.ts';
import type { LocalResponse } from '../wire.ts';
import { type About, objectHeaders, readAbout } from './about.ts';
import { emptyResponse, type S3Operation } from './context.ts';
import { parseRange } from './range.ts';
import { refuseOthers, type S3Request, unquote } from './request.ts';

const READ_AT_ONCE = 1 << 20;
const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];
const OVERRIDES = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

export const getObject: S3Operation = (context, request) => {
  refuseOthers(request, 'GetObject', {
    headers: [...CONDITIONS, 'if-range', 'x-amz-checksum-mode'],
    query: OVERRIDES.map((name) => `response-${name}`),
  });
  const tree = context.tree(request.bucket);
  const { head, about, file } = openObject(tree, request.key);
  let handedOver = false;
  try {
    const stop = unmet(request, head);
    if (stop) return stop;
    const range = parseRange(request.headers.range, head.size);
    const from = range?.from ?? 0;
    const size = range ? range.to - range.from + 1 : head.size;
    const headers: Record<string, string> = {
      ...objectHeaders(head, about, range === null && request.headers['x-amz-checksum-mode'] === 'ENABLED'),
      ...overridden(request),
      'content-length': String(size),
    };
    if (range) headers['content-range'] = `bytes ${range.from}-${range.to}/${head.size}`;
    const large = size > READ_AT_ONCE;
    handedOver = large;
    const body = large
      ? createReadStream('', { fd: file, start: from, end: from + size - 1, highWaterMark: 1 << 18 })
      : oneChunk(readAt(file, from, size));
    return { statusCode: range ? 206 : 200, headers, body };
  } finally {
    if (!handedOver) closeSync(file);
  }
};

export const headObject: S3Operation = (context, request) => {
  refuseOthers(request, 'HeadObject', { headers: [...CONDITIONS, 'x-amz-checksum-mode'] });
  const tree = context.tree(request.bucket);
  const { head, about, file } = openObject(tree, request.key);
  closeSync(file);
  const stop = unmet(request, head);
  if (stop) return stop;
  const range = parseRange(request.headers.range, head.size);
  const headers: Record<string, string> = {
    ...objectHeaders(head, about, request.headers['x-amz-checksum-mode'] === 'ENABLED'),
    'content-length': String(range ? range.to - range.from + 1 : head.size),
  };
  if (range) headers['content-range'] = `bytes ${range.from}-${range.to}/${head.size}`;
  return emptyResponse(range ? 206 : 200, headers);
};

/** One version of an object, open for reading: later writes don't touch it. Throws NoSuchKey. */
export function openObject(tree: ObjectTree, key: string): { head: Head; about: About; file: number } {
  for (;;) {
    const head = tree.head(key);
    if (!head) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
    try {
      const file = openSync(tree.bytesPath(head), 'r');
      try {
        return { head, about: readAbout(tree, head), file };
      } catch (error) {
        closeSync(file);
        throw error;
      }
    } catch (error) {
      // Replaced, and its bytes swept away, between the two steps: look again. The same head with its
      // bytes missing is damage, and must not look like an absent object.
      if (systemCode(error) !== 'ENOENT' || tree.head(key)?.id === head.id) throw error;
    }
  }
}

/** 304 or 412 when the request's conditions say so (RFC 9110, 13.2.2), else null. */
function unmet(request: S3Request, head: Head): LocalResponse | null {
  const { headers } = request;
  const match = headers['if-match'];
  const none = headers['if-none-match'];
  const modified = Math.floor(head.modified / 1000) * 1000;
  const failed =
    match !== undefined
      ? !names(match, head.etag)
      : headers['if-unmodified-since'] !== undefined && modified > Date.parse(headers['if-unmodified-since']);
  if (failed) {
    throw new AwsError(
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      412,
      { Condition: match !== undefined ? 'If-Match' : 'If-Unmodified-Since' },
    );
  }
  const unchanged =
    none !== undefined
      ? names(none, head.etag)
      : headers['if-modified-since'] !== undefined && modified <= Date.parse(headers['if-modified-since']);
  return unchanged ? emptyResponse(304, { etag: `"${head.etag}"` }) : null;
}

function names(list: string, etag: string): boolean {
  return list.split(',').some((one) => one.trim() === '*' || unquote(one) === etag);
}

function overridden(request: S3Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of OVERRIDES) {
    const value = request.query[`response-${name}`];
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

function readAt(file: number, from: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let done = 0;
  while (done < size) {
    const read = readSync(file, bytes, done, size - done, from + done);
    if (read === 0) throw new Error('An object is shorter than its head says.');
    done += read;
  }
  return bytes;
}

function oneChunk(bytes: Buffer): Readable {
  const stream = new Readable({ read() {} });
  if (bytes.length > 0) stream.push(bytes);
  stream.push(null);
  return stream;
}
