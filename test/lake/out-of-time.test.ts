import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCompactHandler } from '../../functions/compact/handler.ts';
import { topology } from '../../local/topology.ts';
import { landedAgain } from '../../shared/envelopes/events.ts';
import { landingPrefix } from '../../shared/lake/keys.ts';
import { unobserved } from '../../shared/observed.ts';
import { RESERVE_MS } from '../../shared/out-of-time.ts';
import { dailyMart } from './daily-mart.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

/** Invocations whose time runs out: they end between units, and the rest is done by the next. One lake, in order. */

const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04'];
let test: TestLake;
let keys: string[];

beforeAll(async () => {
  // One unit is a batch of its own.
  test = await openTestLake(
    'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n',
    '',
    { limits: { units: 3, rows: 1_000 } },
    { mart_one: dailyMart(), mart_two: dailyMart('events of a day, once more') },
  );
  await test.land(DAYS.map((day, i) => pageView('shop', `e${i}`, 'v', Date.parse(`${day}T12:00:00Z`), '/')));
  keys = (await test.lake.objects.list(landingPrefix)).map(({ key }) => key);
});
afterAll(() => test.close());

/** A context that has time enough for so many looks at the clock. */
function timeFor(looks: number): Context {
  // Middy takes a look of its own first.
  let left = looks + 1;
  return { getRemainingTimeInMillis: () => (left-- > 0 ? RESERVE_MS : RESERVE_MS - 1) } as Context;
}

const call = async (name: string, bodies: readonly object[], context: Context): Promise<string[]> => {
  const Records = bodies.map((body, i) => ({ messageId: `m${i}`, body: JSON.stringify(body) }));
  const reply = await test.lake.functions[name]!({ Records } as never, context);
  const { batchItemFailures } = reply as { batchItemFailures: { itemIdentifier: string }[] };
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
const compacted = async (): Promise<string[]> => {
  const { units } = await test.lake.lake.log('shop').read();
  return Object.keys(units).filter((unit) => units[unit]!.facts !== null);
};
const made = async (): Promise<number> => (await test.lake.objects.list('state/manifests/')).length;

it('compact ends after the unit that it is at, and the message comes again', async () => {
  const landed = keys.map((key) => landedAgain(topology.bucket, key));
  expect(await call('compact', landed, timeFor(1))).toEqual(['m0']);
  expect(await compacted()).toEqual(DAYS.slice(0, 1));
});

it('with a queue of its own compact sends what is left there at once, and the message is done', async () => {
  const sent: [readonly string[], number][] = [];
  const { lake, bus, log } = test.lake;
  const later = async (left: readonly string[], seconds: number) => {
    sent.push([left, seconds]);
  };
  const handler = createCompactHandler({ lake, bus, log, later }, unobserved());
  const Records = keys.map((key) => ({
    messageId: 'm',
    body: JSON.stringify(landedAgain(topology.bucket, key)),
  }));
  const reply = await handler({ Records } as never, timeFor(2));
  expect(reply).toEqual({ batchItemFailures: [] });
  expect(sent).toEqual([[keys, 0]]);
  // The unit that was compacted before costs a look.
  expect(await compacted()).toEqual(DAYS.slice(0, 2));
});

it('sessionize begins no task without time for it; a worker the same, and finds what was done', async () => {
  expect(
    await call(
      'compact',
      keys.map((key) => landedAgain(topology.bucket, key)),
      timeFor(9),
    ),
  ).toEqual([]);
  const event = { source: 'retcon', 'detail-type': 'Partition Compacted', detail: { site: 'shop' } };
  // Four units in batches of three: shared out, whatever time there is.
  expect(await call('sessionize', [event], timeFor(1))).toEqual([]);
  const waves = (await test.lake.objects.list('state/waves/shop/')).map(({ key }) => key);
  const wave = waves[0]!.split('/')[3]!;
  expect(await made()).toBe(0);
  expect(await call('work', [{ site: 'shop', wave, batch: 0 }], timeFor(1))).toEqual(['m0']);
  const after = await made();
  expect(after).toBeGreaterThan(0);
  expect(await call('work', [{ site: 'shop', wave, batch: 0 }], timeFor(9))).toEqual([]);
  expect(await made()).toBe(3 * after);
  expect(await call('work', [{ site: 'shop', wave, batch: 1 }], timeFor(9))).toEqual([]);
  // Boundaries are there; tables are one batch too many again, so a site without time is given back whole.
  expect(await call('sessionize', [event], timeFor(0))).toEqual(['m0']);
});

it('publish begins no mart without time for it, and its messages come again', async () => {
  const announced = { source: 'retcon', 'detail-type': 'Partition Sessionized', detail: { site: 'shop' } };
  const built = async (): Promise<string[]> =>
    (await test.lake.objects.list('state/marts/')).map(({ key }) => key.slice('state/marts/'.length));
  expect(await call('publish', [announced], timeFor(0))).toEqual(['m0']);
  expect(await built()).toEqual([]);
  expect(await call('publish', [announced], timeFor(1))).toEqual(['m0']);
  expect(await built()).toEqual(['mart_one.json']);
  expect(await call('publish', [announced], timeFor(9))).toEqual([]);
  expect(await built()).toEqual(['mart_one.json', 'mart_two.json']);
});

it('in the end all of it is there, once', async () => {
  await test.drain();
  expect(await test.rows('SELECT dt, count(*) FROM sessions GROUP BY dt ORDER BY dt')).toEqual(
    DAYS.map((day) => [day, '1']),
  );
});
