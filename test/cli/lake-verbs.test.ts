import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from './running.ts';

let dir: string;
const retcon = (...argv: string[]) => run(argv, { cwd: dir });
const file = (name: string, text: string): string => {
  mkdirSync(join(dir, name, '..'), { recursive: true });
  writeFileSync(join(dir, name), text);
  return name;
};

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'retcon-verbs-'));
  file('sites/shop.yaml', 'site: shop\ntime_zone: Asia/Tokyo\nhosts: [shop.example]\n');
  // Three views of one visitor around midnight in Tokyo (15:00 UTC), a pause of 31 minutes, a bot's view.
  file(
    'views.csv',
    [
      'visitor,time,url,plan',
      'v,2026-03-01T14:50:00Z,https://shop.example/a?utm_source=mail&utm_medium=email,pro',
      'v,2026-03-01T15:10:00Z,https://shop.example/b,',
      'v,2026-03-01T15:41:00.001Z,https://shop.example/c,',
      ',2026-03-01T15:41:00Z,https://shop.example/d,',
    ].join('\n'),
  );
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('imports, and answers in the types of the contract', async () => {
  const first = await retcon('import', 'views.csv', '--site', 'shop', '--format', 'csv', '--json');
  expect([first.code, first.stderr]).toEqual([0, '']);
  const { reasons, ...counts } = JSON.parse(first.stdout);
  expect(counts).toEqual({ read: 4, accepted: 3, duplicate: 0, skipped: 0, rejected: 1 });
  expect(Object.values(reasons)).toEqual([1]);

  const again = await retcon('import', 'views.csv', '--site', 'shop', '--format', 'csv', '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ read: 4, accepted: 0, duplicate: 3, rejected: 1 });

  const sessions = await retcon(
    'query',
    `SELECT dt, started_at, ended_at, duration_seconds, event_count, is_bounce, landing_page, exit_page,
       channel, source, medium, user_id, is_open FROM sessions ORDER BY started_at`,
    '--json',
  );
  expect(JSON.parse(sessions.stdout)).toEqual([
    {
      dt: '2026-03-01',
      started_at: '2026-03-01 14:50:00.000',
      ended_at: '2026-03-01 15:10:00.000',
      duration_seconds: 1200,
      event_count: 2,
      is_bounce: false,
      landing_page: '/a',
      exit_page: '/b',
      channel: 'Email',
      source: 'mail',
      medium: 'email',
      user_id: null,
      is_open: false,
    },
    {
      dt: '2026-03-02',
      started_at: '2026-03-01 15:41:00.001',
      ended_at: '2026-03-01 15:41:00.001',
      duration_seconds: 0,
      event_count: 1,
      is_bounce: true,
      landing_page: '/c',
      exit_page: '/c',
      channel: 'Direct',
      source: '(direct)',
      medium: '(none)',
      user_id: null,
      is_open: false,
    },
  ]);

  const events = await retcon(
    'query',
    `SELECT dt, url_path, session_event_number AS n, session_channel AS ch, session_landing_page AS lp,
       previous_url AS p, is_landing AS l, is_exit AS x, seconds_to_next AS s, properties
     FROM events ORDER BY event_time`,
    '--json',
  );
  expect(JSON.parse(events.stdout)).toEqual([
    {
      dt: '2026-03-01',
      url_path: '/a',
      n: 1,
      ch: 'Email',
      lp: '/a',
      p: null,
      l: true,
      x: false,
      s: 1200,
      properties: '{"plan":"pro"}',
    },
    {
      dt: '2026-03-02',
      url_path: '/b',
      n: 2,
      ch: 'Email',
      lp: '/a',
      p: 'https://shop.example/a?utm_source=mail&utm_medium=email',
      l: false,
      x: true,
      s: null,
      properties: expect.any(String),
    },
    {
      dt: '2026-03-02',
      url_path: '/c',
      n: 1,
      ch: 'Direct',
      lp: '/c',
      p: null,
      l: true,
      x: true,
      s: null,
      properties: expect.any(String),
    },
  ]);
});

it('marts count sessions by their day and visitors by the event’s', async () => {
  const traffic = await retcon('query', 'SELECT * FROM mart_daily_traffic ORDER BY dt', '--format', 'ndjson');
  const rows = traffic.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows).toEqual([
    {
      site: 'shop',
      dt: '2026-03-01',
      visitors: 1,
      new_visitors: 1,
      sessions: 1,
      page_views: 1,
      events: 1,
      bounces: 0,
      bounce_rate: 0,
      seconds_per_session: 1200,
      conversions: 0,
      conversion_value: 0,
    },
    {
      site: 'shop',
      dt: '2026-03-02',
      visitors: 1,
      new_visitors: 0,
      sessions: 1,
      page_views: 2,
      events: 2,
      bounces: 1,
      bounce_rate: 1,
      seconds_per_session: 0,
      conversions: 0,
      conversion_value: 0,
    },
  ]);
  const map = await retcon(
    'query',
    "SELECT MAP(ARRAY['a'], ARRAY[1]) AS m, ARRAY[1, 2] AS a, 9007199254740993 AS big, CAST(1.5 AS decimal(3,1)) AS d",
    '--json',
  );
  expect(JSON.parse(map.stdout)).toEqual([{ m: { a: 1 }, a: [1, 2], big: '9007199254740993', d: '1.5' }]);
});

it('status counts what there is', async () => {
  const status = JSON.parse((await retcon('status', '--json')).stdout);
  expect(status.release.release).toBe(1);
  expect(status.sites).toEqual([
    {
      site: 'shop',
      units: 2,
      facts: 3,
      sessions: 2,
      first: '2026-03-01',
      last: '2026-03-02',
      stale: 0,
      // Imported just now, long after these days: their window for late data has begun with that.
      phases: { open: 0, settling: 2, settled: 0, reopened: 0 },
    },
  ]);
  expect(status.marts.map((mart: { mart: string; error: string | null }) => [mart.mart, mart.error])).toEqual(
    [
      ['mart_channels', null],
      ['mart_conversions', null],
      ['mart_daily_traffic', null],
      ['mart_landing_pages', null],
    ],
  );
});

it('an edited definition changes nothing and is said', async () => {
  file('definitions/default.yaml', 'sessions: { inactivity: 10m }\n');
  const ran = await retcon('run');
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain('definitions/default.yaml');
  expect(JSON.parse((await retcon('query', 'SELECT count(*) AS n FROM sessions', '--json')).stdout)).toEqual([
    { n: 2 },
  ]);
  rmSync(join(dir, 'definitions'), { recursive: true });
});

it.each([
  ['an unknown site', ['import', 'views.csv', '--site', 'shpo', '--format', 'csv'], 'unknown_site', 'shop'],
  ['a missing file', ['import', 'gone.csv', '--site', 'shop', '--format', 'csv'], undefined, 'gone.csv'],
  ['wrong SQL', ['query', 'SELEC 1'], 'query_failed', '1:1'],
  ['an unknown table', ['query', 'SELECT * FROM nope'], 'query_failed', 'nope'],
  ['an unknown column', ['query', 'SELECT nope FROM sessions'], 'query_failed', 'nope'],
  ['no lake', ['query', 'SELECT 1', '--home', 'elsewhere'], 'no_lake', 'retcon import'],
  ['an empty statement', ['query', ' '], 'empty_sql', 'SELECT'],
])('%s: one clear sentence, exit 2', async (_, argv, code, hint) => {
  const failed = await retcon(...argv, '--json');
  const { error, message } = JSON.parse(failed.stdout);
  expect([failed.code, error, message]).toEqual([2, code ?? error, expect.stringContaining(hint)]);
});

it('an empty file is said, and nothing is lost', async () => {
  file('empty.csv', '');
  const failed = await retcon('import', 'empty.csv', '--site', 'shop', '--format', 'csv');
  expect([failed.code, failed.stderr]).toEqual([2, expect.stringContaining('empty')]);
  expect(JSON.parse((await retcon('query', 'SELECT count(*) AS n FROM events', '--json')).stdout)).toEqual([
    { n: 3 },
  ]);
});

it('a wrong definition names the line, the field and the fix before anything is written', async () => {
  file('definitions/default.yaml', 'sessions:\n  inactivty: 30m\n');
  const failed = await retcon('run', '--home', 'never', '--json');
  const { field, message } = JSON.parse(failed.stdout);
  expect([failed.code, field]).toEqual([2, 'sessions.inactivty']);
  expect(message).toMatch(/:2:.*inactivity/s);
  file('definitions/default.yaml', 'filters: { internal: [192.0.2.7/32] }\n');
  const later = await retcon('run', '--home', 'never', '--json');
  expect([later.code, JSON.parse(later.stdout).field]).toEqual([2, 'filters.internal']);
  rmSync(join(dir, 'definitions'), { recursive: true });
});

it('another day_offset later is refused', async () => {
  file('sites/shop.yaml', 'site: shop\ntime_zone: Asia/Tokyo\nhosts: [shop.example]\nday_offset: "+01:00"\n');
  const failed = await retcon('run', '--json');
  expect([failed.code, JSON.parse(failed.stdout).field]).toEqual([2, 'day_offset']);
});
