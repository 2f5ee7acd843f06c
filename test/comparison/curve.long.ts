import { expect, it } from 'vitest';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { sessionsOfHistory } from '../../shared/core/session/history.ts';
import { localDays } from '../../shared/core/time/local-date.ts';
import { dateOfDay } from '../../shared/core/unit.ts';
import { randomNumbers } from '../lake/flaky-aws.ts';
import { openTestLake } from '../lake/open.ts';
import { pageView } from '../lake/page-view.ts';
import { proposed } from './proposing.ts';

/**
 * The curve against the rules walked over the whole history, for every timeout of it. Each of these bugs was
 * put in and made this fail, or made the preview leave the curve out: `>=` for `>`, the endless rule left out,
 * engagement that bridges nothing, walked visitors counted twice.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZONE = 'America/New_York';
/** Local midnight; clocks go forward on 2026-03-08. */
const START = Date.parse('2026-03-06T05:00:00Z');

function history(seed: number): LandingRecord[] {
  const random = randomNumbers(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const records: LandingRecord[] = [];
  for (let v = 0; v < 60; v++) {
    // Some never pause, some pause as long as the timeouts themselves, some send engagement.
    const gaps = pick([
      [0, 1, 20 * MINUTE, 30 * MINUTE, 30 * MINUTE + 1, 2 * HOUR, 11 * HOUR],
      [15 * MINUTE, 30 * MINUTE],
      [4 * HOUR, 8 * HOUR],
      [8 * HOUR, 8 * HOUR, 8 * HOUR, 8 * HOUR + 1, 0],
      [HOUR, 90 * MINUTE, 2 * HOUR],
    ]);
    const engages = pick([0, 0.2, 0.6]);
    let time = START + pick([0, 1, -1, 23 * HOUR, 10 * HOUR]);
    for (let i = 0; i < 150 && time < START + 5 * DAY; i++) {
      const more = random() < engages ? { type: 'engagement', value: 5 } : {};
      records.push(pageView('shop', `${v}.${i}`, `v${v}`, time, `/${i}`, more));
      time += pick(gaps);
    }
  }
  return records;
}

/** Sessions that start on local days of the range. */
function counted(records: LandingRecord[], text: string, timeout: number, from: string, to: string): number {
  const definition = parseDefinition(text, 'default.yaml');
  const days = localDays(ZONE);
  const rules = { ...definition, sessions: { ...definition.sessions, inactivity_ms: timeout } };
  const { sessions } = sessionsOfHistory(records, () => rules, {
    hosts: ['shop.example'],
    dayOf: (ms) => days.dayOf(ms),
  });
  const times = new Map(records.map(({ event_id, event_time }) => [event_id, event_time]));
  return sessions.filter(({ events }) => {
    const dt = dateOfDay(days.dayOf(times.get(events[0]!)!));
    return dt >= from && dt <= to;
  }).length;
}

it('gives what the rules give, under every timeout, with robots and engagement', async () => {
  const records = history(7);
  const lake = await openTestLake(`site: shop\ntime_zone: ${ZONE}\nhosts: [shop.example]\n`);
  await lake.land(records);
  await lake.drain();
  for (const rules of ['sessions: { inactivity: 25m }', 'sessions: { at_midnight: true }']) {
    const { preview } = await proposed(lake, rules);
    for (const [from, to] of [
      [null, null],
      ['2026-03-08', '2026-03-09'],
    ] as const) {
      const { curve, curve_note } = await preview(from, to);
      expect(curve_note).toBeNull();
      expect(curve.length).toBeGreaterThan(12);
      const wanted = curve.map(({ inactivity_ms }) => ({
        inactivity_ms,
        sessions: counted(records, rules, inactivity_ms, from ?? '0000-00-00', to ?? '9999-99-99'),
      }));
      expect(curve).toEqual(wanted);
    }
  }
  await lake.close();
}, 300_000);

it.each([
  ['sessions: { on_campaign: utm, max_events: 3 }', 'on_campaign, max_events'],
  ['filters: { bots: exclude }', 'exclude'],
])(
  'is left out, with the reason, where it would not be exact: %s',
  async (rules, words) => {
    const lake = await openTestLake('site: shop\n');
    await lake.land([pageView('shop', 'a', 'v', START, '/')]);
    await lake.drain();
    const { preview } = await proposed(lake, rules);
    const { curve, curve_note } = await preview();
    expect(curve).toEqual([]);
    expect(curve_note).toContain(words);
    await lake.close();
  },
  120_000,
);
