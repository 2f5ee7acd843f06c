import { afterEach, expect, it } from 'vitest';
import { collectGarbage } from '../../functions/publish/garbage/collect-garbage.ts';
import { KEEP } from '../../functions/publish/garbage/kept.ts';
import { GlueCatalog } from '../../shared/clients/glue-catalog.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { type Candidate, candidateOf } from '../../shared/lake/candidate.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { findResult } from '../../shared/lake/manifests.ts';
import { propose, startApplying } from '../../shared/lake/proposals.ts';
import { liveRelease } from '../../shared/lake/releases.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;
const FIRST = Date.parse('2026-03-10T00:00:00Z');

let test: TestLake;
let now: number;
afterEach(() => test.close());

/** Three events 20 minutes apart: one session at 30 minutes, three at 15. */
async function open(): Promise<void> {
  now = Date.parse('2026-04-01T00:00:00Z');
  test = await openTestLake('site: shop\ntime_zone: UTC\nhosts: [shop.example]\n', '', {
    clock: { now: () => now },
  });
  await test.land([0, 20, 40].map((at) => pageView('shop', `e${at}`, 'v', FIRST + at * MINUTE, `/${at}`)));
  await test.drain();
}

const about = async () => ({
  at: new Date(now).toISOString(),
  who: 'ada',
  why: '',
  changes: [],
  base: (await liveRelease(test.lake.objects))!.release,
});

async function candidate(minutes: number): Promise<Candidate> {
  const parsed = parseDefinition(`sessions: { inactivity: ${minutes}m }`, 'default.yaml');
  await storeDefinition(test.lake.objects, parsed);
  return candidateOf(parsed, {}, {});
}

async function apply(minutes: number): Promise<void> {
  const noted = await about();
  const apply = { at: noted.at, who: 'ada', max_cost: null };
  const { id } = await startApplying(test.lake.objects, await candidate(minutes), noted, apply);
  await test.lake.bus.announce([{ type: 'Definition Changed', detail: { proposal: id } }]);
  await test.drain();
}

function collect(dryRun = false) {
  const { lake, bucketUri, clients } = test.lake;
  return collectGarbage({ lake, bucketUri, catalog: new GlueCatalog(clients.glue) }, KEEP, dryRun);
}

const keys = async () => (await test.lake.objects.list('')).map(({ key }) => key);
const slices = async (): Promise<string[]> =>
  Object.keys((await test.lake.lake.log('shop').read()).units['2026-03-10']!.results.sessions!);
const starts = () => test.rows('SELECT landing_page FROM sessions ORDER BY started_at');

it('keeps what is live, what was lately, and what is looked at; the rest goes a day after it is garbage', async () => {
  await open();
  await apply(15);
  await apply(10);
  const looked = await propose(test.lake.objects, await candidate(5), await about());
  await test.lake.bus.announce([{ type: 'Definition Changed', detail: { proposal: looked.id, look: true } }]);
  await test.drain();
  expect((await slices()).length).toBe(4);
  const landed = await test.lake.objects.list('landing/');
  const facts = (await test.lake.lake.log('shop').read()).units['2026-03-10']!.facts!;

  // Nothing has ended long ago.
  expect((await collect()).forgotten).toEqual({});
  now += 2 * DAY;
  expect((await collect()).forgotten['shop']!.length).toBeGreaterThan(0);
  expect((await slices()).length).toBe(3);

  // A month later the first release is forgotten: the second is the previous one no more, but ended with it.
  now += 31 * DAY;
  expect((await collect(true)).forgotten['shop']).toContain((await slices())[0]);
  expect((await slices()).length).toBe(3);
  await collect();
  const kept = await slices();
  expect(kept).toEqual([(await liveRelease(test.lake.objects))!.slices['sessions']]);

  // Files of the proposal went with this call, a day and more after they were forgotten; those of the two
  // releases stay a day longer, and then only what the live release needs is there.
  const before = (await keys()).filter((key) => key.startsWith('derived/sessions/'));
  expect(before.length).toBe(3);
  now += DAY;
  const { removed } = await collect();
  expect(removed['derived/']!.objects).toBeGreaterThan(0);
  const after = (await keys()).filter((key) => key.startsWith('derived/sessions/'));
  expect(after.length).toBe(1);
  expect(after[0]).toContain(`slice=${kept[0]}/`);
  expect(await starts()).toEqual([['/0'], ['/20'], ['/40']]);
  expect(await test.lake.objects.list('landing/')).toEqual(landed);
  expect(await keys()).toContain(facts.object);
  const all = await test.rows(`SELECT DISTINCT slice FROM sessions_all`);
  expect(all).toEqual([[kept[0]]]);
  expect((await collect()).removed).toEqual({});

  // Going back is computed again, right though manifests of the same keys stood once.
  await apply(15);
  expect(await starts()).toEqual([['/0'], ['/20'], ['/40']]);
});

it('superseded facts and orphans go after a day, a reference in between keeps them', async () => {
  await open();
  const first = (await test.lake.lake.log('shop').read()).units['2026-03-10']!.facts!.object;
  await test.land([pageView('shop', 'late', 'v', FIRST + 50 * MINUTE, '/50')]);
  await test.drain();
  const orphan = 'derived/sessions/slice=x/site=shop/dt=2026-03-10/unit=2026-03-10/lost/sessions.parquet';
  await test.lake.objects.put(orphan, 'left by an attempt that was cut off');
  expect((await collect()).waiting['facts/']!.objects).toBe(1);
  now += DAY - 1;
  expect((await collect()).removed).toEqual({});
  expect(await keys()).toEqual(expect.arrayContaining([first, orphan]));

  // Somebody refers to the orphan just now.
  const ref = { key: 'k', made_at: now, digest: '0:0', rows: 0, bytes: 0 };
  const parts = [{ dt: '2026-03-10', folder: orphan.replace('sessions.parquet', ''), rows: 0, bytes: 0 }];
  const slice = (await liveRelease(test.lake.objects))!.slices['boundaries']!;
  const result = { dataset: 'stitches' as const, slice, unit: '2026-03-10', ref: { ...ref, parts } };
  await test.lake.lake.log('shop').append({ type: 'derived', results: [result] });
  now += 1;
  await collect();
  expect(await keys()).not.toContain(first);
  expect(await keys()).toContain(orphan);

  // Garbage again, it has a whole day again.
  await test.lake.lake.log('shop').append({ type: 'derived', results: [{ ...result, ref: null }] });
  now += DAY - 1;
  await collect();
  expect(await keys()).toContain(orphan);
  now += DAY;
  await collect();
  expect(await keys()).not.toContain(orphan);
});

it('a manifest that no log names is believed for half of that day only', async () => {
  await open();
  const { lake } = test.lake;
  const { units } = await lake.log('shop').read();
  const [ref] = Object.values(units['2026-03-10']!.results.sessions!);
  expect(await findResult(lake, ref!.key)).toEqual(ref);
  now += DAY / 2;
  expect(await findResult(lake, ref!.key)).toBeNull();
});
