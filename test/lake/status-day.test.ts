import { afterEach, beforeEach, expect, it } from 'vitest';
import { lakeStatus } from '../../local/lake-status.ts';
import { resultCost } from '../../local/status/result-cost.ts';
import { landingKey, rejectedKey, writeBatch } from '../../shared/lake/landing-batch.ts';
import { TABLES_OF_EVERY_UNIT } from '../../shared/lake/tables.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-02T12:00:00Z');
let now = START;
let test: TestLake;

beforeEach(async () => {
  now = START;
  test = await openTestLake('site: shop\ntime_zone: UTC\nhosts: [shop.example]\n', '', {
    clock: { now: () => now },
  });
});
afterEach(() => test.close());

/** Lands `ids` of one batch, and so many refused events beside them. */
async function land(digest: string, ids: readonly string[], refused: number): Promise<void> {
  const rejected = Array.from({ length: refused }, (_, i) => ({
    received_at: now,
    site: 'shop',
    reason: 'bad_time',
    detail: 'x',
    source: 'beacon',
    body: `{"n":${i}}`,
  }));
  await writeBatch(test.lake.objects, {
    now,
    digest,
    records: ids.map((id) => pageView('shop', id, 'v', START, '/')),
    rejected: rejected as never,
    unitOf: () => '2026-03-02',
  });
  await test.drain();
}

it('says how much of what came in the last 24 hours was refused', async () => {
  const refused = async () => (await lakeStatus(test.lake)).health.refused_percent;
  expect(await refused()).toBe(null);
  await land('a'.repeat(16), ['1', '2', '3'], 1);
  expect(await refused()).toBeCloseTo(25, 10);
  now += 2 * HOUR;
  // Two are new, one is a copy.
  await land('b'.repeat(16), ['3', '4', '5'], 0);
  expect(await refused()).toBeCloseTo(100 / 6, 10);
  now += 23 * HOUR;
  // The first batch came 25 hours ago.
  expect(await refused()).toBe(0);
  now += 2 * HOUR;
  expect(await refused()).toBe(null);
});

it('says about what the last 24 hours cost', async () => {
  const spent = async () => (await lakeStatus(test.lake)).health.spent_dollars;
  expect(await spent()).toBe(0);
  await land('a'.repeat(16), ['1', '2', '3'], 0);
  const unit = test.lake.lake.log('shop').folded.units['2026-03-02']!;
  // A gigabyte second of Lambda on arm64 costs 13.3334 millionths; the functions have 3008 MB.
  const compaction = (unit.work_ms / 1000) * (3008 / 1024) * 0.0000133334;
  const results = ['boundaries', ...TABLES_OF_EVERY_UNIT].map((dataset) => resultCost(dataset, 3));
  expect(TABLES_OF_EVERY_UNIT.length).toBeGreaterThan(1);
  expect(await spent()).toBeCloseTo(
    results.reduce((sum, one) => sum + one, compaction),
    12,
  );
  now += 25 * HOUR;
  expect(await spent()).toBe(0);
});

it('names of objects say when they came', () => {
  const name = `${START}-${'a'.repeat(16)}`;
  expect(landingKey(START, name)).toContain(`/${START}-`);
  expect(rejectedKey(START, name)).toContain(`/${START}-`);
});
