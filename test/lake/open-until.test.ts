import { expect, it } from 'vitest';
import { openTestLake } from './open.ts';
import { pageView } from './page-view.ts';

const SITE = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n';
const at = (text: string): number => Date.parse(`2026-03-0${text}:00Z`);

// Two visits each; a day of UTC is a unit. open_until of the first is its end plus 30 minutes, unless the
// second began before that (each second visit begins with an event that starts a session by its name).
const VISITS: [visitor: string, first: string, second: string, openUntil: string | null][] = [
  ['a launch in time, same unit', '2T10:00', '2T10:20', null],
  ['a launch at the very timeout', '2T10:00', '2T10:30', null],
  ['a launch after the timeout, same unit', '2T10:00', '2T12:00', '2026-03-02 10:30:00.000'],
  ['a launch in time, next unit', '2T23:50', '3T00:10', null],
  ['a launch just after the timeout, next unit', '2T23:50', '3T00:21', '2026-03-03 00:20:00.000'],
  ['a launch far away in the next unit', '2T10:00', '3T10:00', '2026-03-02 10:30:00.000'],
];

it('a session is open until it times out, unless the next one began before that', async () => {
  const lake = await openTestLake(SITE, 'sessions: { on_event: [launch] }');
  await lake.land(
    VISITS.flatMap(([visitor, first, second], i) => [
      pageView('shop', `${i}a`, visitor, at(first), '/'),
      pageView('shop', `${i}b`, visitor, at(second), '/', { name: 'launch', type: 'event' }),
    ]),
  );
  await lake.drain();
  const found = await lake.rows(
    'SELECT visitor_id, open_until FROM (SELECT *, row_number() OVER (PARTITION BY visitor_id ORDER BY started_at) AS n FROM sessions) WHERE n = 1',
  );
  expect(Object.fromEntries(found)).toEqual(
    Object.fromEntries(VISITS.map(([visitor, , , openUntil]) => [visitor, openUntil])),
  );
  await lake.close();
});
