import { expect, it } from 'vitest';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

/** Late events: what they change, and that nothing else is computed again. */

const SITE = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.parse('2026-03-01T00:00:00Z');

const at = (text: string): number => Date.parse(`2026-03-${text}Z`);
const view = (id: string, visitor: string, time: number): LandingRecord =>
  pageView('shop', id, visitor, time, `/${id}`);

/** A lake whose sessionizer's reasons are noted: `dataset unit: why`. */
async function watched(): Promise<{ lake: TestLake; recomputed: () => string[] }> {
  const lines: string[] = [];
  const log = {
    info: (message: string, about?: Record<string, unknown>) => {
      if (message === 'recomputed') lines.push(`${about!['dataset']} ${about!['unit']}: ${about!['why']}`);
    },
    warn: () => {},
    error: (message: string) => {
      throw new Error(message);
    },
  };
  const lake = await openTestLake(SITE, '', { log });
  return { lake, recomputed: () => lines.splice(0).sort() };
}

const sessions = (lake: TestLake) =>
  lake.rows('SELECT dt, landing_page, event_count FROM sessions ORDER BY started_at, landing_page');

const unitsOf = (recomputed: string[], dataset: string): string[] =>
  recomputed.filter((line) => line.startsWith(`${dataset} `)).map((line) => line.split(/[ :]/)[1]!);

it('a robot of thirty days and one late event: at most four units', async () => {
  const { lake, recomputed } = await watched();
  const robot = Array.from({ length: 30 * 72 }, (_, i) => view(`r${i}`, 'robot', START + i * 20 * MINUTE));
  await lake.land(robot);
  await lake.drain();
  recomputed();
  await lake.land([view('late', 'robot', START + 14 * DAY + 7 * MINUTE)]);
  await lake.drain();
  const units = recomputed();
  expect(unitsOf(units, 'boundaries')).toEqual(['2026-03-15']);
  for (const dataset of ['sessions', 'events']) {
    expect(unitsOf(units, dataset)).toContain('2026-03-15');
    expect(unitsOf(units, dataset).length).toBeLessThanOrEqual(4);
  }
  // The first midnight is crossed, each later one cuts: two days, then one a day.
  const counts = (await sessions(lake)).map(([dt, , n]) => `${dt} ${n}`);
  expect(counts).toHaveLength(29);
  expect(counts[0]).toBe('2026-03-01 144');
  expect(counts[1]).toBe('2026-03-03 72');
  expect(counts[13]).toBe('2026-03-15 73');
  await lake.close();
});

it('a late event merges two sessions over a midnight', async () => {
  const { lake, recomputed } = await watched();
  await lake.land([
    view('a', 'v', at('10T23:40:00')),
    view('b', 'v', at('11T00:20:00')),
    view('x', 'w', at('12T12:00:00')),
  ]);
  await lake.drain();
  expect(await sessions(lake)).toEqual([
    ['2026-03-10', '/a', '1'],
    ['2026-03-11', '/b', '1'],
    ['2026-03-12', '/x', '1'],
  ]);
  recomputed();
  await lake.land([view('late', 'v', at('11T00:00:00'))]);
  await lake.drain();
  expect(await sessions(lake)).toEqual([
    ['2026-03-10', '/a', '3'],
    ['2026-03-12', '/x', '1'],
  ]);
  expect(recomputed()).toEqual([
    'boundaries 2026-03-11: its facts or the rules',
    'crossings 2026-03-10: what meets at its end',
    'events 2026-03-10: sessions that run out',
    'events 2026-03-11: its facts or the rules',
    'sessions 2026-03-10: sessions that run out',
    'sessions 2026-03-11: its facts or the rules',
    'stitches 2026-03-11: what meets at its start',
  ]);
  await lake.close();
});

it('a late event over the edge splits a session of the next day', async () => {
  const lake = await openTestLake(SITE, 'sessions: { max_events: 3 }');
  await lake.land([
    view('b', 'v', at('11T00:10:00')),
    view('c', 'v', at('11T00:20:00')),
    view('d', 'v', at('11T00:30:00')),
  ]);
  await lake.drain();
  expect(await sessions(lake)).toEqual([['2026-03-11', '/b', '3']]);
  await lake.land([view('late', 'v', at('10T23:50:00'))]);
  await lake.drain();
  expect(await sessions(lake)).toEqual([
    ['2026-03-10', '/late', '3'],
    ['2026-03-11', '/d', '1'],
  ]);
  await lake.close();
});

it('a late event that bridges the only pause of three weeks makes the stay fall apart at its midnights', async () => {
  const { lake, recomputed } = await watched();
  // Every half hour but for one pause a day at noon, of 31 minutes: each midnight is then crossed.
  const stay = Array.from({ length: 21 }, (_, day) =>
    Array.from({ length: 48 }, (_, i) => {
      const minutes = i < 24 ? i * 30 : i * 30 + 1;
      return view(`s${day}.${i}`, 'v', START + day * DAY + minutes * MINUTE);
    }),
  );
  await lake.land(stay.flat());
  await lake.drain();
  // A session runs from after one noon's pause to the next noon.
  expect((await sessions(lake)).length).toBe(22);
  recomputed();
  await lake.land([view('late', 'v', START + 10 * DAY + (11 * 60 + 45) * MINUTE)]);
  await lake.drain();
  const units = recomputed();
  expect(unitsOf(units, 'boundaries')).toEqual(['2026-03-11']);
  expect(unitsOf(units, 'sessions').length).toBeLessThanOrEqual(4);
  const around = (await sessions(lake)).filter(([dt]) => dt! >= '2026-03-10' && dt! <= '2026-03-12');
  // The morning of the 11th belongs to the session of the 10th, goes on past noon, and midnight cuts it.
  expect(around.map(([dt, landing]) => `${dt} ${landing}`)).toEqual([
    '2026-03-10 /s9.24',
    '2026-03-12 /s11.0',
    '2026-03-12 /s11.24',
  ]);
  await lake.close();
});
