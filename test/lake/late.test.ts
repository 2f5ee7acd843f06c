import { expect, it } from 'vitest';
import { openTestLake } from './open.ts';
import { at, DAY, MINUTE, SITE, START, sessions, unitsOf, view, watched } from './watched.ts';

/** Late events: what they change, and that nothing else is computed again. */

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
