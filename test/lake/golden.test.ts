import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IMPLEMENTATIONS } from '../../functions/sessionize/implementations.ts';
import { ALGORITHMS, type Algorithms } from '../../shared/lake/algorithms.ts';
import { loadDefinition } from '../../shared/lake/definitions.ts';
import { liveRelease, putRelease } from '../../shared/lake/releases.ts';
import { sliceIds } from '../../shared/lake/slices.ts';
import { digestsOfDatasets as digests } from './golden-digests.ts';
import { goldenHistory } from './golden-history.ts';
import { openTestLake, type TestLake } from './open.ts';

/**
 * Algorithm numbers are pinned: what each gives on a fixed history stands in `golden.json`. When a digest
 * here moves, rows moved under keys that stay: add 1 to the number in `shared/lake/algorithms.ts`, keep the
 * old code in `functions/sessionize/implementations.ts` while a release names it, and note the new digest
 * under the new number. These digests say "as before", not "right"; others judge that.
 */
type Golden = Record<keyof Omit<Algorithms, 'marts'> | 'facts', Record<string, string>>;

const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as Golden;
/** What only lakes with conversions have is pinned by golden-conversions.test.ts. */
const conversions = JSON.parse(
  readFileSync(new URL('golden-conversions.json', import.meta.url), 'utf8'),
) as Golden;
const SITE = 'site: shop\ntime_zone: Europe/Berlin\nhosts: [shop.example]\n';
const DEFINITION = `
sessions: { on_campaign: utm, on_referrer: true, max_events: 12, max_duration: 9h }
page_groups: [{ name: even, when: { field: url_path, matches: "[02468]$" } }]
`;

let lake: TestLake;
beforeAll(async () => {
  lake = await openTestLake(SITE, DEFINITION);
  await lake.land(goldenHistory());
  await lake.drain();
});
afterAll(() => lake.close());

const live = async (of: TestLake) => (await liveRelease(of.lake.objects))!;

it.each(Object.keys(golden) as (keyof Golden)[])('%s is what its algorithm number says', async (dataset) => {
  const number = dataset === 'facts' ? 1 : ALGORITHMS[dataset];
  const now = await digests(lake, (await live(lake)).slices);
  expect({ number, digest: now[dataset] }).toEqual({ number, digest: golden[dataset][number] });
});

it('no number was raised for nothing, and every number that the code has is pinned', () => {
  const pinned = { ...golden, ...conversions };
  for (const byNumber of Object.values(pinned)) {
    expect(new Set(Object.values(byNumber)).size).toBe(Object.keys(byNumber).length);
  }
  for (const [dataset, byNumber] of Object.entries(IMPLEMENTATIONS)) {
    const numbers = Object.keys(byNumber);
    expect(Object.keys(pinned[dataset as keyof Golden])).toEqual(expect.arrayContaining(numbers));
    expect(numbers).toContain(String(ALGORITHMS[dataset as keyof Algorithms]));
  }
});

/** A release like the live one whose tables are computed by other numbers. */
async function release(of: TestLake, algorithms: Algorithms): Promise<void> {
  const before = await live(of);
  const definition = await loadDefinition(of.lake.objects, before.definition);
  const slices = sliceIds(definition, before.sites, {}, algorithms);
  const next = { ...before, release: before.release + 1, algorithms, slices };
  await putRelease(of.lake.objects, next);
  await of.lake.bus.announce([{ type: 'Release Published', detail: { release: next.release } }]);
}

it('two algorithms stand side by side, each release by its own', async () => {
  const old = (await live(lake)).slices;
  const before = await digests(lake, old);
  IMPLEMENTATIONS.sessions[2] = async (connection, input, folder) => {
    await connection.run('UPDATE measures SET event_count = event_count + 1');
    return IMPLEMENTATIONS.sessions[1]!(connection, input, folder);
  };
  await release(lake, { ...ALGORITHMS, sessions: 2 });
  await lake.drain();
  const count = () => lake.rows('SELECT sum(event_count) FROM sessions');
  const [[raised]] = (await count()) as [[string]];
  const now = await digests(lake, (await live(lake)).slices);
  expect(now['sessions']).not.toBe(before['sessions']);
  expect(now['events']).toBe(before['events']);
  // What the first release shows is still there, and the way back computes nothing.
  expect(await digests(lake, old)).toEqual(before);
  await release(lake, ALGORITHMS);
  await lake.drain();
  const [[back]] = (await count()) as [[string]];
  const [[sessions]] = (await lake.rows('SELECT count(*) FROM sessions')) as [[string]];
  expect(Number(raised) - Number(back)).toBe(Number(sessions));
  delete IMPLEMENTATIONS.sessions[2];
});

it('a release by an algorithm that the code does not have is refused by name', async () => {
  await release(lake, { ...ALGORITHMS, events: 7 });
  await expect(lake.drain()).rejects.toThrow('computes events by algorithm 7, and this deploy knows 1');
});
