import { gunzipSync, gzipSync } from 'node:zlib';
import type { ObjectStore } from '../ports/objects.ts';
import { attemptId, landingPrefix, ledgerKey } from './keys.ts';
import type { LedgerPart, SiteIndex } from './site-index.ts';
import type { SiteLog } from './site-log.ts';

/**
 * The ledger of consumed landing objects (docs/lake-format.md, "The log of a site"). What was consumed lately stands in
 * the index; what is older is moved, whole, into parts: objects that the index names and nobody reads unless an old
 * landing object is asked for. Nothing is dropped and nothing is guessed from names or times.
 */

/** Unit, then landing object: the new facts that it brought, 0 when all its rows were copies. */
type Entries = Record<string, Record<string, number>>;

/** Entries younger than this stay in the index: what is announced twice is mostly announced again soon. */
const RECENT_DAYS = 2;
/** Old entries are moved when there are so many, so that a part is worth an object. */
export const ENTRIES_OF_A_PART = 4096;

const PARTS_KEPT = 4;
const read = new WeakMap<ObjectStore, Map<string, Promise<Entries>>>();

/** Of these landing objects, those whose rows of a unit are not in its facts yet. Asks for parts only where it must. */
export async function unconsumed<T extends { object: string }>(
  objects: ObjectStore,
  index: SiteIndex,
  unit: string,
  landing: readonly T[],
): Promise<T[]> {
  const missing: T[] = [];
  for (const one of landing) {
    if (index.units[unit]?.consumed[one.object]) continue;
    if (!(await inParts(objects, index, unit, one.object))) missing.push(one);
  }
  return missing;
}

async function inParts(
  objects: ObjectStore,
  index: SiteIndex,
  unit: string,
  object: string,
): Promise<boolean> {
  for (const part of index.ledger ?? []) {
    if (object < part.from || object > part.to) continue;
    if ((await entriesOf(objects, part))[unit]?.[object] !== undefined) return true;
  }
  return false;
}

/** Every landing object whose rows of a unit are in its facts, and the new facts that each brought. */
export async function consumedBy(
  objects: ObjectStore,
  index: SiteIndex,
  unit: string,
): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const part of index.ledger ?? []) Object.assign(all, (await entriesOf(objects, part))[unit]);
  const state = index.units[unit];
  for (const object of Object.keys(state?.consumed ?? {})) all[object] = state!.accepted[object] ?? 0;
  return all;
}

/**
 * Moves what was consumed long ago out of the index: a part is put, then one entry of the log names it and empties
 * the index of exactly what is in it. When somebody else appends first, nothing is moved, and the next call tries
 * again.
 *
 * @param atLeast so many old entries are worth a part
 */
export async function foldLedger(
  objects: ObjectStore,
  log: SiteLog,
  now: number,
  atLeast = ENTRIES_OF_A_PART,
): Promise<'folded' | 'nothing to do' | 'lost'> {
  const { n } = log.folded;
  const date = new Date(now - RECENT_DAYS * 86_400_000).toISOString().slice(0, 10);
  const before = `${landingPrefix}dt=${date}/`;
  const entries: Entries = {};
  let [count, from, to] = [0, before, ''];
  for (const [unit, { consumed, accepted }] of Object.entries(log.folded.units)) {
    for (const object of Object.keys(consumed)) {
      if (object >= before) continue;
      entries[unit] ??= {};
      entries[unit][object] = accepted[object] ?? 0;
      if (object < from) from = object;
      if (object > to) to = object;
      count++;
    }
  }
  if (count === 0 || count < atLeast) return 'nothing to do';
  const part: LedgerPart = { object: ledgerKey(log.site, attemptId()), from, to, entries: count };
  await objects.put(part.object, gzipSync(JSON.stringify(entries)), { contentType: 'application/gzip' });
  // Only as the very next entry: then what the index held above is what it is emptied of.
  const outcome = log.folded.n === n ? await log.append({ type: 'folded', before, part }) : 'lost';
  if (outcome === 'written') return 'folded';
  await objects.remove(part.object);
  return 'lost';
}

function entriesOf(objects: ObjectStore, { object }: LedgerPart): Promise<Entries> {
  const kept = read.get(objects) ?? new Map<string, Promise<Entries>>();
  read.set(objects, kept);
  let entries = kept.get(object);
  if (entries === undefined) {
    entries = objects.get(object).then((found) => {
      if (found === null) throw new Error(`${object}, a part of the ledger, is missing`);
      return JSON.parse(gunzipSync(found.body).toString('utf8')) as Entries;
    });
    entries.catch(() => kept.delete(object));
    if (kept.size >= PARTS_KEPT) kept.delete(kept.keys().next().value!);
    kept.set(object, entries);
  }
  return entries;
}
