import { AwsError } from '../errors.ts';
import type { Head } from '../files/head.ts';
import type { Condition, ObjectTree } from '../files/tree.ts';
import { describe, headChecksum } from './about.ts';
import type { Reason } from './announce.ts';
import { place, receive } from './body.ts';
import { emptyResponse, type S3Context, type S3Operation } from './context.ts';
import { refuseOthers, writeCondition } from './request.ts';

export const putObject: S3Operation = async (context, request) => {
  refuseOthers(request, 'PutObject', {
    headers: ['if-match', 'if-none-match', 'x-amz-meta-', 'x-amz-checksum-'],
  });
  const tree = context.tree(request.bucket);
  const condition = treeCondition(writeCondition(request));
  refuseEarly(tree, request.key, condition);
  const received = await receive(tree, request);
  const about = describe(request, received.checksum);
  const head = place(tree, request.key, received, received.md5, context.clock.now(), about && { ...about });
  await publish(context, request.bucket, request.key, head, condition, 'PutObject');
  const headers: Record<string, string> = { etag: `"${head.etag}"` };
  const checksum = headChecksum(head, about ?? {});
  if (checksum) {
    headers[`x-amz-checksum-${checksum.algorithm}`] = checksum.value;
    headers['x-amz-checksum-type'] = 'FULL_OBJECT';
  }
  return emptyResponse(200, headers);
};

/** A write's condition in the tree's terms. */
export function treeCondition(condition: { absent: true } | { etag: string } | null): Condition {
  if (condition === null || 'absent' in condition) return condition;
  // `If-Match: *` asks only that something is there.
  return { match: (head) => condition.etag === '*' || head.etag === condition.etag };
}

/** Saves receiving a body whose condition fails already. */
function refuseEarly(tree: ObjectTree, key: string, condition: Condition): void {
  if (!condition) return;
  const head = tree.head(key);
  if ('absent' in condition) {
    if (head) throw lost('exists');
  } else if (!head) throw lost('missing');
  else if (!condition.match(head)) throw lost('mismatch');
}

/**
 * Makes bytes that are in place the object's content and announces it. Throws PreconditionFailed (412) or
 * NoSuchKey (404, `If-Match` on nothing) when the condition doesn't hold; the bytes are gone then.
 */
export async function publish(
  context: S3Context,
  bucket: string,
  key: string,
  head: Head,
  condition: Condition,
  reason: Reason,
): Promise<void> {
  const tree = context.tree(bucket);
  const promised = context.announcer.created(bucket, key, head, reason);
  const outcome = tree.publish(key, head, condition);
  if (outcome !== 'published') {
    promised.void();
    tree.drop(head);
    throw lost(outcome);
  }
  await promised.kept();
}

function lost(outcome: 'exists' | 'mismatch' | 'missing'): AwsError {
  if (outcome === 'missing') return new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  return new AwsError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    412,
    { Condition: outcome === 'exists' ? 'If-None-Match' : 'If-Match' },
  );
}
