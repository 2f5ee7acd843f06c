import type { Clock } from '../core/clock.ts';
import type { ObjectStore } from '../ports/objects.ts';
import { manifestKey } from './keys.ts';
import type { ResultRef } from './site-index.ts';

/**
 * Manifests: the immutable record of a result under its key, put after its files. Whoever wants a key
 * that somebody computed before (a crashed run, an earlier definition) finds it here. When two compute
 * the same key at once the first manifest stands; the rows are the same.
 */
export async function findResult(objects: ObjectStore, key: string): Promise<ResultRef | null> {
  const found = await objects.get(manifestKey(key));
  return found === null ? null : (JSON.parse(found.body.toString('utf8')) as ResultRef);
}

export async function recordResult(
  { objects, clock }: { objects: ObjectStore; clock: Clock },
  result: Omit<ResultRef, 'made_at'>,
): Promise<ResultRef> {
  const ref: ResultRef = { ...result, made_at: clock.now() };
  const outcome = await objects.put(manifestKey(ref.key), JSON.stringify(ref), {
    ifAbsent: true,
    contentType: 'application/json',
  });
  return outcome === 'written' ? ref : ((await findResult(objects, ref.key)) ?? ref);
}
