import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyCandidate } from '../../cli/applying/apply-candidate.ts';
import { Output } from '../../cli/output.ts';
import { openLocalLake } from '../../local/lake.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { candidateOf } from '../../shared/lake/candidate.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { applyingPrefix } from '../../shared/lake/keys.ts';
import { martSources } from '../../shared/lake/marts.ts';
import { startApplying } from '../../shared/lake/proposals.ts';
import { liveRelease, putRelease } from '../../shared/lake/releases.ts';
import { Paper, run } from './running.ts';

/** One lake, through all of its releases: the tests follow one another. */

let dir: string;
const retcon = (...argv: string[]) => run(argv, { cwd: dir });
const file = (name: string, text: string): string => {
  mkdirSync(join(dir, name, '..'), { recursive: true });
  writeFileSync(join(dir, name), text);
  return name;
};
const json = async (...argv: string[]) => {
  const { code, stdout } = await retcon(...argv, '--json');
  return { code, ...JSON.parse(stdout) };
};
const ask = async (sql: string) => JSON.parse((await retcon('query', sql, '--json')).stdout);
const sessionsByPage = () =>
  ask('SELECT landing_page AS p, event_count AS n FROM sessions ORDER BY started_at');
const importing = (name: string, views: string[]) => {
  const lines = views.map((view) => view.replace(' ', ':00Z,https://shop.example'));
  file(name, ['visitor,time,url', ...lines].join('\n'));
  return json('import', name, '--site', 'shop', '--format', 'csv');
};

/** Two days: one visitor's three views 20 minutes apart, and another's only one two days later. */
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'retcon-apply-'));
  file('sites/shop.yaml', 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n');
  const imported = await importing('views.csv', [
    'v,2026-03-10T10:00 /0',
    'v,2026-03-10T10:20 /1',
    'v,2026-03-10T10:40 /2',
    'w,2026-03-12T10:00 /3',
  ]);
  expect(imported).toMatchObject({ code: 0, accepted: 4 });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const AT_30 = [
  { p: '/0', n: 3 },
  { p: '/3', n: 1 },
];
const AT_15 = ['/0', '/1', '/2', '/3'].map((p) => ({ p, n: 1 }));
const marts = readdirSync(new URL('../../marts/', import.meta.url))
  .filter((name) => name.endsWith('.sql'))
  .map((name) => name.replace('.sql', ''));
const each = (ofUnits: number, ofMarts: number) => ({
  ...{ boundaries: ofUnits, sessions: ofUnits, events: ofUnits },
  ...Object.fromEntries(marts.map((mart) => [mart, ofMarts])),
});
/** Where sessions start on the 12th is the same under every timeout, and so are its events. */
const ALL = { ...each(2, 1), events: 1 };
const NONE = each(0, 0);

it('with nothing edited there is nothing to do', async () => {
  expect(await json('apply')).toMatchObject({ code: 0, release: 1, computed: NONE, reused: NONE });
});

it('a rollback to nowhere: one clear sentence, exit 2; to the live release: nothing to do', async () => {
  expect(await json('rollback')).toMatchObject({
    code: 2,
    error: 'no_earlier_release',
    message: expect.stringContaining('release 1 is the first'),
  });
  expect(await json('rollback', '7')).toMatchObject({
    code: 2,
    error: 'unknown_release',
    message: expect.stringContaining('there is 1'),
  });
  const same = await retcon('rollback', '1');
  expect([same.code, same.stdout]).toEqual([0, 'nothing to do: release 1 is live already\n']);
});

it('nobody there to confirm: exit 3, and nothing changes', async () => {
  file('definitions/default.yaml', 'sessions: { inactivity: 15m }\n');
  const unasked = await json('apply');
  expect(unasked).toMatchObject({ code: 3, error: 'not_confirmed' });
  expect(unasked.message).toContain('--yes');
  expect(await sessionsByPage()).toEqual(AT_30);
});

it('more than it may cost: exit 3, and nothing changes', async () => {
  const refused = await json('apply', '--yes', '--max-cost', '0');
  expect(refused).toMatchObject({ code: 3, error: 'over_budget', field: 'max-cost' });
  expect(await ask('SELECT release FROM current_release')).toEqual([{ release: 1 }]);
});

it('applies a saved plan, whatever the files say by then: everything anew', async () => {
  expect((await json('plan', '--out', 'shorter.plan')).certain).toMatchObject({ boundaries: 2 });
  file('definitions/default.yaml', 'sessions: { inactivity: 1h }\n');
  const applied = await json('apply', '--plan', 'shorter.plan', '--yes', '--why', 'too long');
  file('definitions/default.yaml', 'sessions: { inactivity: 15m }\n');
  expect(applied).toMatchObject({ code: 0, release: 2, computed: ALL, reused: NONE });
  expect(await sessionsByPage()).toEqual(AT_15);
  expect(await ask('SELECT sum(sessions) AS n FROM mart_daily_traffic')).toEqual([{ n: 4 }]);
});

it('rolls back, with what arrived since, and computes nothing', async () => {
  // Half an hour after the last of v's views: at 30 minutes it goes on with that session.
  await importing('late.csv', ['v,2026-03-10T11:10 /late']);
  const back = await json('rollback');
  expect(back).toMatchObject({ code: 0, release: 3, computed: NONE, reused: ALL });
  expect(await sessionsByPage()).toEqual([{ p: '/0', n: 4 }, AT_30[1]]);
});

it('a plan that no longer holds: what differs is said, and asked', async () => {
  const moved = await json('apply', '--plan', 'shorter.plan');
  expect(moved).toMatchObject({ code: 3, error: 'not_confirmed' });
  expect(moved.message).toMatch(/no longer holds: release 3 is live by now.*release 1.*--yes/s);
  file('torn.plan', '{');
  expect(await json('apply', '--plan', 'torn.plan')).toMatchObject({ code: 2, error: 'bad_plan' });
  expect(await json('apply', '--plan', 'gone.plan')).toMatchObject({ code: 2, error: 'cannot_read' });
});

it('lists releases, and so does a query', async () => {
  const listed = JSON.parse((await retcon('releases', '--json')).stdout);
  type Listed = { release: number; is_current: boolean; sessions: number };
  expect(listed.map(({ release, is_current, sessions }: Listed) => [release, is_current, sessions])).toEqual([
    [3, true, 2],
    [2, false, 5],
    [1, false, 2],
  ]);
  expect(listed[1]).toMatchObject({ why: 'too long', who: expect.any(String) });
  expect((await retcon('releases')).stdout).toMatch(/^3 live .*back to release 1 .* 2$/m);
  const rows = await ask('SELECT release, at, who, why, changes, is_current FROM releases ORDER BY release');
  expect(rows).toMatchObject([
    { release: 1, is_current: false },
    { release: 2, is_current: false, why: 'too long', changes: 'sessions.inactivity: 30m -> 15m' },
    { release: 3, is_current: true, changes: 'back to release 1' },
  ]);
  const listedAt = listed[0].at as string;
  expect(rows[2].at).toBe(listedAt.replace('T', ' ').replace('Z', ''));
});

it('what was computed once is not computed again', async () => {
  expect(await json('apply', '--yes')).toMatchObject({ release: 4, computed: NONE, reused: ALL });
});

const CHANNELS = 'channels: [{ name: All, when: { field: landing_page, exists: true } }]\n';

it('a change of channels computes no boundary; a comment computes nothing', async () => {
  file('definitions/default.yaml', `sessions: { inactivity: 15m }\n${CHANNELS}`);
  const channels = await json('apply', '--yes');
  expect(channels).toMatchObject({ release: 5, computed: { ...ALL, boundaries: 0, events: 2 } });
  file('definitions/default.yaml', `# in other words\n${CHANNELS}sessions: { inactivity: 15m }\n`);
  expect(await json('apply', '--yes')).toMatchObject({ release: 5, computed: NONE, reused: NONE });
});

const MART = (test: string) => `/*---
description: Sessions of each day.
grain: [site, dt]
inputs: { sessions: all }
rebuild: full
columns: { site: The site., dt: Its day., n: Sessions. }
tests: [{ name: few, sql: "SELECT count(*) FROM {{mart}} WHERE ${test}" }]
---*/
SELECT site, dt, count(*) AS n FROM sessions GROUP BY site, dt
`;

it('a mart whose test fails: exit 1 with mart and test, nothing visible changed; mended, it goes on', async () => {
  file('definitions/default.yaml', 'sessions: { inactivity: 25m }\n');
  file('marts/mart_few.sql', MART('n > 1'));
  const failed = await json('apply', '--yes');
  expect([failed.code, failed.error]).toEqual([1, 'apply_failed']);
  expect(failed.message).toMatch(/mart_few.*"few" fails.*apply again/);
  expect(await ask('SELECT release FROM current_release')).toEqual([{ release: 5 }]);

  file('marts/mart_few.sql', MART('n > 2'));
  const mended = await json('apply', '--yes');
  expect(mended).toMatchObject({ code: 0, release: 6, reused: { boundaries: 2, sessions: 2, events: 2 } });
  expect(mended.computed).toMatchObject({ boundaries: 0, sessions: 0, mart_few: 1 });
  // At 25 minutes: three views and, half an hour later, the late one.
  expect(await ask('SELECT n FROM mart_few ORDER BY dt')).toEqual([{ n: 2 }, { n: 1 }]);
});

const outputTo = (stderr: Paper): Output =>
  new Output({ stdin: Readable.from([]), stdout: new Paper(), stderr, env: {}, cwd: dir }, true);

it('another release in between: exit 3, who and what, and the way out', async () => {
  const lake = await openLocalLake({ home: join(dir, '.retcon') });
  const live = (await liveRelease(lake.objects))!;
  const definition = parseDefinition('sessions: { inactivity: 20m }', 'default.yaml');
  await storeDefinition(lake.objects, definition);
  const candidate = candidateOf(definition, await martSources(lake.objects, live.marts), {});
  // Planned against release 6; then somebody else was faster.
  await putRelease(lake.objects, { ...live, release: 7, who: 'bob', changes: ['a quick one'] });
  const about = { live, why: '', changes: ['20 minutes'], max_cost: null };
  const context = { output: outputTo(new Paper()), signal: new AbortController().signal };
  const refused = await applyCandidate(lake, candidate, about, context).catch((error) => error);
  await lake.close();
  expect([refused.code, refused.exit]).toEqual(['refused', 3]);
  expect(refused.message).toMatch(
    /bob released 7 meanwhile \(a quick one\).*nothing that readers see changed/,
  );
  expect(refused.fix).toContain('retcon plan');
  expect(await ask('SELECT n FROM mart_few ORDER BY dt')).toEqual([{ n: 2 }, { n: 1 }]);
});

it('called off: nothing is computed for it any more', async () => {
  expect(await json('apply', '--cancel')).toMatchObject({ code: 2, error: 'nothing_applied' });
  // Begun by a process that died before it announced it.
  const lake = await openLocalLake({ home: join(dir, '.retcon') });
  const live = (await liveRelease(lake.objects))!;
  const definition = parseDefinition('sessions: { inactivity: 5m }', 'default.yaml');
  const candidate = candidateOf(definition, await martSources(lake.objects, live.marts), {});
  const about = { at: new Date().toISOString(), who: 'ada', why: '', changes: ['x'], base: live.release };
  const apply = { at: about.at, who: 'ada', max_cost: null };
  const { id } = await startApplying(lake.objects, candidate, about, apply);
  await lake.close();
  expect(await json('apply', '--cancel', 'else')).toMatchObject({ code: 2, error: 'nothing_applied' });
  expect(await json('apply', '--cancel')).toEqual({ code: 0, cancelled: id });
  expect((await retcon('apply', '--cancel')).stderr).toContain('none is');
});

it('interrupted, it says how to go on, and the next run finishes it, even where its mark was lost', async () => {
  const lake = await openLocalLake({ home: join(dir, '.retcon') });
  const live = (await liveRelease(lake.objects))!;
  const definition = parseDefinition('sessions: { inactivity: 45m }', 'default.yaml');
  await storeDefinition(lake.objects, definition);
  const candidate = candidateOf(definition, await martSources(lake.objects, live.marts), {});
  const about = { live, why: '', changes: ['45 minutes'], max_cost: null };
  const stderr = new Paper();
  const interrupted = { output: outputTo(stderr), signal: AbortSignal.timeout(1) };
  const error = await applyCandidate(lake, candidate, about, interrupted).catch((cause) => cause);
  expect([error.code, stderr.text]).toEqual(['interrupted', expect.stringContaining('apply --cancel')]);
  for (const { key } of await lake.objects.list(applyingPrefix)) await lake.objects.remove(key);
  await lake.close();
  await retcon('run');
  expect(await ask('SELECT release FROM current_release')).toEqual([{ release: live.release + 1 }]);
  expect(await sessionsByPage()).toEqual([{ p: '/0', n: 4 }, AT_30[1]]);
});
