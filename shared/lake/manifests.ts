import type { Clock } from '../core/clock.ts';
import type { ObjectStore } from '../ports/objects.ts';
import { manifestKey } from './keys.ts';
import type { ResultRef } from './site-index.ts';

/** How long an object stays after nothing refers to it any more. */
export const GRACE_MS = 24 * 3_600_000;

/**
 * So long a manifest is taken for what it says though no log names its result: its files can't have been
 * garbage for the whole grace before whoever finds it has noted it in a log.
 */
const TRUSTED_MS = GRACE_MS / 2;

interface World {
  objects: ObjectStore;
  clock: Clock;
}

/**
 * Manifests: the immutable record of a result under its key, put after its files. Whoever wants a key
 * that somebody computed before (a crashed run, an earlier definition) finds it here. When two compute
 * the same key at once the first manifest stands; the rows are the same. An old one that no log names may
 * outlive its files and is not found.
 */
export async function findResult({ objects, clock }: World, key: string): Promise<ResultRef | null> {
  const found = await objects.get(manifestKey(key));
  if (found === null) return null;
  const ref = JSON.parse(found.body.toString('utf8')) as ResultRef;
  return clock.now() - ref.made_at < TRUSTED_MS ? ref : null;
}

/** Puts the manifest of a result. @returns the result that stands under its key: of two at once, the first */
export async function recordResult(world: World, result: Omit<ResultRef, 'made_at'>): Promise<ResultRef> {
  const { objects, clock } = world;
  const ref: ResultRef = { ...result, made_at: clock.now() };
  const body = JSON.stringify(ref);
  for (;;) {
    const contentType = 'application/json';
    const key = manifestKey(ref.key);
    if ((await objects.put(key, body, { ifAbsent: true, contentType })) === 'written') return ref;
    const trusted = await findResult(world, ref.key);
    if (trusted !== null) return trusted;
    const old = await objects.get(key);
    if (old && (await objects.put(key, body, { ifMatch: old.etag, contentType })) === 'written') return ref;
  }
}
