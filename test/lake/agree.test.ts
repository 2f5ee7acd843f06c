import { describe, expect, it } from 'vitest';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { digestsOf } from './arrived.ts';
import { goldenHistory } from './golden-history.ts';

describe('days agree', () => {
  const all = goldenHistory();
  const site = 'site: shop\ntime_zone: Europe/Berlin\nhosts: [shop.example]\n';
  const everything = digestsOf(site, [all], false);

  it('whatever the order of arrival, with duplicates, computed after every piece', async () => {
    const pieces: LandingRecord[][] = Array.from({ length: 4 }, () => []);
    for (const [i, record] of all.entries()) pieces[(i * 31) % 4]!.push(record);
    pieces[3]!.push(...pieces[1]!.slice(0, 40));
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
});
