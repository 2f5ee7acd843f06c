import { AwsError } from '../errors.ts';
import { bodyBytes } from '../wire.ts';
import { emptyResponse, type S3Context, type S3Operation, xmlResponse } from './context.ts';
import { refuseOthers } from './request.ts';
import { children, childText, parseXml, type Tree } from './xml.ts';

export const deleteObject: S3Operation = async (context, request) => {
  refuseOthers(request, 'DeleteObject', {});
  await removeObject(context, request.bucket, request.key);
  return emptyResponse(204);
};

export const deleteObjects: S3Operation = async (context, request) => {
  refuseOthers(request, 'DeleteObjects', { query: ['delete'], headers: ['x-amz-checksum-'] });
  context.tree(request.bucket);
  const items = await readItems(await bodyBytes(request.body));
  const deleted: Tree[] = [];
  const errors: Tree[] = [];
  for (const item of items.objects) {
    if (item.refusal) {
      errors.push({ Key: item.key, Code: item.refusal.code, Message: item.refusal.message });
      continue;
    }
    try {
      await removeObject(context, request.bucket, item.key);
      if (!items.quiet) deleted.push({ Key: item.key });
    } catch (error) {
      const known = error instanceof AwsError ? error : new AwsError('InternalError', String(error), 500);
      errors.push({ Key: item.key, Code: known.code, Message: known.message });
    }
  }
  return xmlResponse('DeleteResult', { Deleted: deleted, Error: errors });
};

async function removeObject(context: S3Context, bucket: string, key: string): Promise<void> {
  const tree = context.tree(bucket);
  const there = tree.head(key);
  if (!there) return;
  const promised = context.announcer.deleted(bucket, key, there, context.clock.now());
  if (tree.remove(key)) await promised.kept();
  else promised.void();
}

interface Item {
  key: string;
  refusal: AwsError | null;
}

async function readItems(body: Buffer): Promise<{ quiet: boolean; objects: Item[] }> {
  const malformed = new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
  let root: ReturnType<typeof parseXml>;
  try {
    root = parseXml(body.toString('utf8'));
  } catch {
    throw malformed;
  }
  const objects = children(root, 'Object').map((element): Item => {
    const key = childText(element, 'Key');
    if (key === undefined || key === '') throw malformed;
    const other = element.children.find((child) => child.name !== 'Key');
    const refusal = other
      ? new AwsError('NotImplemented', `The in-process AWS does not support ${other.name} in DeleteObjects.`)
      : Buffer.byteLength(key) > 1024
        ? new AwsError('KeyTooLongError', 'Your key is too long')
        : null;
    return { key, refusal };
  });
  if (objects.length === 0 || objects.length > 1000) throw malformed;
  return { quiet: childText(root, 'Quiet') === 'true', objects };
}
