import { expect, it } from 'vitest';
import { type Reconciled, reconcile } from '../../functions/reconcile/reconcile.ts';
import type { Call } from '../../local/aws/index.ts';
import { openTestLake } from '../lake/open.ts';
import { pageView } from '../lake/page-view.ts';

/** How far back the reconciler lists, and what it finds there. */

const DAY = 86_400_000;
const START = Date.parse('2026-03-01T12:00:00Z');

it('recent finds what was landed in the last two days, and on from where something was missing; all finds all', async () => {
  let now = START;
  const opened: string[] = [];
  const fault = async (call: Call, when: string): Promise<undefined> => {
    if (when === 'before' && call.operation === 'GetObject' && call.summary.includes('/landing/'))
      opened.push(call.summary);
    return undefined;
  };
  const lake = await openTestLake('site: shop\nhosts: [shop.example]\n', '', {
    clock: { now: () => now },
    fault,
  });
  const { lake: local } = lake;
  const found: string[][] = [];
  const look = (reach: 'all' | 'recent'): Promise<Reconciled> =>
    reconcile(
      {
        lake: local.lake,
        bus: local.bus,
        landAgain: async () => 0,
        compactAgain: async (keys) => {
          found.push([...keys]);
        },
      },
      reach,
    );
  for (let day = 0; day < 6; day++) {
    now = START + day * DAY;
    await lake.land([pageView('shop', `e${day}`, 'v', now, '/x')]);
  }
  const keys = (await local.objects.list('landing/')).map(({ key }) => key);
  expect(keys).toHaveLength(6);

  // Nothing was looked at yet: recent is all.
  expect((await look('recent')).missing).toBe(6);
  expect(found.at(-1)).toEqual(keys);
  // What was missing is looked at again, however old.
  expect((await look('recent')).missing).toBe(6);
  await local.compactAgain(keys);
  await lake.drain();
  expect((await look('recent')).missing).toBe(0);

  // A week later something from the first day is there that nobody saw: only all finds it.
  now = START;
  await lake.land([pageView('shop', 'late', 'v', START, '/late')]);
  now = START + 7 * DAY;
  await lake.land([pageView('shop', 'e7', 'v', now, '/x')]);
  opened.length = 0;
  expect((await look('recent')).missing).toBe(1);
  expect(found.at(-1)?.[0]).toContain('landing/dt=2026-03-08/');
  expect(opened.filter((name) => !name.includes('dt=2026-03-08'))).toEqual([]);
  expect((await look('all')).missing).toBe(2);
  // And from then on recent goes back to it.
  expect((await look('recent')).missing).toBe(2);
  await lake.close();
});
