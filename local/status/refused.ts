import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { UNIT_MS } from '../../shared/core/unit.ts';
import type { SiteIndex } from '../../shared/lake/site-index.ts';
import { arrivedAt } from '../../shared/lake/traffic.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';

const unzipped = promisify(gunzip);
/** So many objects of refused events are read, the newest; the others are taken to hold as many. */
const MOST_OBJECTS = 200;

/**
 * Refused events among all that came in the last 24 hours, per cent; null when none came. Copies of what was there
 * count as neither.
 *
 * @param now ms UTC
 */
export async function refusedPercent(
  objects: ObjectStore,
  indexes: readonly SiteIndex[],
  now: number,
): Promise<number | null> {
  const since = now - UNIT_MS;
  let taken = 0;
  for (const { units } of indexes) {
    for (const { accepted } of Object.values(units)) {
      for (const [landing, count] of Object.entries(accepted))
        if (arrivedAt(landing) >= since) taken += count;
    }
  }
  const refused = await refusedSince(objects, since);
  return taken + refused === 0 ? null : (100 * refused) / (taken + refused);
}

async function refusedSince(objects: ObjectStore, since: number): Promise<number> {
  const startAfter = `rejected/dt=${new Date(since).toISOString().slice(0, 10)}`;
  const listed = await objects.list('rejected/', { startAfter });
  const recent = listed.map(({ key }) => key).filter((key) => arrivedAt(key) >= since);
  const read = recent.slice(-MOST_OBJECTS);
  let lines = 0;
  for (const key of read) {
    const found = await objects.get(key);
    if (found === null) continue;
    for (const byte of await unzipped(found.body)) if (byte === 0x0a) lines++;
  }
  return read.length === 0 ? 0 : Math.round((lines * recent.length) / read.length);
}
