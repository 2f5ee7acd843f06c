import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkpointText, readCheckpoint, readLean } from '../../shared/lake/checkpoint.ts';
import { Lake } from '../../shared/lake/lake.ts';
import type { LeanIndex, LogChange } from '../../shared/lake/site-index.ts';
import { SiteLog } from '../../shared/lake/site-log.ts';
import { openTestLake, type TestLake } from './open.ts';

let test: TestLake;
beforeEach(async () => {
  test = await openTestLake('site: shop\ntime_zone: UTC\nhosts: [shop.example]\n');
});
afterEach(() => test.close());

const text = (value: string): Buffer => Buffer.from(value, 'utf8');

const unitOf = (n: number): string => `2026-03-${String(1 + (n % 20)).padStart(2, '0')}`;
const DIGEST = (n: number): string => n.toString(16).padStart(24, '0');

/** Entries as the functions write them, of made-up facts and results: of twenty days, one entry after another. */
async function append(log: SiteLog, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { n } = await log.read();
    const [unit, object] = [unitOf(n), `landing/dt=2026-03-01/hh=10/${n}.ndjson.gz`];
    const facts = {
      object: `facts/${n}`,
      rows: n,
      bytes: 10 * n,
      digest: DIGEST(n),
      received: '1',
      from: 0,
      to: 1,
    };
    const parts = [{ dt: unit, folder: `derived/sessions/${n}/`, rows: n, bytes: n }];
    const ref = { key: DIGEST(n + 1000), made_at: n, digest: DIGEST(n + 2000), rows: n, bytes: n };
    const border = { head: 'none', tail: DIGEST(n + 3000) };
    const change: LogChange =
      n % 2 === 1
        ? {
            type: 'compacted',
            unit,
            facts,
            consumed: [object],
            accepted: { [object]: 1 },
            quarantined: {},
            ms: n,
          }
        : {
            type: 'derived',
            results: [
              { dataset: 'boundaries', slice: 'a', unit, ref: { ...ref, border, object: `derived/${n}` } },
              { dataset: 'sessions', slice: 'b', unit, ref: n % 10 === 0 ? null : { ...ref, parts } },
            ],
            ready: { target: `t${n % 3}`, facts_n: n },
          };
    expect(await log.append(change)).toBe('written');
  }
  await log.append({ type: 'forgotten', slices: ['c'], targets: ['t1'] });
  await log.append({
    type: 'folded',
    before: 'landing/dt=2026-03-01/hh=10/5',
    part: { object: 'p', from: 'a', to: 'b', entries: 1 },
  });
}

/** What a plan looks at, by hand: everything of units but these members is left away. */
function looked(index: LeanIndex): unknown {
  const kept = new Set(['digest', 'received', 'rows', 'bytes', 'key', 'border', 'edges', 'hits']);
  const only = (value: object, rows: boolean): object =>
    Object.fromEntries(Object.entries(value).filter(([name]) => kept.has(name) && (rows || name !== 'rows')));
  const units = Object.entries(index.units).map(([name, { facts, results }]) => [
    name,
    facts && only(facts, true),
    Object.entries(results).map(([dataset, bySlice]) => [
      dataset,
      Object.entries(bySlice).map(([slice, ref]) => [slice, only(ref, false)]),
    ]),
  ]);
  return { n: index.n, opened: index.opened, facts_n: index.facts_n, ready: index.ready, units };
}

it('a glance sees of a checkpoint and of what came since what the whole index says', async () => {
  await append(new SiteLog(test.lake.objects, test.lake.clock, 'shop'), 150);
  const keys = (await test.lake.objects.list('state/checkpoints/shop/')).map(({ key }) => key);
  expect(keys.length).toBeGreaterThan(0);
  const fresh = () => new Lake(test.lake.objects, { now: () => 0 });
  const whole = await fresh().log('shop').read();
  const glanced = await fresh().glance('shop');
  expect(whole.n % 64).toBeGreaterThan(0);
  expect(looked(glanced)).toEqual(looked(whole));

  const { body } = (await test.lake.objects.get(keys[0]!))!;
  const kept = readCheckpoint(body);
  expect(checkpointText(kept)).toBe(body.toString('utf8'));
  expect(looked(readLean(body))).toEqual(looked(kept));
  // Where things lie is most of it.
  expect(body.indexOf('\n')).toBeLessThan(0.6 * (body.length - body.indexOf('\n')));
  expect(body.toString('utf8', 0, body.indexOf('\n'))).not.toContain('landing/');
});

it('checkpoints of before, one line each, are read as both', () => {
  const index = { site: 'shop', n: 64, opened: null, facts_n: 1, ready: {}, units: {} };
  expect(readCheckpoint(text(JSON.stringify(index)))).toEqual(index);
  expect(readLean(text(JSON.stringify(index)))).toEqual(index);
});

it('an index that is at hand is asked on', async () => {
  const writer = new SiteLog(test.lake.objects, test.lake.clock, 'shop');
  const lake = new Lake(test.lake.objects, { now: () => 0 });
  const before = (await lake.log('shop').read()).n;
  await append(writer, 1);
  expect((await lake.glance('shop')).n).toBe(before + 3);
});
