import { describe, expect, it } from 'vitest';
import type { LocalLakeOptions } from '../../local/lake.ts';
import { importedEvent } from '../../shared/core/event/imported.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { openTestLake } from './open.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-01T00:00:00Z');

/**
 * Six days of twelve visitors: sessions over midnights, a robot that never pauses, campaigns, ties. A
 * linear congruence stands for chance, so that every run sees the same.
 */
function history(): LandingRecord[] {
  let state = 12345;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const records: LandingRecord[] = [];
  const add = (visitor: string, time: number, path: string): void => {
    const mapped = { id: `e${records.length}`, visitor, time, url: `https://shop.example${path}` };
    const result = importedEvent(mapped, {
      site: { site: 'shop', privacy: { address: 'truncate', cookieless: false } },
      target: null,
      userAgent: null,
      address: null,
      country: null,
      ordinal: () => 0,
    });
    if (!('ok' in result)) throw new Error(JSON.stringify(result));
    records.push(result.ok);
  };
  for (let visitor = 0; visitor < 12; visitor++) {
    let time = START + next(20) * HOUR;
    while (time < START + 6 * 24 * HOUR) {
      const campaign = next(4) === 0 ? `?utm_campaign=c${next(3)}` : '';
      add(`v${visitor}`, time, `/p${next(9)}${campaign}`);
      time += next(3) === 0 ? next(9 * HOUR) : next(HOUR / 2);
    }
  }
  for (let time = START; time < START + 5 * 24 * HOUR; time += 20 * 60_000) add('robot', time, '/crawl');
  return records;
}

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
  const all = history();
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
