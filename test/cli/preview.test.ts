import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from './running.ts';

let dir: string;
const retcon = (...argv: string[]) => run(argv, { cwd: dir });
const define = (text: string): void => writeFileSync(join(dir, 'definitions/default.yaml'), text);

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'retcon-preview-'));
  for (const folder of ['sites', 'definitions']) mkdirSync(join(dir, folder));
  writeFileSync(join(dir, 'sites/shop.yaml'), 'site: shop\ntime_zone: Asia/Tokyo\nhosts: [shop.example]\n');
  define('');
  // Two views 20 minutes apart on either side of midnight in Tokyo (15:00 UTC), and a lone one a day later.
  const views = [
    'visitor,time,url',
    'v,2026-03-01T14:50:00Z,https://shop.example/a?utm_source=mail&utm_medium=email',
    'v,2026-03-01T15:10:00Z,https://shop.example/<b>',
    'w,2026-03-02T10:00:00Z,https://shop.example/c',
  ];
  writeFileSync(join(dir, 'views.csv'), views.join('\n'));
  await retcon('import', 'views.csv', '--site', 'shop', '--format', 'csv');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('says that there is nothing to preview', async () => {
  define('# only a comment\nsessions: { inactivity: 30m }\n');
  const { code, stdout } = await retcon('preview');
  expect([code, stdout]).toEqual([0, 'nothing to preview: the files say what is live\n']);
  expect(JSON.parse((await retcon('preview', '--json')).stdout)).toMatchObject({ changes: [] });
});

it('shows what would change, and nobody else sees it', async () => {
  define('sessions: { inactivity: 15m }\n');
  const { code, stdout } = await retcon('preview', '--html', 'page.html');
  expect(code).toBe(0);
  expect(stdout).toContain('  sessions.inactivity: 30m -> 15m\n\n2 sessions would become 3 (+1, +50%).');
  expect(stdout).toMatch(/^sessions +2 +3 +\+1 +\+50%$/m);
  expect(stdout).toMatch(/^2026-03-02 +1 +2 +\+1 +\+100%$/m);
  expect(stdout).toMatch(/^Direct +1 +2 +\+1 +\+100%$/m);
  expect(stdout).toMatch(/^split off: a pause longer than the timeout +- +1$/m);
  expect(stdout).toMatch(/^all sessions +2 +3$/m);
  expect(stdout).toContain('2 of sessions computed');
  const page = readFileSync(join(dir, 'page.html'), 'utf8');
  expect(page).toContain('2 sessions would become 3');
  expect(page).toContain('/&#60;b&#62;');
  expect(page).not.toMatch(/<script|<link|<img|https?:\/\/(?!shop\.example)|@import|url\(/);
  const seen = await retcon('query', 'SELECT count(*) AS n FROM sessions', '--json');
  expect(JSON.parse(seen.stdout)).toEqual([{ n: 2 }]);
});

it('gives the document of the contract, and computes nothing twice', async () => {
  const { code, stdout } = await retcon('preview', '--json', '--from', '2026-03-02', '--to', '2026-03-02');
  expect(code).toBe(0);
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({
    from: '2026-03-02',
    to: '2026-03-02',
    sites: ['shop'],
    totals: JSON.parse('{"sessions":{"now":1,"then":2},"bounces":{"now":1,"then":2}}'),
    days: [{ site: 'shop', dt: '2026-03-02', sessions_now: 1, sessions_then: 2 }],
    channels: [{ channel: 'Direct', sessions_now: 1, sessions_then: 2 }],
    cost: { computed: { boundaries: 0, sessions: 0 } },
  });
  const reasons = document.reasons.map(({ reason, count }: Record<string, unknown>) => [reason, count]);
  expect(reasons).toEqual([
    ['unchanged', 1],
    ['split_inactivity', 1],
  ]);
  const at = (ms: number) =>
    document.curve.find((point: { inactivity_ms: number }) => point.inactivity_ms === ms);
  expect([at(900_000).sessions, at(1_800_000).sessions]).toEqual([2, 1]);
});

it.each([
  [['--from', '2026-03-32'], 'bad_date', 'from'],
  [['--from', '2026-03-03', '--to', '2026-03-02'], 'empty_range', 'from'],
  [['--from', '2027-01-01'], 'empty_range', 'from'],
  [['--site', 'shopp'], 'unknown_site', 'site'],
])('refuses %j', async (options, error, field) => {
  const { code, stdout } = await retcon('preview', '--json', ...options);
  expect([code, JSON.parse(stdout)]).toEqual([2, expect.objectContaining({ error, field })]);
});

it('refuses a definition that is wrong, and a lake that is not there', async () => {
  define('sessions: { inactivty: 15m }\n');
  const wrong = await retcon('preview', '--json');
  expect([wrong.code, JSON.parse(wrong.stdout).message]).toEqual([2, expect.stringContaining('inactivity')]);
  define('sessions: { inactivity: 15m }\n');
  const none = await retcon('preview', '--json', '--home', 'nowhere');
  expect([none.code, JSON.parse(none.stdout).error]).toEqual([2, 'no_lake']);
});
