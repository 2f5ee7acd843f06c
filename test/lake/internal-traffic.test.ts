import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

/** Internal traffic by hand: flagged until the 9th, excluded from the 10th on. */

const DEFINITION = `
conversions: [{ name: read, when: { field: url_path, is: /read } }]
page_groups: [{ name: Ours, when: { field: is_internal, is: true } }]
filters:
  internal:
    - 203.0.113.0/24
    - { field: user_id, starts_with: staff- }
    - { all: [{ field: is_bot, is: false }, { field: properties.office, is: true }] }
scopes: [{ from: 2026-03-10, filters: { internal_mode: exclude } }]
`;
const marts = Object.fromEntries(
  ['mart_daily_traffic', 'mart_conversions'].map((name) => [
    name,
    readFileSync(new URL(`../../marts/${name}.sql`, import.meta.url), 'utf8'),
  ]),
);

const at = (text: string): number => Date.parse(`2026-03-${text}Z`);
const view = (id: string, time: string, path = '/', more: Record<string, unknown> = {}) =>
  pageView('shop', id, id.slice(0, 1), at(time), path, more);
const from = (address: string, record: ReturnType<typeof view>) => ({ ...record, address });

const HISTORY = [
  // a: from the office, then from elsewhere in the same session; another session later
  from('203.0.113.0', view('a1', '05T10:00')),
  from('198.51.100.0', view('a2', '05T10:10', '/read')),
  from('198.51.100.0', view('a3', '05T12:00', '/read')),
  // b: logs in behind midnight, which makes the session of the day before internal
  view('b1', '05T23:50', '/read'),
  view('b2', '06T00:05', '/', { user: 'staff-7' }),
  // c: only an engagement tells, two midnights after nothing
  view('c1', '07T23:50'),
  view('c2', '08T00:05', '/', { type: 'engagement', value: 1000, properties: { office: true } }),
  // d: nobody special
  view('d1', '05T10:00', '/read'),
  // the same on days on which internal traffic is excluded
  from('203.0.113.0', view('e1', '10T10:00')),
  from('198.51.100.0', view('e2', '10T10:10', '/read')),
  from('198.51.100.0', view('e3', '10T10:41', '/read')),
  view('f1', '10T23:50', '/read'),
  view('f2', '11T00:05', '/', { user: 'staff-7' }),
  view('g1', '11T10:00', '/read'),
  // h: the session is of a flagged day, one of its events of an excluding one
  view('h1', '09T23:50', '/', { user: 'staff-1' }),
  view('h2', '10T00:05', '/read', { user: 'staff-1' }),
];

let lake: TestLake;
beforeAll(async () => {
  lake = await openTestLake('site: shop\ntime_zone: UTC\nhosts: [shop.example]\n', DEFINITION, {}, marts);
  await lake.land(HISTORY);
  await lake.drain();
});
afterAll(() => lake.close());

it('an event is internal by address, user or property', async () => {
  expect(await lake.rows('SELECT event_id, is_internal, page_group FROM events ORDER BY event_id')).toEqual([
    ['a1', 'true', 'Ours'],
    ['a2', 'false', null],
    ['a3', 'false', null],
    ['b1', 'false', null],
    ['b2', 'true', 'Ours'],
    ['c1', 'false', null],
    ['c2', 'true', 'Ours'],
    ['d1', 'false', null],
    ['e2', 'false', null],
    ['e3', 'false', null],
    ['f1', 'false', null],
    ['g1', 'false', null],
    ['h1', 'true', 'Ours'],
  ]);
});

it('a session is internal if any of its events is, on whatever day; excluded ones vanish when all is found', async () => {
  const sql =
    'SELECT visitor_id, dt, event_count, is_internal, conversion_count FROM sessions ORDER BY visitor_id, started_at';
  expect(await lake.rows(sql)).toEqual([
    ['a', '2026-03-05', '2', 'true', '1'],
    ['a', '2026-03-05', '1', 'false', '1'],
    ['b', '2026-03-05', '2', 'true', '1'],
    ['c', '2026-03-07', '1', 'true', '0'],
    ['d', '2026-03-05', '1', 'false', '1'],
    // e2 joined the internal session and is gone with it; e3, 31 minutes later, is a session of its own.
    ['e', '2026-03-10', '1', 'false', '1'],
    ['g', '2026-03-11', '1', 'false', '1'],
    ['h', '2026-03-09', '2', 'true', '0'],
  ]);
});

it('conversions follow: flagged with their session, gone with it or by themselves', async () => {
  expect(await lake.rows('SELECT event_id, is_internal FROM conversions ORDER BY event_id')).toEqual([
    ['a2', 'true'],
    ['a3', 'false'],
    ['b1', 'true'],
    ['d1', 'false'],
    ['e3', 'false'],
    ['g1', 'false'],
  ]);
});

it('marts leave both kinds out', async () => {
  const traffic = 'SELECT dt, visitors, sessions, conversions FROM mart_daily_traffic ORDER BY dt';
  expect((await lake.rows(traffic)).filter(([dt]) => dt === '2026-03-05' || dt! >= '2026-03-10')).toEqual([
    // visitors: a, b (b1 by itself is not internal) and d
    ['2026-03-05', '3', '2', '2'],
    // e, and f by the event that is not internal
    ['2026-03-10', '2', '1', '1'],
    ['2026-03-11', '1', '1', '1'],
  ]);
  const credit = "SELECT dt, credit FROM mart_conversions WHERE model = 'first' ORDER BY dt";
  expect(await lake.rows(credit)).toEqual([
    ['2026-03-05', '2.0'],
    ['2026-03-10', '1.0'],
    ['2026-03-11', '1.0'],
  ]);
});
