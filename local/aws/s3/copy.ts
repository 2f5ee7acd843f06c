import { closeSync, linkSync, writeFileSync } from 'node:fs';
import { AwsError, systemCode, unsupportedMessage } from '../errors.ts';
import { type Head, headFor } from '../files/head.ts';
import { inDirectory, uniqueId } from '../files/whole.ts';
import type { LocalResponse } from '../wire.ts';
import { type About, describe } from './about.ts';
import { type S3Context, type S3Operation, xmlResponse } from './context.ts';
import { openObject } from './get.ts';
import { publish, treeCondition } from './put.ts';
import { refuseOthers, type S3Request, unquote, writeCondition } from './request.ts';

export const copyObject: S3Operation = async (context, request) => {
  refuseOthers(request, 'CopyObject', {
    headers: [
      'x-amz-copy-source',
      'x-amz-copy-source-if-match',
      'x-amz-copy-source-if-none-match',
      'x-amz-metadata-directive',
      'x-amz-meta-',
      'if-match',
      'if-none-match',
    ],
  });
  const target = context.tree(request.bucket);
  const { bucket, key } = copySource(request);
  const replace = metadataDirective(request) === 'REPLACE';
  if (bucket === request.bucket && key === request.key && !replace) {
    throw new AwsError(
      'InvalidRequest',
      'This copy request is illegal because it is trying to copy an object to itself without changing its metadata.',
    );
  }
  const source = context.tree(bucket);
  for (;;) {
    const { head, about, file } = openObject(source, key);
    closeSync(file);
    checkSource(request, head);
    const kept: About | null = replace ? describe(request, about.checksum ?? null) : notEmpty(about);
    const copy = headFor(request.key, {
      ...head,
      id: uniqueId(),
      modified: context.clock.now(),
      described: kept !== null,
    });
    try {
      linkBytes(source.bytesPath(head), target.bytesPath(copy));
    } catch (error) {
      if (systemCode(error) === 'ENOENT' && source.head(key)?.id !== head.id) continue;
      throw error;
    }
    if (kept) writeFileSync(target.aboutPath(copy), JSON.stringify(kept), { flag: 'wx' });
    return await finish(context, request, copy);
  }
};

async function finish(context: S3Context, request: S3Request, copy: Head): Promise<LocalResponse> {
  const condition = treeCondition(writeCondition(request));
  await publish(context, request.bucket, request.key, copy, condition, 'CopyObject');
  return xmlResponse('CopyObjectResult', {
    ETag: `"${copy.etag}"`,
    LastModified: new Date(copy.modified).toISOString(),
  });
}

/** A second name for the same bytes: a copy costs no room. Throws ENOENT when they are gone. */
function linkBytes(from: string, to: string): void {
  inDirectory(to, () => linkSync(from, to));
}

/** Where to copy from: `bucket/key` or `/bucket/key`, percent-encoded. Throws InvalidArgument. */
export function copySource(request: S3Request): { bucket: string; key: string } {
  const given = (request.headers['x-amz-copy-source'] ?? '').replace(/^\//, '');
  const slash = given.indexOf('/');
  if (slash < 1 || slash === given.length - 1) {
    throw new AwsError('InvalidArgument', 'Copy Source must mention the source bucket and key');
  }
  if (given.includes('?')) {
    throw new AwsError('NotImplemented', unsupportedMessage('a versionId in x-amz-copy-source'), 501);
  }
  return {
    bucket: given.slice(0, slash),
    key: decodeURIComponent(given.slice(slash + 1).replaceAll('+', '%2B')),
  };
}

function metadataDirective(request: S3Request): 'COPY' | 'REPLACE' {
  const directive = request.headers['x-amz-metadata-directive'] ?? 'COPY';
  if (directive === 'COPY' || directive === 'REPLACE') return directive;
  throw new AwsError('InvalidArgument', 'Unknown metadata directive.');
}

/** Conditions on the source: either failing is 412. */
function checkSource(request: S3Request, head: Head): void {
  const match = request.headers['x-amz-copy-source-if-match'];
  const none = request.headers['x-amz-copy-source-if-none-match'];
  if (
    (match !== undefined && unquote(match) !== head.etag) ||
    (none !== undefined && unquote(none) === head.etag)
  ) {
    throw new AwsError(
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      412,
    );
  }
}

function notEmpty(about: About): About | null {
  return Object.keys(about).length > 0 ? about : null;
}
