import { AwsError } from '../errors.ts';
import { type WalkRange, walk } from '../files/walk.ts';
import { type S3Operation, xmlResponse } from './context.ts';
import { refuseOthers, type S3Request } from './request.ts';
import type { Tree } from './xml.ts';

/** Where a listing goes on: after a key, or after everything that begins with a common prefix. */
type Position = { after: string } | { skip: string };

export const listObjectsV2: S3Operation = (context, request) => {
  refuseOthers(request, 'ListObjectsV2', {
    query: [
      'list-type',
      'prefix',
      'delimiter',
      'max-keys',
      'continuation-token',
      'start-after',
      'encoding-type',
      'fetch-owner',
    ],
  });
  const tree = context.tree(request.bucket);
  const { query } = request;
  const prefix = query.prefix ?? '';
  const delimiter = query.delimiter ?? '';
  const token = query['continuation-token'];
  const startAfter = query['start-after'];
  const most = maxKeys(query);
  const encode = encoder(query);
  const from = token === undefined ? { after: startAfter ?? '' } : readToken(token);
  const range: WalkRange = {
    prefix,
    after: 'after' in from ? from.after : from.skip,
    skip: 'skip' in from ? from.skip : null,
  };
  const contents: Tree[] = [];
  const prefixes: Tree[] = [];
  let last: Position | null = null;
  let more = false;
  for (const { key, path } of most === 0 ? [] : walk(tree, range)) {
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const full = contents.length + prefixes.length >= most;
    if (cut !== -1) {
      if (full) {
        more = true;
        break;
      }
      const common = key.slice(0, cut + delimiter.length);
      prefixes.push({ Prefix: encode(common) });
      range.skip = common;
      last = { skip: common };
      continue;
    }
    const head = tree.headAt(path);
    if (!head) continue;
    if (full) {
      more = true;
      break;
    }
    contents.push({
      Key: encode(key),
      LastModified: new Date(head.modified).toISOString(),
      ETag: `"${head.etag}"`,
      ChecksumAlgorithm: head.crc32 === null ? undefined : 'CRC32',
      ChecksumType: head.crc32 === null ? undefined : 'FULL_OBJECT',
      Size: head.size,
      StorageClass: 'STANDARD',
    });
    last = { after: key };
  }
  return xmlResponse('ListBucketResult', {
    Name: request.bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxKeys: most,
    EncodingType: query['encoding-type'],
    KeyCount: contents.length + prefixes.length,
    IsTruncated: more,
    ContinuationToken: token,
    NextContinuationToken: more && last ? writeToken(last) : undefined,
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    Contents: contents,
    CommonPrefixes: prefixes,
  });
};

function maxKeys(query: S3Request['query']): number {
  const text = query['max-keys'];
  if (text === undefined) return 1000;
  const most = Number(text);
  if (!/^-?\d+$/.test(text) || most < 0) {
    throw new AwsError(
      'InvalidArgument',
      'Argument maxKeys must be an integer between 0 and 2147483647',
      400,
      {
        ArgumentName: 'max-keys',
        ArgumentValue: text,
      },
    );
  }
  return Math.min(most, 1000);
}

function encoder(query: S3Request['query']): (text: string) => string {
  const type = query['encoding-type'];
  if (type === undefined) return (text) => text;
  if (type === 'url') return (text) => encodeURIComponent(text).replaceAll('%2F', '/');
  throw new AwsError('InvalidArgument', 'Invalid Encoding Method specified in Request', 400, {
    ArgumentName: 'encoding-type',
    ArgumentValue: type,
  });
}

function writeToken(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64');
}

function readToken(token: string): Position {
  try {
    const position: unknown = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
    if (typeof position === 'object' && position !== null) {
      if ('after' in position && typeof position.after === 'string') return { after: position.after };
      if ('skip' in position && typeof position.skip === 'string') return { skip: position.skip };
    }
  } catch {
    // falls through to the one sentence below
  }
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect', 400, {
    ArgumentName: 'continuation-token',
  });
}
