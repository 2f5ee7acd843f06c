import { expect, it } from 'vitest';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

/** Copies and collisions on different days: DESIGN "Duplicates", with the window of two days. */

const SITE = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n';
const HOUR = 3_600_000;
const NOON = Date.parse('2026-03-10T12:00:00Z');

const view = (id: string, visitor: string, time: number, path: string): LandingRecord =>
  pageView('shop', id, visitor, time, path);
/** The same content, its time corrected otherwise. */
const copy = (record: LandingRecord, hours: number, ms = 0): LandingRecord => ({
  ...record,
  event_time: record.event_time + hours * HOUR + ms,
  received_at: record.received_at + hours * HOUR + ms,
});

async function facts(pieces: LandingRecord[][], together = false) {
  const lake = await openTestLake(SITE);
  for (const piece of pieces) {
    await lake.land(piece);
    if (!together) await lake.drain();
  }
  await lake.drain();
  const result = { rows: await rowsOf(lake), digests: withoutEmpty(await lake.digests()) };
  await lake.close();
  return result;
}

const rowsOf = async (lake: TestLake): Promise<string[]> => {
  const rows = await lake.rows(
    'SELECT event_id, event_time, visitor_id FROM events ORDER BY event_time, event_id',
  );
  return rows.map((row) => row.join(' '));
};

/** A unit that lost its last row to a neighbour has empty tables; one that never had any has none. */
const withoutEmpty = (digests: Record<string, string>) =>
  Object.fromEntries(Object.entries(digests).filter(([, digest]) => digest !== '0:0'));

const first = view('a', 'v', NOON, '/');
const other = view('b', 'w', NOON + 26 * HOUR, '/other');

it.each([
  ['on the next day', 24],
  ['two days later, at the edge of the window', 48],
  ['on the day before', -24],
])('a copy %s is one event, the earlier one, whatever came first', async (_, hours) => {
  const second = copy(first, hours);
  const earlier = Math.min(first.event_time, second.event_time);
  const wanted = new Date(earlier).toISOString().replace('T', ' ').replace('Z', '');
  const forward = await facts([[first], [second, other]]);
  expect(forward.rows.filter((row) => row.startsWith('a '))).toEqual([`a ${wanted} v`]);
  expect(forward.rows).toHaveLength(2);
  expect(await facts([[second, other], [first]])).toEqual(forward);
  expect(await facts([[first], [second, other], [second], [first]])).toEqual(forward);
  expect(await facts([[second, other], [first]], true)).toEqual(forward);
});

it('copies farther apart than the window are two', async () => {
  const { rows } = await facts([[first], [copy(first, 48, 1)]]);
  expect(rows).toHaveLength(2);
});

it('other content under the same id, a day later: the earlier keeps it, the later is told apart', async () => {
  const clash = view('a', 'x', NOON + 24 * HOUR, '/clash');
  const forward = await facts([[first], [clash]]);
  expect(forward.rows[0]).toBe('a 2026-03-10 12:00:00.000 v');
  expect(forward.rows[1]).toMatch(/^[0-9a-f]{32} 2026-03-11 12:00:00\.000 x$/);
  expect(await facts([[clash], [first]])).toEqual(forward);
  expect(await facts([[clash], [first], [clash]])).toEqual(forward);
});

it('ids that were settled with another day stay as they are when something else arrives', async () => {
  // Three contents under one id: the one of the day before keeps it.
  const clashes = [1, 2].map((n) => view('a', `v${n}`, NOON + (20 + n) * HOUR, `/clash-${n}`));
  const settled = await facts([[first], clashes]);
  expect(settled.rows.filter((row) => row.startsWith('a '))).toEqual(['a 2026-03-10 12:00:00.000 v']);
  const later = await facts([[first], clashes, [other]]);
  expect(later.rows.filter((row) => !row.startsWith('b '))).toEqual(settled.rows);
});

it('a session that lost its only event to an earlier copy is gone', async () => {
  const lake = await openTestLake(SITE);
  await lake.land([copy(first, 24)]);
  await lake.drain();
  expect(await lake.rows('SELECT dt FROM sessions')).toEqual([['2026-03-11']]);
  await lake.land([first]);
  await lake.drain();
  expect(await lake.rows('SELECT dt FROM sessions')).toEqual([['2026-03-10']]);
  await lake.close();
});

const at = (text: string): number => Date.parse(`2026-03-02T${text}Z`);

it.each([
  ['in the order in which they were received', ['10:00:02', '10:00:05', '10:00:09']],
  ['the first one last', ['10:00:09', '10:00:05', '10:00:02']],
])('of copies the one received first stays, landed %s', async (_, received) => {
  const lake = await openTestLake(SITE);
  const view = pageView('shop', 'a', 'v', at('10:00:00'), '/');
  for (const time of received) {
    await lake.land([{ ...view, received_at: at(time) }]);
    await lake.drain();
  }
  expect(await lake.rows('SELECT event_id, received_at FROM events')).toEqual([
    ['a', '2026-03-02 10:00:02.000'],
  ]);
  const { units } = await lake.lake.lake.log('shop').read();
  const accepted = Object.values(units['2026-03-02']!.accepted);
  expect(accepted.reduce((sum, n) => sum + n, 0)).toBe(1);
  await lake.close();
});
