import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { applyCandidate } from '../../cli/applying/apply-candidate.ts';
import { Output } from '../../cli/output.ts';
import { openLocalLake } from '../../local/lake.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { candidateOf, candidateOfRelease } from '../../shared/lake/candidate.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { martSources } from '../../shared/lake/marts.ts';
import { startApplying } from '../../shared/lake/proposals.ts';
import { liveRelease, putRelease } from '../../shared/lake/releases.ts';
import { Paper, run } from './running.ts';

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

/** Two days: one visitor's three views 20 minutes apart, and another's only one two days later. */
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'retcon-apply-'));
  file('sites/shop.yaml', 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n');
  const views = ['v,2026-03-10T10:00', 'v,2026-03-10T10:20', 'v,2026-03-10T10:40', 'w,2026-03-12T10:00'];
  const lines = views.map((view, i) => `${view}:00Z,https://shop.example/${i}`);
  file('views.csv', ['visitor,time,url', ...lines].join('\n'));
  const imported = await json('import', 'views.csv', '--site', 'shop', '--format', 'csv');
  expect(imported).toMatchObject({ code: 0, accepted: 4 });
}, 60_000);
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const AT_30 = [
  { p: '/0', n: 3 },
  { p: '/3', n: 1 },
];
const AT_15 = ['/0', '/1', '/2', '/3'].map((p) => ({ p, n: 1 }));
const marts = readdirSync(new URL('../../marts/', import.meta.url)).map((name) => name.replace('.sql', ''));
const each = (ofUnits: number, ofMarts: number) => ({
  ...{ boundaries: ofUnits, sessions: ofUnits, events: ofUnits },
  ...Object.fromEntries(marts.map((mart) => [mart, ofMarts])),
});
const ALL = each(2, 1);
const NONE = each(0, 0);

it('applies, rolls back, keeps what arrives, and lists it all', async () => {
  expect(await json('apply')).toMatchObject({ code: 0, release: 1, computed: NONE, reused: NONE });

  file('definitions/default.yaml', 'sessions: { inactivity: 15m }\n');
  const unasked = await json('apply');
  expect(unasked).toMatchObject({ code: 3, error: 'not_confirmed' });
  expect(unasked.message).toContain('--yes');
  expect(await sessionsByPage()).toEqual(AT_30);

  const applied = await json('apply', '--yes', '--why', 'too long');
  expect(applied).toMatchObject({ code: 0, release: 2, computed: ALL, reused: NONE });
  expect(await sessionsByPage()).toEqual(AT_15);
  expect(await ask('SELECT sum(sessions) AS n FROM mart_daily_traffic')).toEqual([{ n: 4 }]);

  // Half an hour after the last of v's views: at 30 minutes it goes on with that session.
  file('late.csv', 'visitor,time,url\nv,2026-03-10T11:10:00Z,https://shop.example/late\n');
  await json('import', 'late.csv', '--site', 'shop', '--format', 'csv');
  const back = await json('rollback');
  expect(back).toMatchObject({ code: 0, release: 3, computed: NONE, reused: ALL });
  expect(await sessionsByPage()).toEqual([{ p: '/0', n: 4 }, AT_30[1]]);

  const listed = JSON.parse((await retcon('releases', '--json')).stdout);
  expect(
    listed.map((one: Record<string, unknown>) => [one['release'], one['is_current'], one['sessions']]),
  ).toEqual([
    [3, true, 2],
    [2, false, 5],
    [1, false, 2],
  ]);
  expect(listed[1]).toMatchObject({
    why: 'too long',
    who: expect.any(String),
    changes: [expect.any(String)],
  });
  const printed = (await retcon('releases')).stdout;
  expect(printed).toMatch(/^3 live .*back to release 1 .* 2$/m);

  // Back again: the edited file is what release 2 was, so apply finds everything there.
  expect(await json('apply', '--yes')).toMatchObject({ release: 4, computed: NONE, reused: ALL });
});

it.each([
  ['rollback', [], 'no_earlier_release', 'release 1 is the first'],
  ['an unknown release', ['7'], 'unknown_release', 'there is 1'],
])('%s: one clear sentence, exit 2', async (_, argv, code, words) => {
  const failed = await json('rollback', ...argv);
  expect([failed.code, failed.error, failed.message]).toEqual([2, code, expect.stringContaining(words)]);
});

it('going back to the live release is nothing to do', async () => {
  const same = await retcon('rollback', '1');
  expect([same.code, same.stdout]).toEqual([0, 'nothing to do: release 1 is live already\n']);
});

it('a change of channels computes no boundary; a comment computes nothing', async () => {
  file(
    'definitions/default.yaml',
    'channels: [{ name: All, when: { field: landing_page, exists: true } }]\n',
  );
  const channels = await json('apply', '--yes');
  expect(channels.computed).toMatchObject({ ...ALL, boundaries: 0 });
  file(
    'definitions/default.yaml',
    '# words\nchannels: [{ name: All, when: { field: landing_page, exists: true } }]\n',
  );
  expect(await json('apply', '--yes')).toMatchObject({ release: 2, computed: NONE, reused: NONE });
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
  file('marts/mart_few.sql', MART('n > 2'));
  file('definitions/default.yaml', 'sessions: { inactivity: 15m }\n');
  const failed = await json('apply', '--yes');
  expect([failed.code, failed.error]).toEqual([1, 'apply_failed']);
  expect(failed.message).toMatch(/mart_few.*"few" fails.*apply again/);
  expect(await sessionsByPage()).toEqual(AT_30);
  expect(await ask('SELECT release FROM current_release')).toEqual([{ release: 1 }]);

  file('marts/mart_few.sql', MART('n > 3'));
  const mended = await json('apply', '--yes');
  expect(mended).toMatchObject({ code: 0, release: 2, reused: { boundaries: 2, sessions: 2, events: 2 } });
  expect(mended.computed).toMatchObject({ boundaries: 0, mart_few: 1 });
});

it('another release in between: exit 3, who and what, and the way out', async () => {
  const lake = await openLocalLake({ home: join(dir, '.retcon') });
  const live = (await liveRelease(lake.objects))!;
  const definition = parseDefinition('sessions: { inactivity: 15m }', 'default.yaml');
  await storeDefinition(lake.objects, definition);
  const candidate = candidateOf(definition, await martSources(lake.objects, live.marts), {});
  // Planned against release 1; then somebody else was faster.
  await putRelease(lake.objects, { ...live, release: 2, who: 'bob', changes: ['a quick one'] });
  const output = new Output(
    { stdin: Readable.from([]), stdout: new Paper(), stderr: new Paper(), env: {}, cwd: dir },
    true,
  );
  const about = { live, why: '', changes: ['15 minutes'], max_cost: null };
  const { signal } = new AbortController();
  const refused = await applyCandidate(lake, candidate, about, { output, signal }).catch((error) => error);
  await lake.close();
  expect([refused.code, refused.exit]).toEqual(['refused', 3]);
  expect(refused.message).toMatch(
    /bob released 2 meanwhile \(a quick one\).*nothing that readers see changed/,
  );
  expect(refused.fix).toContain('retcon plan');
  expect(await sessionsByPage()).toEqual(AT_30);
});

it('called off: nothing is computed for it any more, and a new apply begins anew', async () => {
  const none = await json('apply', '--cancel');
  expect([none.code, none.error]).toEqual([2, 'nothing_applied']);
  file('definitions/default.yaml', 'sessions: { inactivity: 15m }\n');
  // Begun by a process that died before it announced it.
  const lake = await openLocalLake({ home: join(dir, '.retcon') });
  const live = (await liveRelease(lake.objects))!;
  const candidate = { ...candidateOfRelease(live), definition: 'none' };
  const about = { at: new Date().toISOString(), who: 'ada', why: '', changes: ['x'], base: 1 };
  const { id } = await startApplying(lake.objects, candidate, about, {
    at: about.at,
    who: 'ada',
    max_cost: null,
  });
  await lake.close();
  expect(await json('apply', '--cancel', 'else')).toMatchObject({ code: 2, error: 'nothing_applied' });
  expect(await json('apply', '--cancel')).toEqual({ code: 0, cancelled: id });
  expect((await retcon('apply', '--cancel')).stderr).toContain('none is');
});
