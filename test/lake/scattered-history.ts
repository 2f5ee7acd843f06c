import type { LandingRecord } from '../../shared/core/event/types.ts';
import { randomNumbers } from './flaky-aws.ts';
import { pageView } from './page-view.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const SITES = ['blog', 'shop'] as const;

export interface Scattered {
  /** What each landing object holds: events of both sites and of several days. */
  pieces: LandingRecord[][];
  /** Events told apart: by site, id and content. */
  facts: number;
}

/**
 * Some days of visitors who are up at midnight, torn into landing objects at random. Beside the events
 * themselves there are copies, some with a time a day off, and other events under ids that are taken.
 */
export function scatteredHistory(seed: number, visitors: number, pieces: number): Scattered {
  const random = randomNumbers(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const start = Date.parse('2026-03-01T00:00:00Z');
  const all: LandingRecord[] = [];
  let facts = 0;
  for (let v = 0; v < visitors; v++) {
    const site = SITES[v % SITES.length]!;
    const view = (id: string, time: number, path: string): LandingRecord =>
      pageView(site, id, `v${v}`, time, path);
    // From the evening on: the first session runs over a midnight.
    let time = start + below(3) * DAY + 23 * HOUR + below(60) * MINUTE;
    for (let i = 0; i < 12; i++) {
      const event = view(`${v}.${i}`, time, `/${v}/${i}`);
      all.push(event);
      facts++;
      const chance = below(10);
      if (chance === 0) all.push(event);
      if (chance === 1) all.push(shifted(event, DAY));
      if (chance === 2) all.push(shifted(event, -DAY));
      if (chance === 3) {
        all.push(view(`${v}.${i}`, time + below(2) * DAY + 1, '/other'));
        facts++;
      }
      time += below(4) === 0 ? (3 + below(9)) * HOUR : (1 + below(29)) * MINUTE;
    }
  }
  const torn: LandingRecord[][] = Array.from({ length: pieces }, () => []);
  for (const record of all) torn[below(pieces)]!.push(record);
  return { pieces: torn, facts };
}

/** The same event from a client whose clock was set otherwise when it sent it again. */
function shifted(record: LandingRecord, by: number): LandingRecord {
  return { ...record, event_time: record.event_time + by, received_at: record.received_at + by };
}
