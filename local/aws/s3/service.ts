import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../../shared/core/clock.ts';
import { AwsError, systemCode, unsupportedMessage } from '../errors.ts';
import type { Outbox } from '../events/outbox.ts';
import { ObjectTree } from '../files/tree.ts';
import type { LocalRequest, LocalResponse, LocalService } from '../wire.ts';
import { Announcer } from './announce.ts';
import {
  Buckets,
  createBucket,
  getBucketLocation,
  getNotification,
  headBucket,
  listBuckets,
  putNotification,
} from './buckets.ts';
import type { S3Context, S3Operation } from './context.ts';
import { copyObject } from './copy.ts';
import { deleteObject, deleteObjects } from './delete.ts';
import { getObject, headObject } from './get.ts';
import { listObjectsV2 } from './list.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
} from './multipart.ts';
import { putObject } from './put.ts';
import { parseRequest, type S3Request } from './request.ts';
import { writeXml } from './xml.ts';

/** S3 over a folder: `<home>/s3/<bucket>/` holds keys, bytes and what is on its way. */
export class LocalS3 implements LocalService {
  readonly #context: S3Context;
  readonly #trees = new Map<string, ObjectTree>();

  constructor(home: string, clock: Clock, outbox: Outbox) {
    const buckets = new Buckets(join(home, 's3.buckets'));
    const tree = (name: string): ObjectTree => {
      if (!buckets.find(name)) {
        throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
      }
      let found = this.#trees.get(name);
      if (!found) {
        found = new ObjectTree(join(home, 's3', name));
        found.sweep();
        this.#trees.set(name, found);
      }
      return found;
    };
    this.#context = { clock, buckets, announcer: new Announcer(buckets, outbox), tree };
  }

  /** The objects of a bucket, for those who read files in place. Throws NoSuchBucket. */
  tree(bucket: string): ObjectTree {
    return this.#context.tree(bucket);
  }

  /** Whether there is such an object; false without such a bucket. */
  holds(bucket: string, key: string): boolean {
    return this.#context.buckets.find(bucket) !== undefined && this.tree(bucket).head(key) !== null;
  }

  async handle(request: LocalRequest): Promise<LocalResponse> {
    const id = randomBytes(8).toString('hex').toUpperCase();
    let response: LocalResponse;
    try {
      const parsed = parseRequest(request);
      response = await operationOf(parsed).run(this.#context, parsed);
    } catch (error) {
      response = errorResponse(asAwsError(error), request.method === 'HEAD', request.path);
    }
    response.headers['x-amz-request-id'] = id;
    return response;
  }
}

/** Which operation a request is. Throws NotImplemented, naming what isn't supported. */
export function operationOf(request: S3Request): { name: string; run: S3Operation } {
  const { method, bucket, key, query } = request;
  const has = (name: string): boolean => Object.hasOwn(query, name);
  const found = (name: string, run: S3Operation): { name: string; run: S3Operation } => ({ name, run });
  if (bucket === '') {
    if (method === 'GET') return found('ListBuckets', listBuckets);
  } else if (key === '') {
    if (method === 'GET' && query['list-type'] === '2') return found('ListObjectsV2', listObjectsV2);
    if (method === 'GET' && has('location')) return found('GetBucketLocation', getBucketLocation);
    if (method === 'GET' && has('notification'))
      return found('GetBucketNotificationConfiguration', getNotification);
    if (method === 'PUT' && has('notification'))
      return found('PutBucketNotificationConfiguration', putNotification);
    if (method === 'POST' && has('delete')) return found('DeleteObjects', deleteObjects);
    if (method === 'PUT' && bare(query)) return found('CreateBucket', createBucket);
    if (method === 'HEAD') return found('HeadBucket', headBucket);
  } else {
    if (method === 'POST' && has('uploads')) return found('CreateMultipartUpload', createMultipartUpload);
    if (method === 'POST' && has('uploadId'))
      return found('CompleteMultipartUpload', completeMultipartUpload);
    if (method === 'DELETE' && has('uploadId')) return found('AbortMultipartUpload', abortMultipartUpload);
    if (method === 'PUT' && has('uploadId') && request.headers['x-amz-copy-source'] === undefined)
      return found('UploadPart', uploadPart);
    if (bare(query) || method === 'GET' || method === 'HEAD') {
      if (method === 'PUT' && request.headers['x-amz-copy-source'] !== undefined)
        return found('CopyObject', copyObject);
      if (method === 'PUT') return found('PutObject', putObject);
      if (method === 'GET') return found('GetObject', getObject);
      if (method === 'HEAD') return found('HeadObject', headObject);
      if (method === 'DELETE') return found('DeleteObject', deleteObject);
    }
  }
  const what = query['x-id'] ?? `${method} with ${Object.keys(query).join(', ') || 'no parameter'}`;
  throw new AwsError('NotImplemented', unsupportedMessage(`the operation ${what}`), 501);
}

function bare(query: S3Request['query']): boolean {
  return Object.keys(query).every((name) => name === 'x-id');
}

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  if (error instanceof SyntaxError) {
    return new AwsError('MalformedXML', 'The XML you provided was not well-formed');
  }
  const message = error instanceof Error ? error.message : String(error);
  const disk = systemCode(error) === undefined ? message : `The lake's disk failed: ${message}`;
  return new AwsError('InternalError', disk, 500);
}

/** An S3 error as it goes over the wire; answers to HEAD have no body. */
export function errorResponse(error: AwsError, head: boolean, resource: string): LocalResponse {
  const xml = writeXml({
    Error: { Code: error.code, Message: error.message, Resource: resource, ...error.extra },
  });
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
  return {
    statusCode: error.status,
    headers: head ? {} : { 'content-type': 'application/xml', 'content-length': String(body.length) },
    body: head ? undefined : body,
  };
}
