import { importedEvent } from '../../shared/core/event/imported.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-01T00:00:00Z');

/**
 * Six days of twelve visitors: sessions over midnights, a robot that never pauses, campaigns, ties. A
 * linear congruence stands for chance, so that every run sees the same.
 */
export function goldenHistory(): LandingRecord[] {
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
