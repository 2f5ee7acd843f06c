import { expect, it } from 'vitest';
import { openTestLake } from './open.ts';
import { pageView } from './page-view.ts';

const SITE = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n';
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
