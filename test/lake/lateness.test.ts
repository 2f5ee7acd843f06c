import { expect, it } from 'vitest';
import { lakeStatus } from '../../local/lake-status.ts';
import { openTestLake } from './open.ts';
import { pageView } from './page-view.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SITE = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\nlateness: 1d\n';
const START = Date.parse('2026-03-10T00:00:00Z');

it('a day is open, settles, is settled, and late data reopens it', async () => {
  let now = START + 12 * HOUR;
  const lake = await openTestLake(SITE, '', { clock: { now: () => now } });
  const phases = async () => (await lakeStatus(lake.lake)).sites[0]!.phases;
  const only = (phase: string) => ({ open: 0, settling: 0, settled: 0, reopened: 0, [phase]: 1 });
  await lake.land([pageView('shop', 'a', 'v', now, '/')]);
  await lake.drain();
  // Its end plus the timeout of 30 minutes, exclusive; then a day of lateness.
  for (const [hours, phase] of [
    [12, 'open'],
    [24.5 - 1e-6, 'open'],
    [24.5, 'settling'],
    [48.5 - 1e-6, 'settling'],
    [48.5, 'settled'],
  ] as const) {
    now = START + hours * HOUR;
    expect(await phases(), `${hours} hours`).toEqual(only(phase));
  }
  now = START + 48 * HOUR;
  await lake.land([pageView('shop', 'b', 'v', START + 13 * HOUR, '/b')]);
  await lake.drain();
  now = START + 60 * HOUR;
  expect(await phases()).toEqual(only('settled'));

  await lake.land([pageView('shop', 'c', 'v', START + 14 * HOUR, '/c')]);
  await lake.drain();
  expect(await phases()).toEqual(only('reopened'));
  expect(await lake.rows('SELECT unit, state, facts, open_until FROM units')).toEqual([
    ['2026-03-10', 'reopened', '3', '2026-03-11 00:30:00.000'],
  ]);
  expect(await lake.rows('SELECT count(*) FROM sessions')).toEqual([['3']]);
  await lake.close();
});

it('history that is imported later than its day is not late until its own window is over', async () => {
  let now = START + 100 * DAY;
  const lake = await openTestLake(SITE, '', { clock: { now: () => now } });
  const state = () => lake.rows('SELECT state FROM units');
  for (const id of ['a', 'b']) {
    await lake.land([pageView('shop', id, 'v', START + HOUR, `/${id}`)]);
    await lake.drain();
    now += HOUR;
  }
  const { sites } = await lakeStatus(lake.lake);
  expect(sites[0]!.phases).toEqual({ open: 0, settling: 1, settled: 0, reopened: 0 });
  expect(await state()).toHaveLength(1);
  now += 2 * DAY;
  await lake.land([pageView('shop', 'c', 'v', START + HOUR, '/c')]);
  await lake.drain();
  expect((await lakeStatus(lake.lake)).sites[0]!.phases.reopened).toBe(1);
  await lake.close();
});
