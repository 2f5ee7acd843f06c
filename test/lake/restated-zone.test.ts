import { expect, it } from 'vitest';
import { lakeStatus } from '../../local/lake-status.ts';
import { loadDefinition } from '../../shared/lake/definitions.ts';
import { liveRelease, putRelease } from '../../shared/lake/releases.ts';
import { sliceIds } from '../../shared/lake/slices.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

/** A release that says another zone of a site, as an apply will put it. */
async function restate(lake: TestLake, time_zone: string): Promise<void> {
  const { lake: local } = lake;
  const live = (await liveRelease(local.objects))!;
  const sites = { ...live.sites, shop: { time_zone, hosts: ['shop.example'] } };
  const slices = sliceIds(await loadDefinition(local.objects, live.definition), sites, {});
  const release = live.release + 1;
  await putRelease(local.objects, { ...live, release, sites, slices, changes: [`shop is in ${time_zone}`] });
  await local.bus.announce([{ type: 'Release Published', detail: { release } }]);
  await lake.drain();
}

it('a corrected time zone restates days and sessions, leaves facts alone, and back again reuses all', async () => {
  const lake = await openTestLake(
    'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n',
    'sessions: { at_midnight: true }',
  );
  // 23:50 and 00:10 UTC are one morning in Tokyo; 14:50 and 15:10 UTC lie on both sides of its midnight.
  const at = (text: string): number => Date.parse(text);
  await lake.land([
    pageView('shop', 'a', 'v', at('2026-03-10T23:50:00Z'), '/a'),
    pageView('shop', 'b', 'v', at('2026-03-11T00:10:00Z'), '/b'),
    pageView('shop', 'c', 'w', at('2026-03-11T14:50:00Z'), '/c'),
    pageView('shop', 'd', 'w', at('2026-03-11T15:10:00Z'), '/d'),
  ]);
  await lake.drain();
  const sessions = () => lake.rows('SELECT dt, landing_page, event_count FROM sessions ORDER BY started_at');
  const facts = async () =>
    Object.values((await lake.lake.lake.log('shop').read()).units).map((unit) => unit.facts!.object);
  const inUtc = [
    ['2026-03-10', '/a', '1'],
    ['2026-03-11', '/b', '1'],
    ['2026-03-11', '/c', '2'],
  ];
  expect(await sessions()).toEqual(inUtc);
  const before = await facts();

  await restate(lake, 'Asia/Tokyo');
  expect(await sessions()).toEqual([
    ['2026-03-11', '/a', '2'],
    ['2026-03-11', '/c', '1'],
    ['2026-03-12', '/d', '1'],
  ]);
  expect(await lake.rows("SELECT event_id FROM events WHERE dt = '2026-03-12'")).toEqual([['d']]);
  expect(await facts()).toEqual(before);
  expect((await lakeStatus(lake.lake)).stale).toEqual([]);

  const manifests = async () => (await lake.lake.objects.list('state/manifests/')).length;
  const made = await manifests();
  await restate(lake, 'UTC');
  expect(await sessions()).toEqual(inUtc);
  expect(await manifests()).toBe(made);
  await lake.close();
});
