import { expect, it } from 'vitest';
import { reconcile } from '../../cli/reconcile.ts';
import { compactLanding } from '../../functions/compact/compact.ts';
import type { FaultHook } from '../../local/aws/index.ts';
import { consumedBy, foldLedger, unconsumed } from '../../shared/lake/ledger.ts';
import { SiteLog } from '../../shared/lake/site-log.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

/** The ledger after its older entries were moved out of the index: nothing is counted twice, nothing forgotten. */

const DAY = 86_400_000;
const START = Date.parse('2026-03-01T12:00:00Z');
const UNIT = '2026-03-01';
const SITE = 'site: shop\nhosts: [shop.example]\n';

/** A lake at which one event of `UNIT` lands on each of six days. */
async function filled(fault?: FaultHook): Promise<{ lake: TestLake; keys: string[]; compact: Compact }> {
  let now = START;
  const lake = await openTestLake(SITE, '', { clock: { now: () => now }, ...(fault ? { fault } : {}) });
  const { bus, log, lake: known, objects } = lake.lake;
  const compact: Compact = (keys, ledgerEntries = 1_000) =>
    compactLanding({ lake: known, bus, log, limits: { ledgerEntries } }, keys);
  for (let day = 0; day < 6; day++) {
    now = START + day * DAY;
    await lake.land([pageView('shop', `e${day}`, 'v', START + day * 1000, '/x')]);
  }
  const keys = (await objects.list('landing/')).map(({ key }) => key).sort();
  return { lake, keys, compact };
}
type Compact = (keys: readonly string[], ledgerEntries?: number) => Promise<Map<string, Error>>;

const indexOf = (lake: TestLake) => lake.lake.lake.log('shop').read();

it('three old entries stay in the index while four are wanted', async () => {
  const { lake, keys, compact } = await filled();
  expect([...(await compact(keys, 4))]).toEqual([]);
  const index = await indexOf(lake);
  expect(Object.keys(index.units[UNIT]!.consumed).sort()).toEqual(keys);
  expect(index.ledger).toBeUndefined();
  expect(index.units[UNIT]!.facts!.rows).toBe(6);
  await lake.close();
});

it('three old entries are moved when three are enough, and read back by whoever asks', async () => {
  const { lake, keys, compact } = await filled();
  await compact(keys, 3);
  const index = await indexOf(lake);
  expect(index.ledger).toMatchObject([{ from: keys[0], to: keys[2], entries: 3 }]);
  expect(Object.keys(index.units[UNIT]!.consumed)).toEqual(keys.slice(3));
  const { objects } = lake.lake;
  expect(await consumedBy(objects, index, UNIT)).toEqual(Object.fromEntries(keys.map((key) => [key, 1])));
  const asked = [...keys, `${keys[0]!.slice(0, -30)}9999999999999-0123456789abcdef.ndjson.gz`].map(
    (object) => ({
      object,
    }),
  );
  expect(await unconsumed(objects, index, UNIT, asked)).toEqual(asked.slice(6));
  // The same again in another process: from the checkpointless log.
  const other = await new SiteLog(objects, lake.lake.clock, 'shop').read();
  expect(other).toEqual(index);
  await lake.close();
});

it('a landing object of a part that is announced again brings nothing', async () => {
  const { lake, keys, compact } = await filled();
  await compact(keys, 3);
  const { n, units } = await indexOf(lake);
  const { object } = units[UNIT]!.facts!;
  expect([...(await compact(keys))]).toEqual([]);
  const again = await indexOf(lake);
  expect(again.n).toBe(n);
  expect(again.units[UNIT]!.facts!.object).toBe(object);
  await lake.close();
});

it('an old landing object that was never consumed is still brought in, once', async () => {
  const { lake, keys, compact } = await filled();
  await compact([keys[0]!, keys[2]!, ...keys.slice(3)], 2);
  expect((await indexOf(lake)).ledger).toHaveLength(1);
  expect(await reconcile(lake.lake)).toBe(1);
  await lake.drain();
  const index = await indexOf(lake);
  expect(index.units[UNIT]!.facts!.rows).toBe(6);
  expect(index.units[UNIT]!.consumed[keys[1]!]).toBe(true);
  // It is moved in its turn, into a part that overlaps the first.
  expect(await foldLedger(lake.lake.objects, lake.lake.lake.log('shop'), START + 5 * DAY, 1)).toBe('folded');
  expect(Object.keys(await consumedBy(lake.lake.objects, index, UNIT)).sort()).toEqual(keys);
  expect(await reconcile(lake.lake)).toBe(0);
  await lake.close();
});

it('moves nothing when the log moved on meanwhile', async () => {
  const { lake, keys, compact } = await filled();
  await compact(keys);
  const log = lake.lake.lake.log('shop');
  const { objects } = lake.lake;
  const put = objects.put.bind(objects);
  // Somebody else appends between the part and the entry that would name it.
  objects.put = async (key, ...rest) => {
    if (key.startsWith('state/ledger/')) {
      const other = new SiteLog(objects, lake.lake.clock, 'shop');
      await other.read();
      await other.append({ type: 'derived', results: [] });
    }
    return put(key, ...rest);
  };
  expect(await foldLedger(objects, log, START + 5 * DAY, 1)).toBe('lost');
  objects.put = put;
  const index = await indexOf(lake);
  expect(index.ledger).toBeUndefined();
  expect(Object.keys(index.units[UNIT]!.consumed)).toEqual(keys);
  expect(await objects.list('state/ledger/')).toEqual([]);
  await lake.close();
});

it('the reconciler opens an hour again only when something in it is new', async () => {
  const opened: string[] = [];
  const { lake, keys, compact } = await filled(({ operation, summary }, phase) => {
    const key = summary.slice(summary.indexOf('/') + 1);
    if (phase === 'before' && operation === 'GetObject' && key.startsWith('landing/')) opened.push(key);
    return undefined;
  });
  await compact(keys.slice(1));
  const looked = async (): Promise<string[]> => {
    opened.length = 0;
    await reconcile(lake.lake);
    return [...opened].sort();
  };
  expect(await looked()).toEqual(keys);
  // The first one is missing: its hour isn't done, and it is found each time.
  expect(await looked()).toEqual([keys[0]]);
  await compact(keys);
  expect(await looked()).toEqual([keys[0]]);
  expect(await looked()).toEqual([]);
  await lake.land([pageView('shop', 'late', 'v', START, '/late')]);
  const added = (await lake.lake.objects.list('landing/'))
    .map(({ key }) => key)
    .filter((k) => !keys.includes(k));
  expect(await looked()).toEqual([...added, keys[5]].sort());
  await lake.close();
});
