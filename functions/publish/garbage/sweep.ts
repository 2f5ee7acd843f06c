import { inParallel } from '../../../shared/in-parallel.ts';
import { garbageKey } from '../../../shared/lake/keys.ts';
import type { Lake } from '../../../shared/lake/lake.ts';
import { GRACE_MS } from '../../../shared/lake/manifests.ts';
import type { ListedObject } from '../../../shared/ports/objects.ts';
import type { Referenced } from './referenced.ts';

/**
 * Where garbage may lie, in the order in which it is removed: what refers to files goes before the files.
 * Never `landing/`, `rejected/`, `config/`, or the logs.
 */
export const SWEPT = [
  'state/manifests/',
  'state/waves/',
  'state/proposals/',
  'derived/',
  'marts/',
  'facts/',
  'results/',
] as const;

export interface Swept {
  /** By prefix: what was removed, and what waits for its grace to end. */
  removed: Record<string, { objects: number; bytes: number }>;
  waiting: Record<string, { objects: number; bytes: number }>;
}

/** When each object was first seen without a reference, ms UTC. */
type Noted = Record<string, number>;

const DELETIONS_AT_ONCE = 16;

/**
 * Removes what nothing has referred to for the whole grace. What is seen without a reference for the first
 * time is noted; a reference in between takes it off the note. So a call alone removes nothing that wasn't
 * garbage a grace ago, and however many calls at once, or cut off, remove nothing else.
 *
 * @param referenced read again for each prefix, as late as can be
 */
export async function sweep(
  lake: Lake,
  referenced: () => Promise<Referenced>,
  dryRun: boolean,
): Promise<Swept> {
  const swept: Swept = { removed: {}, waiting: {} };
  const now = lake.clock.now();
  const before = await lake.objects.get(garbageKey);
  const noted: Noted = before === null ? {} : JSON.parse(before.body.toString('utf8'));
  const still: Noted = {};
  for (const prefix of SWEPT) {
    const listed = await lake.objects.list(prefix);
    const kept = await referenced();
    const garbage = listed.filter(({ key }) => !kept.has(key));
    const due = garbage.filter(({ key }) => now - (noted[key] ?? now) >= GRACE_MS);
    const early = garbage.filter(({ key }) => now - (noted[key] ?? now) < GRACE_MS);
    for (const { key } of early) still[key] = noted[key] ?? now;
    if (due.length > 0) swept.removed[prefix] = total(due);
    if (early.length > 0) swept.waiting[prefix] = total(early);
    if (!dryRun) await inParallel(DELETIONS_AT_ONCE, due, ({ key }) => lake.objects.remove(key));
  }
  if (!dryRun) {
    // Lost to another call: its note is as good, and what this one saw first is seen again.
    await lake.objects.put(
      garbageKey,
      JSON.stringify(still),
      before === null ? { ifAbsent: true } : { ifMatch: before.etag },
    );
  }
  return swept;
}

function total(objects: readonly ListedObject[]): { objects: number; bytes: number } {
  return { objects: objects.length, bytes: objects.reduce((sum, { size }) => sum + size, 0) };
}
