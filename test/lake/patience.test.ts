import { expect, it } from 'vitest';
import { compactLanding } from '../../functions/compact/compact.ts';
import { waitFor } from '../../functions/compact/patience.ts';
import type { UnitState } from '../../shared/lake/site-index.ts';
import { openTestLake } from './open.ts';
import { pageView } from './page-view.ts';

const MINUTE = 60_000;
const unit = (work_ms: number, changed_at: number): UnitState => ({
  facts: { object: 'o', rows: 1, bytes: 1, digest: 'd', received: '0', from: 0, to: 0 },
  first_at: 0,
  changed_at,
  work_ms,
  consumed: {},
  accepted: {},
  results: {},
});

it('a unit rests sixty times as long as its facts took, at most as long as readers accept', () => {
  const fresh = 15 * MINUTE;
  // 5 s of compaction, 10 of what follows: 300 s.
  expect(waitFor(unit(5_000, 0), fresh, 0)).toBe(300_000);
  expect(waitFor(unit(5_000, 0), fresh, 200_000)).toBe(100_000);
  expect(waitFor(unit(5_000, 0), fresh, 300_000)).toBe(0);
  expect(waitFor(unit(100_000, 0), fresh, 0)).toBe(fresh);
  expect(waitFor(unit(100_000, 0), 0, 0)).toBe(0);
  // Below a minute it is not worth a message.
  expect(waitFor(unit(999, 0), fresh, 0)).toBe(0);
  expect(waitFor(unit(1_000, 0), fresh, 0)).toBe(MINUTE);
  expect(waitFor(undefined, fresh, 0)).toBe(0);
  expect(waitFor({ ...unit(5_000, 0), facts: null }, fresh, 0)).toBe(0);
});

it('rows of a resting unit are sent again for later, other units are brought in, and nothing is lost', async () => {
  let now = Date.parse('2026-03-10T12:00:00Z');
  const lake = await openTestLake('site: shop\nhosts: [shop.example]\nfreshness: 10m\n', '', {
    clock: { now: () => now },
  });
  await lake.land([pageView('shop', 'a', 'v', now, '/a')]);
  await lake.drain();
  const log = lake.lake.lake.log('shop');
  const { units } = await log.read();
  units['2026-03-10']!.work_ms = 60_000;
  const sent: { keys: readonly string[]; seconds: number }[] = [];
  const { bus, log: lines } = lake.lake;
  const compact = (keys: string[]) =>
    compactLanding(
      {
        lake: lake.lake.lake,
        bus,
        log: lines,
        later: async (again, seconds) => void sent.push({ keys: again, seconds }),
      },
      keys,
    );
  now += MINUTE;
  await lake.land([
    pageView('shop', 'b', 'v', now, '/b'),
    pageView('shop', 'c', 'v', now - 2 * 24 * 60 * MINUTE, '/c'),
  ]);
  const landed = (await lake.lake.objects.list('landing/')).map(({ key }) => key);
  const newest = landed.at(-1)!;
  expect(await compact([newest])).toEqual(new Map());
  // Ten minutes of freshness, one of which is over.
  expect(sent).toEqual([{ keys: [newest], seconds: 540 }]);
  expect(Object.values((await log.read()).units).map(({ facts }) => facts!.rows)).toEqual([1, 1]);
  now += 9 * MINUTE;
  expect(await compact([newest])).toEqual(new Map());
  expect(sent).toHaveLength(1);
  expect((await log.read()).units['2026-03-10']!.facts!.rows).toBe(2);
  await lake.close();
});
