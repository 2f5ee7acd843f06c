import { expect, it } from 'vitest';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { candidateOf } from '../../shared/lake/candidate.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { startApplying } from '../../shared/lake/proposals.ts';
import { openTestLake } from './open.ts';
import { pageView } from './page-view.ts';

/** What a unit's tables hang on beside its own facts: each must be in their keys, or a change is missed. */

const at = (text: string): number => Date.parse(`2026-03-${text}Z`);
const MINUTE = 60_000;

it('a late event changes where a session came from: the next day knows', async () => {
  const lake = await openTestLake('site: shop\ntime_zone: UTC\nhosts: [shop.example]\n');
  const view = (id: string, time: number) => pageView('shop', id, 'v', time, `/${id}`);
  const seen = () =>
    lake.rows('SELECT event_id, session_event_number, session_landing_page FROM events ORDER BY event_time');
  await lake.land([view('a', at('10T23:40:00')), view('b', at('11T00:05:00'))]);
  await lake.drain();
  expect(await seen()).toEqual([
    ['a', '1', '/a'],
    ['b', '2', '/a'],
  ]);
  await lake.land([view('late', at('10T23:30:00'))]);
  await lake.drain();
  expect(await seen()).toEqual([
    ['late', '1', '/late'],
    ['a', '2', '/late'],
    ['b', '3', '/late'],
  ]);
  await lake.close();
});

/**
 * Units begin at noon. The visitor looks at a page every 20 minutes from the evening of the 10th to the night
 * of the 12th; at noon of the 11th an app launch starts a session, so nothing is carried over that edge. A
 * pause in the morning of the 11th decides whether the visit was unbroken since the midnight before, and with
 * it whether the midnight after, in the next unit, cuts.
 */
it('a visitor who does not join over the edge of a unit, but never paused: the next midnight cuts', async () => {
  const lake = await openTestLake(
    'site: shop\ntime_zone: UTC\nday_offset: "+12:00"\nhosts: [shop.example]\n',
    'sessions: { on_event: [launch] }',
  );
  const events = [];
  for (let time = at('10T22:00:00'); time <= at('12T02:00:00'); time += 20 * MINUTE) {
    const launch = time === at('11T12:00:00') ? { name: 'launch', type: 'event' } : {};
    events.push(pageView('shop', String(time), 'v', time, '/', launch));
  }
  const pause = events.findIndex(({ event_time }) => event_time === at('11T06:20:00'));
  const [late] = events.splice(pause, 1);
  const seen = () => lake.rows('SELECT started_at, event_count FROM sessions ORDER BY started_at');
  await lake.land(events);
  await lake.drain();
  // 22:00 to 06:00 are 25 events; 06:40 to 11:40 are 16; from noon to 02:00 there are 43, over the midnight.
  expect(await seen()).toEqual([
    ['2026-03-10 22:00:00.000', '25'],
    ['2026-03-11 06:40:00.000', '16'],
    ['2026-03-11 12:00:00.000', '43'],
  ]);
  await lake.land([late!]);
  await lake.drain();
  // No pause any more since the midnight of the 11th: the one of the 12th cuts. 22:00 to 11:40 are 42 events,
  // noon to 23:40 are 36, midnight to 02:00 are 7.
  expect(await seen()).toEqual([
    ['2026-03-10 22:00:00.000', '42'],
    ['2026-03-11 12:00:00.000', '36'],
    ['2026-03-12 00:00:00.000', '7'],
  ]);
  await lake.close();
});

it('other rules that cut the same facts elsewhere: no table of the old rules is taken for theirs', async () => {
  const lake = await openTestLake('site: shop\ntime_zone: UTC\nhosts: [shop.example]\n');
  const { objects } = lake.lake;
  const seen = () => lake.rows('SELECT event_id, session_event_number FROM events ORDER BY event_time');
  const times = [0, 10, 20].map((minute) => at('10T12:00:00') + minute * MINUTE);
  await lake.land(times.map((time, i) => pageView('shop', `e${i}`, 'v', time, '/')));
  await lake.drain();
  expect(await seen()).toEqual([
    ['e0', '1'],
    ['e1', '2'],
    ['e2', '3'],
  ]);
  const other = parseDefinition('sessions: { max_events: 2 }', 'default.yaml');
  await storeDefinition(objects, other);
  const asked = { at: new Date(lake.lake.clock.now()).toISOString(), who: 'ada' };
  const { id } = await startApplying(
    objects,
    candidateOf(other, {}, {}),
    { ...asked, why: 'shorter', changes: ['max_events: 2'], base: 1 },
    { ...asked, max_cost: null },
  );
  await lake.lake.bus.announce([{ type: 'Definition Changed', detail: { proposal: id } }]);
  await lake.drain();
  expect(await seen()).toEqual([
    ['e0', '1'],
    ['e1', '2'],
    ['e2', '1'],
  ]);
  await lake.close();
});
