import type { Clock } from '../../../shared/core/clock.ts';
import type { ObjectTree } from '../files/tree.ts';
import type { LocalResponse } from '../wire.ts';
import type { Announcer } from './announce.ts';
import type { Buckets } from './buckets.ts';
import type { S3Request } from './request.ts';
import { type Tree, writeXml } from './xml.ts';

/** What every S3 operation works with. */
export interface S3Context {
  clock: Clock;
  buckets: Buckets;
  announcer: Announcer;
  /** The objects of a bucket. Throws NoSuchBucket. */
  tree(bucket: string): ObjectTree;
}

export type S3Operation = (context: S3Context, request: S3Request) => Promise<LocalResponse> | LocalResponse;

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** An answer with an XML document. */
export function xmlResponse(
  root: string,
  content: Tree,
  headers: Record<string, string> = {},
): LocalResponse {
  const body = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${writeXml(content)}</${root}>`,
  );
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/xml', 'content-length': String(body.length), ...headers },
    body,
  };
}

/** An answer without a body. */
export function emptyResponse(statusCode: number, headers: Record<string, string> = {}): LocalResponse {
  return { statusCode, headers };
}
