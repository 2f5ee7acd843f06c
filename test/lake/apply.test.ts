import { afterEach, expect, it } from 'vitest';
import { pinnedDatabase } from '../../cli/pinned.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { candidateOf, candidateOfRelease } from '../../shared/lake/candidate.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { storeMarts } from '../../shared/lake/marts.ts';
import { findProposal, propose, startApplying } from '../../shared/lake/proposals.ts';
import { everyRelease, liveRelease } from '../../shared/lake/releases.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

const SITE = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n';
const DAY = Date.parse('2026-03-10T00:00:00Z');
const MINUTE = 60_000;
const MART = `/*---
description: Sessions of each day.
grain: [site, dt]
inputs: { sessions: all }
rebuild: full
columns: { site: The site., dt: Its day., n: Sessions. }
tests: [{ name: not too many, sql: "SELECT count(*) FROM {{mart}} WHERE n > LIMIT" }]
---*/
SELECT site, dt, count(*) AS n FROM sessions GROUP BY site, dt
`;
const mart = (limit: number): Record<string, string> => ({
  mart_sessions: MART.replace('LIMIT', String(limit)),
});

let test: TestLake;
afterEach(() => test.close());

/** Three events of one visitor, 20 minutes apart: one session at 30 minutes, three at 15. */
async function open(limit = 100): Promise<void> {
  test = await openTestLake(SITE, '', {}, mart(limit));
  const events = [0, 20, 40].map((minute) =>
    pageView('shop', `e${minute}`, 'v', DAY + minute * MINUTE, `/${minute}`),
  );
  await test.land(events);
  await test.drain();
}

async function candidate(definition: string, limit = 100) {
  const { objects } = test.lake;
  const parsed = parseDefinition(definition, 'default.yaml');
  await storeDefinition(objects, parsed);
  return candidateOf(parsed, await storeMarts(objects, mart(limit)), {});
}

const about = async () => ({
  at: new Date(test.lake.clock.now()).toISOString(),
  who: 'ada',
  why: 'too long',
  changes: ['inactivity: 30m -> 15m'],
  base: (await liveRelease(test.lake.objects))!.release,
});

async function apply(wanted: Awaited<ReturnType<typeof candidate>>): Promise<string> {
  const noted = await about();
  const { id } = await startApplying(test.lake.objects, wanted, noted, {
    at: noted.at,
    who: 'ada',
    max_cost: null,
  });
  await test.lake.bus.announce([{ type: 'Definition Changed', detail: { proposal: id } }]);
  return id;
}

const outcomeOf = async (id: string) => (await findProposal(test.lake.objects, id))!.proposal.outcome;
const sessions = () => test.rows('SELECT landing_page, event_count FROM sessions ORDER BY started_at');
const counted = () => test.rows('SELECT n FROM mart_sessions');
const release = () => test.rows('SELECT release FROM current_release');

const AT_30 = [['/0', '3']];
const AT_15 = [
  ['/0', '1'],
  ['/20', '1'],
  ['/40', '1'],
];

it('applies: everything is computed and tested unseen, then one flip; and back again computes nothing', async () => {
  await open();
  expect(await sessions()).toEqual(AT_30);
  const id = await apply(await candidate('sessions: { inactivity: 15m }'));
  expect(await sessions()).toEqual(AT_30);
  await test.drain();
  expect(await outcomeOf(id)).toEqual({ is: 'released', release: 2 });
  expect(await sessions()).toEqual(AT_15);
  expect(await counted()).toEqual([['3']]);
  expect(await release()).toEqual([['2']]);

  // What arrives now is in the previous release too: going back loses nothing and computes nothing.
  await test.land([pageView('shop', 'late', 'v', DAY + 60 * MINUTE, '/60')]);
  await test.drain();
  const manifests = async () => (await test.lake.objects.list('state/manifests/')).length;
  const made = await manifests();
  const [, first] = await everyRelease(test.lake.objects);
  const back = await apply(candidateOfRelease(first!));
  await test.drain();
  expect(await outcomeOf(back)).toEqual({ is: 'released', release: 3 });
  expect(await sessions()).toEqual([['/0', '4']]);
  expect(await counted()).toEqual([['1']]);
  expect(await manifests()).toBe(made);
});

it('a mart whose test fails stops the release, and nothing that readers see has changed', async () => {
  await open(2);
  const id = await apply(await candidate('sessions: { inactivity: 15m }', 2));
  // Not through `test.drain`, which takes the error in the log for a failure of the test.
  await test.lake.runtime.drain();
  expect(await outcomeOf(id)).toEqual({
    is: 'failed',
    why: expect.stringContaining('its test "not too many" fails: 1 rows break it'),
  });
  expect(await sessions()).toEqual(AT_30);
  expect(await counted()).toEqual([['1']]);
  expect((await everyRelease(test.lake.objects)).length).toBe(1);
});

it('of two proposals at once one is released and the other refused, whole in either case', async () => {
  await open();
  const [one, two] = [
    await candidate('sessions: { inactivity: 15m }'),
    await candidate('sessions: { max_events: 2 }'),
  ];
  const ids = [await apply(one), await apply(two)];
  await test.drain();
  const outcomes = await Promise.all(ids.map(outcomeOf));
  expect(outcomes.map((outcome) => outcome!.is).sort()).toEqual(['refused', 'released']);
  const won = outcomes.findIndex((outcome) => outcome!.is === 'released');
  const byMost = [
    ['/0', '2'],
    ['/40', '1'],
  ];
  expect(await sessions()).toEqual(won === 0 ? AT_15 : byMost);
  expect((await everyRelease(test.lake.objects)).length).toBe(2);
});

it('a look computes the narrow tables of a range, shows nothing, and an apply takes them from there', async () => {
  await open();
  await test.land([pageView('shop', 'next', 'v', DAY + 30 * 60 * MINUTE, '/next')]);
  await test.drain();
  const { objects } = test.lake;
  const wanted = await candidate('sessions: { inactivity: 15m }');
  const { id } = await propose(objects, wanted, await about());
  const detail = { proposal: id, look: true, from: '2026-03-10', to: '2026-03-10' };
  await test.lake.bus.announce([{ type: 'Definition Changed', detail }]);
  await test.drain();
  expect(await sessions()).toEqual([
    ['/0', '3'],
    ['/next', '1'],
  ]);
  const slice = wanted.slices['sessions']!;
  const looked = () =>
    test.rows(`SELECT dt, landing_page FROM sessions_all WHERE slice = '${slice}' ORDER BY 1, 2`);
  expect(await looked()).toEqual([
    ['2026-03-10', '/0'],
    ['2026-03-10', '/20'],
    ['2026-03-10', '/40'],
  ]);
  const { units } = await test.lake.lake.log('shop').read();
  const first = units['2026-03-10']!.results.sessions![slice]!;
  await apply(wanted);
  await test.drain();
  expect(units['2026-03-10']!.results.sessions![slice]).toEqual(first);
  expect(await sessions()).toEqual([...AT_15, ['/next', '1']]);
});

it('each release can be asked for itself, whole or not at all', async () => {
  await open();
  await apply(await candidate('sessions: { inactivity: 15m }'));
  await test.drain();
  const notes: string[] = [];
  const output = { note: (text: string) => notes.push(text) } as unknown as Parameters<
    typeof pinnedDatabase
  >[1];
  const ask = async (release: string, sql: string) => {
    const database = await pinnedDatabase(test.lake, output, release);
    return (await test.lake.queries.query(sql, { database })).rows;
  };
  const both = `SELECT s.landing_page, count(*) AS n, m.n FROM sessions s JOIN events e ON e.session_id = s.session_id
    CROSS JOIN mart_sessions m GROUP BY 1, 3 ORDER BY 1`;
  expect(await ask('1', both)).toEqual([['/0', '3', '1']]);
  expect(await ask('2', both)).toEqual([
    ['/0', '1', '3'],
    ['/20', '1', '3'],
    ['/40', '1', '3'],
  ]);
  expect(notes).toEqual([]);
  await expect(ask('3', both)).rejects.toMatchObject({ code: 'unknown_release', exit: 2 });
  await expect(ask('proposal', both)).rejects.toMatchObject({ code: 'no_proposal', exit: 2 });

  const { objects } = test.lake;
  await propose(objects, await candidate('sessions: { inactivity: 5m }'), await about());
  await expect(ask('proposal', both)).rejects.toMatchObject({ code: 'not_kept', exit: 3 });
});
