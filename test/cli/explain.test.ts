import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { whyItStarts } from '../../cli/explain/session.ts';
import { sides } from '../../functions/publish/comparison/sides.ts';
import { openLocalLake } from '../../local/lake.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { candidateOf } from '../../shared/lake/candidate.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { martSources } from '../../shared/lake/marts.ts';
import { startApplying } from '../../shared/lake/proposals.ts';
import { liveRelease } from '../../shared/lake/releases.ts';
import { run } from './running.ts';

let dir: string;
const retcon = (...argv: string[]) => run(argv, { cwd: dir });
const json = async (...argv: string[]) => {
  const { code, stdout } = await retcon(...argv, '--json');
  return { code, ...JSON.parse(stdout) };
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'retcon-explain-'));
  mkdirSync(join(dir, 'sites'));
  writeFileSync(join(dir, 'sites/shop.yaml'), 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n');
  // Views at 10:00, 10:20 and 11:02 of one visitor: two sessions at 30 minutes, three at 15.
  const times = ['10:00', '10:20', '11:02'];
  const lines = times.map((time, i) => `v,2026-03-01T${time}:00Z,https://shop.example/${i}`);
  writeFileSync(join(dir, 'views.csv'), ['visitor,time,url', ...lines].join('\n'));
  expect((await retcon('import', 'views.csv', '--site', 'shop', '--format', 'csv')).code).toBe(0);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('follows a session back: the rule that began it, its events, results, facts, what arrived', async () => {
  const found = await json('explain', 'sessions', 'landing_page=/2');
  expect(found.rows).toMatchObject([{ site: 'shop', dt: '2026-03-01', event_count: '1' }]);
  expect(found.sessions).toMatchObject([
    {
      why: 'the visitor had paused for 42 min, longer than the 30 min of inactivity',
      events: [{ what: 'page_view /2', number: 1 }],
    },
  ]);
  expect(found.days).toMatchObject([{ unit: '2026-03-01', facts: { rows: 3 }, landing: [{ accepted: 3 }] }]);
  const lake = await openLocalLake({ home: join(dir, '.retcon') });
  const there = (await lake.objects.list('')).map(({ key }) => key);
  await lake.close();
  const [day] = found.days;
  expect(there).toEqual(expect.arrayContaining([...day.facts.files, day.landing[0].object]));
  expect(day.results.map((one: { dataset: string }) => one.dataset)).toEqual([
    'boundaries',
    'stitches',
    'crossings',
    'sessions',
  ]);
  for (const { key } of day.results.filter((one: { dataset: string }) => one.dataset === 'sessions')) {
    expect(there).toContain(`state/manifests/${key}.json`);
  }
});

it('follows a row of a mart back, and says so in words', async () => {
  const { stdout } = await retcon('explain', 'mart_daily_traffic', 'site=shop', 'dt=2026-03-01');
  expect(stdout).toContain('sessions=2');
  expect(stdout).toContain('Release 1 shows it');
  expect(stdout).toMatch(/Built \S+ from (events and sessions|sessions and events), and tested\./);
  expect(stdout).toMatch(/facts +3 events/);
});

it('says what comes nearest to a table, a column or a value that is not there', async () => {
  expect(await json('explain', 'session')).toMatchObject({ code: 2, error: 'unknown_table' });
  const column = await json('explain', 'sessions', 'landing=/2');
  expect(column).toMatchObject({ code: 2, error: 'unknown_column', field: 'landing' });
  const value = await json('explain', 'sessions', 'site=shop', 'dt=2026-03-02');
  expect(value).toMatchObject({ code: 2, error: 'no_row', field: 'dt' });
  expect(value.message).toContain('2026-03-01');
});

it('compares two releases of the same events', async () => {
  expect(await json('diff', '1', '2')).toMatchObject({ code: 2, error: 'unknown_release' });
  const lake = await openLocalLake({ home: join(dir, '.retcon') });
  const live = (await liveRelease(lake.objects))!;
  const definition = parseDefinition('sessions: { inactivity: 15m }', 'default.yaml');
  await storeDefinition(lake.objects, definition);
  const candidate = candidateOf(definition, await martSources(lake.objects, live.marts), {});
  const at = new Date().toISOString();
  const about = { at, who: 'ada', why: '', changes: ['sessions.inactivity: 30m -> 15m'], base: 1 };
  const { id } = await startApplying(lake.objects, candidate, about, { at, who: 'ada', max_cost: null });
  await lake.bus.announce([{ type: 'Definition Changed', detail: { proposal: id } }]);
  await lake.runtime.drain();
  await lake.close();
  const found = await json('diff', '1', 'live');
  expect(found.totals.sessions).toEqual(sides(2, 3));
  expect(found.changes).toEqual(['2: sessions.inactivity: 30m -> 15m']);
  const back = await json('diff', '2', '1', '--site', 'shop');
  expect(back.totals.sessions).toEqual(sides(3, 2));
});

it('names the first rule that separates two sessions', () => {
  const rules = (text: string) =>
    parseDefinition(`sessions: { inactivity: 30m, ${text} }`, 'd.yaml').sessions;
  const before = {
    dt: '2026-03-01',
    started_at: '2026-03-01 23:00:00.000',
    ended_at: '2026-03-01 23:50:00.000',
    event_count: '9',
  };
  const session = {
    dt: '2026-03-02',
    started_at: '2026-03-02 00:10:00.000',
    utm_source: 'mail',
    referrer_host: 'news.example',
  };
  const first = { event_name: 'app_launch', event_type: 'event' };
  const why = (text: string) => whyItStarts(rules(text), ['shop.example'], before, session, first);
  expect(whyItStarts(rules(''), [], null, session, first)).toBe('nothing of this visitor came before it');
  expect(why('at_midnight: true')).toBe('at_midnight: 2026-03-02 had begun');
  expect(why('on_event: [app_launch]')).toBe('on_event: app_launch starts a session');
  expect(why('on_campaign: utm')).toBe('on_campaign: mail / - / - after - / - / -');
  expect(why('on_referrer: true')).toBe('on_referrer: news.example after none');
  expect(why('on_referrer: true, ignore_referrers: [news.example]')).toContain('cut at local midnight');
  expect(why('max_duration: 1h')).toContain('max_duration: the session before had begun 1 h 10 min earlier');
  expect(why('max_events: 9')).toBe('max_events: the session before had its 9 events');
  expect(why('max_events: 10')).toContain('cut at local midnight');
});
