import { readFileSync } from 'node:fs';
import { AwsError } from '../errors.ts';
import type { Head } from '../files/head.ts';
import type { ObjectTree } from '../files/tree.ts';
import type { Received } from './body.ts';
import type { Algorithm } from './checksum.ts';
import type { S3Request } from './request.ts';

/** What is kept beside an object's bytes when it isn't what S3 assumes. */
export interface About {
  /** Response headers as given: `content-type`, `content-encoding`, `cache-control`, ... */
  headers?: Record<string, string>;
  /** User metadata, names in lower case without `x-amz-meta-`. */
  metadata?: Record<string, string>;
  checksum?: { algorithm: Algorithm; value: string };
}

const KEPT = ['cache-control', 'content-disposition', 'content-language', 'expires'];
const DEFAULT_TYPE = 'application/octet-stream';

/** What a write says about its object; null when there is nothing to keep. Throws MetadataTooLarge. */
export function describe(request: Pick<S3Request, 'headers'>, checksum: Received['checksum']): About | null {
  const about: About = {};
  const headers: Record<string, string> = {};
  const type = request.headers['content-type'];
  if (type !== undefined && type !== DEFAULT_TYPE) headers['content-type'] = type;
  const encoding = (request.headers['content-encoding'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== 'aws-chunked')
    .join(',');
  if (encoding !== '') headers['content-encoding'] = encoding;
  for (const name of KEPT) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(request.headers)) {
    if (!name.startsWith('x-amz-meta-') || value === undefined) continue;
    metadata[name.slice('x-amz-meta-'.length)] = value;
    bytes += Buffer.byteLength(name) - 'x-amz-meta-'.length + Buffer.byteLength(value);
  }
  if (bytes > 2048)
    throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed size.');
  if (Object.keys(headers).length > 0) about.headers = headers;
  if (Object.keys(metadata).length > 0) about.metadata = metadata;
  if (checksum && checksum.algorithm !== 'crc32') about.checksum = checksum;
  return Object.keys(about).length > 0 ? about : null;
}

/** What is kept beside an object's bytes. Throws ENOENT when they are gone. */
export function readAbout(tree: ObjectTree, head: Head): About {
  return head.described ? (JSON.parse(readFileSync(tree.aboutPath(head), 'utf8')) as About) : {};
}

/** The headers that describe an object in the answers to GetObject and HeadObject. */
export function objectHeaders(head: Head, about: About, withChecksum: boolean): Record<string, string> {
  const headers: Record<string, string> = {
    'accept-ranges': 'bytes',
    'content-type': DEFAULT_TYPE,
    etag: `"${head.etag}"`,
    'last-modified': new Date(head.modified).toUTCString(),
    ...about.headers,
  };
  for (const [name, value] of Object.entries(about.metadata ?? {})) headers[`x-amz-meta-${name}`] = value;
  if (withChecksum) {
    const checksum = headChecksum(head, about);
    if (checksum) {
      headers[`x-amz-checksum-${checksum.algorithm}`] = checksum.value;
      headers['x-amz-checksum-type'] = 'FULL_OBJECT';
    }
  }
  return headers;
}

/** The stored checksum, if the writer sent one. */
export function headChecksum(head: Head, about: About): About['checksum'] {
  if (about.checksum) return about.checksum;
  if (head.crc32 === null) return undefined;
  return { algorithm: 'crc32', value: Buffer.from(head.crc32, 'hex').toString('base64') };
}
