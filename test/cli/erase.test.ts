import { afterEach, expect, it } from 'vitest';
import { openTestLake, type TestLake } from '../lake/open.ts';
import { pageView } from '../lake/page-view.ts';
import { run } from './running.ts';

const GONE = 'somebody-4711';
const DAY = Date.parse('2026-03-01T10:00:00Z');
let test: TestLake;
afterEach(() => test.close());

it('looks, asks, erases, and says what it did', async () => {
  test = await openTestLake('site: shop\ntime_zone: UTC\nhosts: [shop.example]\n');
  await test.land([pageView('shop', 'a', GONE, DAY, '/a'), pageView('shop', 'b', 'other', DAY, '/b')]);
  await test.drain();
  const visitors = () => test.rows('SELECT visitor_id FROM events ORDER BY 1');
  const erase = (...more: string[]) => run(['erase', '--visitor', GONE, '--home', test.home, ...more]);

  const nowhere = await run(['erase', '--site', 'shop', '--visitor', GONE, '--yes', '--json']);
  expect(nowhere.code).toBe(2);
  expect(JSON.parse(nowhere.stdout)).toMatchObject({ error: 'no_lake' });

  const wrong = await erase('--site', 'shpo', '--json');
  expect(wrong.code).toBe(2);
  expect(JSON.parse(wrong.stdout)).toMatchObject({ error: 'unknown_site', field: 'site' });

  const dry = await erase('--site', 'shop', '--dry-run', '--json');
  expect(dry.code).toBe(0);
  expect(JSON.parse(dry.stdout)).toMatchObject({
    finished: null,
    removed: { facts: 1, units: ['2026-03-01'], landed_lines: 1, landing_objects: 1 },
  });
  const unasked = await erase('--site', 'shop', '--json');
  expect(unasked.code).toBe(3);
  expect(JSON.parse(unasked.stdout)).toMatchObject({ error: 'not_confirmed', field: '--yes' });
  expect(await visitors()).toEqual([['other'], [GONE]]);

  const done = await erase('--site', 'shop', '--yes');
  expect(done.code).toBe(0);
  expect(done.stdout).toContain('removed: 1 events in 1 days, 1 landed lines in 1 objects');
  expect(done.stdout + done.stderr).not.toContain(GONE);
  expect(await visitors()).toEqual([['other']]);
});
