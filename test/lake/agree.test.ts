import { describe, expect, it } from 'vitest';
import type { LocalLakeOptions } from '../../local/lake.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { goldenHistory } from './golden-history.ts';
import { openTestLake } from './open.ts';

const definition = 'sessions: { on_campaign: utm, max_events: 40 }';

/** Order-insensitive sum over all units: the digests of units add up. */
function total(digests: Record<string, string>, dataset: string): string {
  let rows = 0n;
  let sum = 0n;
  for (const [name, digest] of Object.entries(digests)) {
    if (!name.endsWith(` ${dataset}`)) continue;
    const [n, s] = digest.split(':').map(BigInt) as [bigint, bigint];
    rows += n;
    sum += s;
  }
  return `${rows}:${sum}`;
}

async function digestsOf(
  site: string,
  pieces: LandingRecord[][],
  drainEach: boolean,
  options: Partial<LocalLakeOptions> = {},
) {
  const lake = await openTestLake(site, definition, options);
  for (const piece of pieces) {
    await lake.land(piece);
    if (drainEach) await lake.drain();
  }
  await lake.drain();
  const digests = await lake.digests();
  await lake.close();
  return digests;
}

describe('days agree', () => {
  const all = goldenHistory();
  const site = 'site: shop\ntime_zone: Europe/Berlin\nhosts: [shop.example]\n';
  const everything = digestsOf(site, [all], false);

  it('whatever the order of arrival, with duplicates, computed after every piece', async () => {
    const pieces: LandingRecord[][] = Array.from({ length: 7 }, () => []);
    for (const [i, record] of all.entries()) pieces[(i * 31) % 7]!.push(record);
    pieces[3]!.push(...pieces[5]!.slice(0, 40));
    expect(await digestsOf(site, pieces.reverse(), true)).toEqual(await everything);
  });

  it('whether one call computes all of it or workers share it out', async () => {
    const invoked: string[] = [];
    const shared = await digestsOf(site, [all], false, {
      limits: { units: 1, rows: 1_000_000 },
      onInvoked: ({ function: name }) => invoked.push(name),
    });
    expect(shared).toEqual(await everything);
    // Every day at least once for where sessions start and once for its tables.
    const days = new Set(Object.keys(shared).map((name) => name.slice(0, 10)));
    expect(invoked.filter((name) => name === 'work').length).toBeGreaterThanOrEqual(2 * days.size);
  });

  it.each(['-07:00', '+05:30'])('whatever offset the units are cut at: %s', async (offset) => {
    const other = await digestsOf(`${site}day_offset: "${offset}"\n`, [all], false);
    const reference = await everything;
    expect(Object.keys(other)).not.toEqual([]);
    expect(total(other, 'sessions')).toBe(total(reference, 'sessions'));
    expect(total(other, 'events')).toBe(total(reference, 'events'));
  });
});
