import { createHash } from 'node:crypto';
import { groupBy } from '../../shared/core/group-by.ts';
import { landingPrefix, reconciledKey } from '../../shared/lake/keys.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { openLanding } from '../../shared/lake/landing-reader.ts';
import { unconsumed } from '../../shared/lake/ledger.ts';
import { everyApplying, markApplying } from '../../shared/lake/proposals.ts';
import type { SiteIndex } from '../../shared/lake/site-index.ts';
import { everySite } from '../../shared/lake/sites.ts';
import type { Bus } from '../../shared/ports/bus.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';

export interface ReconcileDeps {
  lake: Lake;
  bus: Bus;
  /** Sends beacons that could not be landed to the lander again; gives how many. */
  landAgain(): Promise<number>;
  /** Sends landing objects to compact as if they had just been created. */
  compactAgain(keys: readonly string[]): Promise<void>;
}

/** What was found, and sent to where it is worked on. */
export interface Reconciled {
  /** Beacons that had been given up. */
  beacons: number;
  /** Landing objects that the ledger doesn't know. */
  missing: number;
  /** Proposals that are being applied. */
  applying: number;
}

/**
 * What the reconciler saw: of each folder of an hour under `landing/` in which everything was consumed, a hash of
 * the names in it. What is consumed stays consumed, so a folder with the same names needs no second look.
 */
interface Note {
  hours: Record<string, string>;
  /** The earliest folder in which something was missing when it was looked at last. */
  from?: string;
}

/** How far back `recent` looks, ms: much longer than an announcement of S3 is on its way. */
const RECENT = 2 * 86_400_000;

/**
 * Finds what a lost event missed: landing objects that the ledger doesn't know are announced to compact
 * again, proposals whose process died before they were released are taken up again, and every site is looked
 * at once more. Listing is the truth; events are hints. Only folders in which something is new since they were
 * seen consumed as a whole have their objects opened. Only beacons that could not be landed are in no listing:
 * they were answered 202, so they are tried again, however often.
 *
 * @param reach `all` lists all that was ever landed; `recent` the last two days, and on from where something
 *   was missing the last time, for a listing of years costs more than the hour's work
 */
export async function reconcile(deps: ReconcileDeps, reach: 'all' | 'recent'): Promise<Reconciled> {
  const { lake, bus } = deps;
  const { objects } = lake;
  const beacons = await deps.landAgain();
  const sites = await everySite(lake);
  const indexes = new Map<string, SiteIndex>();
  for (const site of sites) indexes.set(site, await lake.log(site).read());
  const missing = await findMissing(lake, indexes, reach);
  await deps.compactAgain(missing);
  const applying = await everyApplying(objects);
  for (const { id } of applying) await markApplying(objects, id);
  await bus.announce(applying.map(({ id }) => ({ type: 'Definition Changed', detail: { proposal: id } })));
  await bus.announce(
    sites.map((site) => ({ type: 'Partition Compacted', detail: { site, reason: 'reconciler' } })),
  );
  return { beacons, missing: missing.length, applying: applying.length };
}

async function findMissing(
  { objects, clock }: Lake,
  indexes: ReadonlyMap<string, SiteIndex>,
  reach: 'all' | 'recent',
): Promise<string[]> {
  const found = await objects.get(reconciledKey);
  const note: Note = found === null ? { hours: {} } : (JSON.parse(found.body.toString('utf8')) as Note);
  const from = reach === 'all' || found === null ? '' : startOf(clock.now(), note);
  const keys = (await objects.list(landingPrefix, from === '' ? {} : { startAfter: from })).map(
    ({ key }) => key,
  );
  const hours: Note['hours'] = {};
  for (const [hour, names] of Object.entries(note.hours)) if (hour < from) hours[hour] = names;
  const missing: string[] = [];
  for (const [hour, inHour] of groupBy(keys, (key) => key.slice(0, key.lastIndexOf('/')))) {
    const names = createHash('sha256').update(inHour.sort().join('\n')).digest('hex').slice(0, 32);
    let whole = true;
    for (const key of note.hours[hour] === names ? [] : inHour) {
      const state = await stateOf(objects, indexes, key);
      if (state === 'missing') missing.push(key);
      if (state !== 'consumed') whole = false;
    }
    if (whole) hours[hour] = names;
  }
  const [first] = [...missing].sort();
  const text = JSON.stringify({
    hours,
    ...(first === undefined ? {} : { from: first.slice(0, first.lastIndexOf('/')) }),
  });
  if (text !== found?.body.toString('utf8')) await objects.put(reconciledKey, text);
  return missing;
}

/** Where a listing of what is recent begins: before every key of that day or hour. */
function startOf(now: number, note: Note): string {
  const recent = `${landingPrefix}dt=${new Date(now - RECENT).toISOString().slice(0, 10)}`;
  return note.from !== undefined && note.from < recent ? note.from : recent;
}

/** `unclear`: it can't be read now, or it holds rows of a site that isn't opened, and may be some day. */
async function stateOf(
  objects: ObjectStore,
  indexes: ReadonlyMap<string, SiteIndex>,
  object: string,
): Promise<'consumed' | 'missing' | 'unclear'> {
  let state: 'consumed' | 'unclear' = 'consumed';
  try {
    const index = await openLanding(objects, object);
    if (index === null) return 'unclear';
    for (const { site, unit } of index.units) {
      const known = indexes.get(site);
      if (known === undefined) state = 'unclear';
      else if ((await unconsumed(objects, known, unit, [{ object }])).length > 0) return 'missing';
    }
  } catch {
    return 'unclear';
  }
  return state;
}
