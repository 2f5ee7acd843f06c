import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AwsError, systemCode } from '../errors.ts';
import type { ObjectTree } from '../files/tree.ts';
import { inDirectory, uniqueId } from '../files/whole.ts';
import { bodyBytes } from '../wire.ts';
import { type About, describe } from './about.ts';
import { discard, place, type Received, receive } from './body.ts';
import { emptyResponse, type S3Operation, xmlResponse } from './context.ts';
import { publish, treeCondition } from './put.ts';
import { refuseOthers, type S3Request, writeCondition } from './request.ts';
import { children, childText, parseXml } from './xml.ts';

const SMALLEST_PART = 5 * 1024 * 1024;

interface Upload {
  key: string;
  about: About | null;
}

interface Part {
  number: number;
  etag: string;
  size: number;
  file: string;
}

export const createMultipartUpload: S3Operation = (context, request) => {
  refuseOthers(request, 'CreateMultipartUpload', {
    query: ['uploads'],
    headers: ['x-amz-meta-', 'x-amz-checksum-algorithm', 'x-amz-checksum-type'],
  });
  const tree = context.tree(request.bucket);
  const id = uniqueId();
  const upload: Upload = { key: request.key, about: describe(request, null) };
  const folder = uploadFolder(tree, id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'upload'), JSON.stringify(upload));
  return xmlResponse('InitiateMultipartUploadResult', {
    Bucket: request.bucket,
    Key: request.key,
    UploadId: id,
  });
};

export const uploadPart: S3Operation = async (context, request) => {
  refuseOthers(request, 'UploadPart', {
    query: ['partNumber', 'uploadId'],
    headers: ['x-amz-checksum-'],
  });
  const tree = context.tree(request.bucket);
  const { folder } = openUpload(tree, request);
  const number = Number(request.query.partNumber);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw new AwsError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  }
  const received = await receive(tree, request);
  const name = join(folder, `part.${number}.${received.md5}.${received.size}.${uniqueId()}`);
  try {
    if ('file' in received.from) renameSync(received.from.file, name);
    else {
      const temporary = join(tree.root, 'tmp', uniqueId());
      const { bytes } = received.from;
      inDirectory(temporary, () => writeFileSync(temporary, bytes, { flag: 'wx' }));
      renameSync(temporary, name);
    }
  } catch (error) {
    discard(received.from);
    if (systemCode(error) === 'ENOENT') throw noSuchUpload();
    throw error;
  }
  const headers: Record<string, string> = { etag: `"${received.md5}"` };
  if (received.checksum) headers[`x-amz-checksum-${received.checksum.algorithm}`] = received.checksum.value;
  return emptyResponse(200, headers);
};

export const completeMultipartUpload: S3Operation = async (context, request) => {
  refuseOthers(request, 'CompleteMultipartUpload', {
    query: ['uploadId'],
    headers: ['if-match', 'if-none-match', 'x-amz-checksum-type', 'x-amz-mp-object-size'],
  });
  const tree = context.tree(request.bucket);
  const { folder, upload } = openUpload(tree, request);
  const condition = treeCondition(writeCondition(request));
  const parts = wantedParts(folder, await bodyBytes(request.body));
  const etag = `${createHash('md5')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex'))))
    .digest('hex')}-${parts.length}`;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const joined = await receive(tree, { ...request, headers: {}, body: Readable.from(joinParts(parts)) });
  const received: Received = { ...joined, size, checksum: null };
  const head = place(
    tree,
    request.key,
    received,
    etag,
    context.clock.now(),
    upload.about && { ...upload.about },
  );
  await publish(context, request.bucket, request.key, head, condition, 'CompleteMultipartUpload');
  rmSync(folder, { recursive: true, force: true });
  return xmlResponse('CompleteMultipartUploadResult', {
    Location: `http://s3.localhost/${request.bucket}/${request.key}`,
    Bucket: request.bucket,
    Key: request.key,
    ETag: `"${etag}"`,
  });
};

export const abortMultipartUpload: S3Operation = (context, request) => {
  refuseOthers(request, 'AbortMultipartUpload', { query: ['uploadId'] });
  const tree = context.tree(request.bucket);
  const { folder } = openUpload(tree, request);
  rmSync(folder, { recursive: true, force: true });
  return emptyResponse(204);
};

function uploadFolder(tree: ObjectTree, id: string): string {
  return join(tree.root, 'uploads', id);
}

function openUpload(tree: ObjectTree, request: S3Request): { folder: string; upload: Upload } {
  const id = request.query.uploadId ?? '';
  const folder = uploadFolder(tree, id);
  if (!/^[0-9a-z]+$/.test(id) || !existsSync(join(folder, 'upload'))) throw noSuchUpload();
  const upload = JSON.parse(readFileSync(join(folder, 'upload'), 'utf8')) as Upload;
  if (upload.key !== request.key) throw noSuchUpload();
  return { folder, upload };
}

function noSuchUpload(): AwsError {
  return new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
  );
}

/** The parts that the request lists, checked. Throws MalformedXML, InvalidPart, InvalidPartOrder, EntityTooSmall. */
function wantedParts(folder: string, body: Buffer): Part[] {
  const there = new Map<string, Part>();
  for (const name of readdirSync(folder)) {
    const [kind, number, etag, size] = name.split('.');
    if (kind !== 'part' || !etag) continue;
    there.set(`${number} ${etag}`, {
      number: Number(number),
      etag,
      size: Number(size),
      file: join(folder, name),
    });
  }
  const listed = children(parseXml(body.toString('utf8')), 'Part');
  if (listed.length === 0) {
    throw new AwsError('MalformedXML', 'You must specify at least one part');
  }
  const parts = listed.map((element) => {
    const number = childText(element, 'PartNumber');
    const etag = (childText(element, 'ETag') ?? '').replaceAll('"', '');
    const part = there.get(`${number} ${etag}`);
    if (!part) {
      throw new AwsError('InvalidPart', 'One or more of the specified parts could not be found.', 400, {
        PartNumber: String(number),
        ETag: etag,
      });
    }
    return part;
  });
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    if (next && next.number <= part.number) {
      throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
    }
    if (next && part.size < SMALLEST_PART) {
      throw new AwsError(
        'EntityTooSmall',
        'Your proposed upload is smaller than the minimum allowed size',
        400,
        {
          PartNumber: String(part.number),
          ProposedSize: String(part.size),
          MinSizeAllowed: String(SMALLEST_PART),
        },
      );
    }
  }
  return parts;
}

async function* joinParts(parts: readonly Part[]): AsyncGenerator<Buffer> {
  for (const part of parts) {
    for await (const piece of createReadStream(part.file)) yield piece as Buffer;
  }
}
