import { afterEach, expect, it } from 'vitest';
import { reconcile } from '../../cli/reconcile.ts';
import { erasurePrefix } from '../../shared/lake/keys.ts';
import { landedRecords, openLanding } from '../../shared/lake/landing-reader.ts';
import { filesHolding } from './byte-search.ts';
import { erase, everything, GONE, landHistory, NOW, openErasable, redefine, shown } from './erased-lake.ts';
import type { TestLake } from './open.ts';

let lakes: TestLake[] = [];
afterEach(async () => {
  for (const lake of lakes) await lake.close();
  lakes = [];
});

async function open(...options: Parameters<typeof openErasable>): Promise<TestLake> {
  const test = await openErasable(...options);
  lakes.push(test);
  return test;
}

it('is as if the visitor had never been, in every byte, and stays so', async () => {
  const never = await open({}, 12);
  await landHistory(never, GONE);
  const expected = await everything(never);

  const test = await open();
  await landHistory(test);
  await redefine(test);
  expect(await test.rows(`SELECT count(*) FROM events WHERE visitor_id = '${GONE}'`)).toEqual([['4']]);
  const others = await shown(test, GONE);
  expect((await filesHolding(test.home, GONE)).length).toBeGreaterThan(20);

  const receipt = await erase(test);
  expect(await filesHolding(test.home, GONE)).toEqual([]);
  expect(receipt).toMatchObject({ site: 'shop', who: 'ada', mentions: [], waiting: [], unreadable: [] });
  expect(receipt.removed).toMatchObject({
    facts: 4,
    units: ['2026-03-01', '2026-03-02', '2026-03-03'],
    landed_lines: 4,
    landing_objects: 3,
    refused_lines: 2,
  });
  expect(receipt.removed.forgotten_results).toBeGreaterThan(0);
  expect(receipt.finished).toBe(new Date(NOW).toISOString());
  const kept = await test.lake.objects.list(erasurePrefix);
  expect(kept.length).toBe(1);
  expect(JSON.parse((await test.lake.objects.get(kept[0]!.key))!.body.toString())).toEqual(receipt);

  expect(await everything(test)).toEqual(expected);
  const { rejected, ...rows } = await shown(test);
  expect(rows).toEqual({ ...others, rejected: undefined });
  expect(rejected).toEqual([['{"visitor":"stays-1","time":"no"}']]);

  // Lines keep their numbers: the facts say where each landed.
  for (const { key } of await test.lake.objects.list('landing/')) {
    const index = await openLanding(test.lake.objects, key);
    for (const unit of index!.units) {
      const records = await landedRecords(test.lake.objects, key, index!, unit);
      expect(records.every(({ visitor_id }) => visitor_id.startsWith('stays'))).toBe(true);
    }
  }

  // Nor does the reconciler find anything to bring in again.
  expect(await reconcile(test.lake)).toBe(0);
  await test.drain();
  expect(await everything(test)).toEqual(expected);
});
