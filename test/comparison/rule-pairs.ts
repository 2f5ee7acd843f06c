import { expect } from 'vitest';
import { stringify } from 'yaml';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { localDays } from '../../shared/core/time/local-date.ts';
import { loadDefinition } from '../../shared/lake/definitions.ts';
import { liveRelease } from '../../shared/lake/releases.ts';
import { randomNumbers } from '../lake/flaky-aws.ts';
import { openTestLake, type TestLake } from '../lake/open.ts';
import { pageView } from '../lake/page-view.ts';
import { reasonsByForce } from './brute-force.ts';
import { madeSince, proposed, reasonsOf } from './proposing.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ZONE = 'America/New_York';
/** Local midnight; clocks go forward on 2026-03-08. */
const START = Date.parse('2026-03-06T05:00:00Z');

/** Every session rule, switched on alone. */
export const RULES: Record<string, unknown>[] = [
  { inactivity: '15m' },
  { at_midnight: true },
  { on_event: ['launch', 'screen_view'] },
  { on_campaign: 'utm' },
  { on_campaign: 'utm_or_click_id' },
  { on_referrer: true, ignore_referrers: ['pay.example'] },
  { max_duration: '45m' },
  { max_events: 3 },
];

/** Every two rules together; of the same rule the second value stands. */
export const PAIRS = RULES.flatMap((one, i) => RULES.slice(i + 1).map((other) => ({ ...one, ...other })));

/** Four days of visitors with every kind of event, some of whom never pause. */
function history(seed: number, visitors: number): LandingRecord[] {
  const random = randomNumbers(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const records: LandingRecord[] = [];
  for (let v = 0; v < visitors; v++) {
    const steady = random() < 0.2;
    const gaps = steady
      ? [10 * MINUTE, 25 * MINUTE, 30 * MINUTE]
      : [1, MINUTE, 14 * MINUTE, 15 * MINUTE, 15 * MINUTE + 1, 30 * MINUTE, 30 * MINUTE + 1, 11 * HOUR];
    let time = START + pick([0, 1, -1, 10 * HOUR, 23 * HOUR, 40 * HOUR]);
    for (let i = 0; i < (steady ? 220 : 25); i++) {
      const kind = pick(['page', 'page', 'page', 'page', 'engagement', 'launch', 'screen']);
      const more = {
        ...(kind === 'engagement' ? { type: 'engagement', value: 250 } : {}),
        ...(kind === 'launch' ? { type: 'event', name: 'launch' } : {}),
        ...(kind === 'screen' ? { type: 'screen_view' } : {}),
        ...(random() < 0.2 ? { referrer: pick(['https://x.example/', 'https://pay.example/']) } : {}),
      };
      const query = random() < 0.2 ? pick(['?utm_campaign=a', '?utm_source=b', '?gclid=c', '?gclid=d']) : '';
      records.push(pageView('shop', `${v}.${i}`, `v${v}`, time, `/${v}/${i}${query}`, more));
      time += pick(gaps);
    }
  }
  return records;
}

export interface PairedLake {
  /** Holds a preview of the rules to brute force, applies them, and holds the tables to the preview. */
  check(rules: Record<string, unknown>, applies: boolean): Promise<void>;
  close(): Promise<void>;
}

/** A lake with a random history. */
export async function pairedLake(seed: number, visitors: number): Promise<PairedLake> {
  const lake = await openTestLake(`site: shop\ntime_zone: ${ZONE}\nhosts: [shop.example]\n`);
  const records = history(seed, visitors);
  await lake.land(records);
  await lake.drain();
  return {
    close: () => lake.close(),
    async check(rules, applies) {
      const text = stringify({ sessions: rules });
      const { objects } = lake.lake;
      const live = await loadDefinition(objects, (await liveRelease(objects))!.definition);
      const { preview, apply, candidate } = await proposed(lake, text);
      const comparison = await preview();
      const then = parseDefinition(text, 'default.yaml');
      expect(reasonsOf(comparison), text).toEqual(reasonsByForce(records, live, then, localDays(ZONE)));
      expect(await tables(lake), text).toEqual(sideOf(comparison, 'now'));
      if (!applies) return;
      const moment = await apply();
      expect(await tables(lake), text).toEqual(sideOf(comparison, 'then'));
      const made = await madeSince(lake, candidate, moment);
      expect([made.boundaries, made.sessions], text).toEqual([0, 0]);
    },
  };
}

/** What a reader sees, as numbers by day and by channel. */
async function tables(lake: TestLake) {
  const counts =
    'count(*), count_if(is_bounce), sum(page_views), sum(event_count), sum(conversion_count), sum(conversion_value)';
  const grouped = async (column: string) =>
    (await lake.rows(`SELECT ${column}, ${counts} FROM sessions GROUP BY 1 ORDER BY 1`)).map(
      ([name, ...numbers]) => [name, ...numbers.map(Number)],
    );
  return { days: await grouped('dt'), channels: await grouped('channel') };
}

type Preview = Awaited<ReturnType<Awaited<ReturnType<typeof proposed>>['preview']>>;

/** One side of a preview in the same form; days and channels that have nothing on that side are no rows there. */
function sideOf({ days, channels }: Preview, side: 'now' | 'then') {
  const numbers = (row: Preview['days'][number] | Preview['channels'][number]): number[] => [
    row[`sessions_${side}`],
    row[`bounces_${side}`],
    row[`page_views_${side}`],
    row[`events_${side}`],
    row[`conversions_${side}`],
    row[`conversion_value_${side}`],
  ];
  const shown = (rows: [string, ...number[]][]) => rows.filter(([, sessions]) => sessions! > 0);
  return {
    days: shown(days.map((row) => [row.dt, ...numbers(row)])),
    channels: shown(channels.map((row) => [row.channel, ...numbers(row)])),
  };
}
