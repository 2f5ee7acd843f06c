import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHome } from '../../cli/home.ts';
import { planProposed } from '../../cli/planning.ts';
import { lakeId } from '../../functions/sessionize/planning/read.ts';
import {
  loadPlan,
  ofThisLake,
  readSaved,
  stillHolds,
} from '../../functions/sessionize/planning/saved-plan.ts';
import { run } from './running.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(join(root, 'docs/redefining.md'), 'utf8');

let dir: string;
const retcon = (...argv: string[]) => run(argv, { cwd: dir });
const define = (text: string): void => writeFileSync(join(dir, 'definitions/default.yaml'), text);
const json = async (...argv: string[]) => {
  const { code, stdout } = await retcon('plan', '--json', ...argv);
  return { code, plan: JSON.parse(stdout) };
};

/** What is proposed on the page, as a file. */
const SHOWN = `sessions: { inactivity: 15m }
channels:
  - { name: Newsletter, when: { field: utm_source, is: newsletter } }
  - { name: Search, when: { field: source_category, is: search } }
`;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'retcon-plan-'));
  cpSync(join(root, 'examples/first-log'), dir, { recursive: true });
  mkdirSync(join(dir, 'definitions'), { recursive: true });
  define('');
  const log = await retcon('import', 'access.log', '--site', 'shop', '--format', 'combined', '--json');
  expect(log.code).toBe(0);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('says what the page shows', async () => {
  expect(page).toContain(SHOWN);
  define(SHOWN);
  const { code, stdout } = await retcon('plan');
  expect(code).toBe(0);
  const [told] = stdout.split('\nReads ');
  expect(page).toContain(`$ npx retcon plan\n${told}`);
});

it('as JSON: counts by dataset, an estimate, an id; the same twice', async () => {
  define('sessions: { inactivity: 15m }');
  const { code, plan } = await json();
  expect(code).toBe(0);
  expect(plan.changes).toEqual([{ dataset: 'boundaries', what: 'sessions.inactivity: 30m -> 15m' }]);
  expect(plan.certain).toMatchObject({ boundaries: 2, sessions: 0, events: 0, mart_channels: 0 });
  expect(plan.at_most).toMatchObject({ boundaries: 2, sessions: 2, events: 2, mart_channels: 1 });
  expect(plan.untouched).toMatchObject({ boundaries: 0, mart_channels: 0 });
  expect(plan.estimate.usd).toBeGreaterThan(0);
  expect(plan.estimate.seconds).toBeGreaterThan(0);
  expect((await json()).plan).toEqual(plan);
});

it('a comment is nothing to do', async () => {
  define('# as before\nsessions:\n  inactivity: 30m\n');
  const { code, plan } = await json();
  expect([code, plan.changes, plan.stale, plan.estimate]).toEqual([0, [], [], { seconds: 0, usd: 0 }]);
  expect((await retcon('plan')).stdout).toMatch(/^nothing to do/);
});

it('a budget refuses with 3 and says the price', async () => {
  define('sessions: { inactivity: 15m }');
  const { code, plan } = await json('--max-cost', '0');
  expect([code, plan.error, plan.field]).toEqual([3, 'over_budget', 'max-cost']);
  expect(plan.message).toMatch(/may cost \$0\.00\d+, and the budget is \$0/);
  const told = await retcon('plan', '--max-cost', '0');
  expect([told.code, told.stdout.includes('inactivity: 30m -> 15m')]).toEqual([3, true]);
  expect((await json('--max-cost', '1')).code).toBe(0);
  expect((await json('--max-cost', 'much')).plan).toMatchObject({ error: 'bad_max_cost' });
});

it('what is wrong is said, with the way out', async () => {
  const wrong = async (...argv: string[]) => {
    const { code, plan } = await json(...argv);
    return [code, plan.error, plan.message];
  };
  define('sessions: { inactivty: 15m }');
  expect(await wrong()).toEqual([2, expect.any(String), expect.stringContaining('inactivity')]);
  define('scopes: [{ sites: [shpo], sessions: { inactivity: 5m } }]');
  expect(await wrong()).toEqual([2, 'unknown_site', expect.stringContaining('did you mean shop?')]);
  define('');
  expect(await wrong('--home', 'nowhere')).toEqual([2, 'no_lake', expect.stringContaining('import')]);
  expect(await wrong('--from-release', '9')).toEqual([
    2,
    'unknown_release',
    expect.stringContaining('1 to 1'),
  ]);
  expect(await wrong('--from-ref', 'nope')).toEqual([2, 'bad_ref', expect.any(String)]);
  expect(await wrong('--against', '1', '--out', 'x')).toEqual([2, 'not_to_be_applied', expect.any(String)]);
});

it('plans the files of a commit, whatever the folder says', async () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', dir, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);
  git('init', '-q');
  define('sessions: { inactivity: 20m }');
  git('add', 'definitions', 'sites');
  git('commit', '-qm', 'twenty');
  define('');
  const { plan } = await json('--from-ref', 'HEAD');
  expect(plan.changes).toEqual([{ dataset: 'boundaries', what: 'sessions.inactivity: 30m -> 20m' }]);
  expect((await json('--from-release', '1')).plan.changes).toEqual([]);
  expect((await json('--from-ref', 'HEAD', '--against', '1')).plan.changes).toEqual(plan.changes);
});

it('a saved plan holds until a day that it touches gets new facts; it knows its lake', async () => {
  define('sessions: { inactivity: 15m }');
  expect((await json('--out', 'shorter.plan')).code).toBe(0);
  define('');
  const text = readFileSync(join(dir, 'shorter.plan'), 'utf8');
  const saved = loadPlan(text, 'shorter.plan');
  const planAgain = async () => {
    const lake = await openHome(join(dir, '.retcon'));
    try {
      expect(ofThisLake(saved, await lakeId(lake.lake))).toBeNull();
      return await planProposed(lake.lake, readSaved(saved));
    } finally {
      await lake.close();
    }
  };
  const now = await planAgain();
  expect(now.plan).toEqual(saved.plan);
  expect(stillHolds(saved, now)).toBeNull();
  expect(ofThisLake(saved, 'another')).toMatchObject({ what: 'lake' });
  const later = { ...now, plan: { ...now.plan, base: 2 } };
  expect(stillHolds(saved, later)).toEqual({
    what: 'head',
    sentences: ['release 2 is live by now; the plan was made against release 1'],
  });

  writeFileSync(join(dir, 'more.csv'), 'visitor,time,url\nv,2026-03-05T00:00:00Z,https://shop.example/x\n');
  expect((await retcon('import', 'more.csv', '--site', 'shop', '--format', 'csv')).code).toBe(0);
  expect(stillHolds(saved, await planAgain())).toEqual({
    what: 'keys',
    sentences: ['boundaries', 'sessions', 'events'].map((name) => `shop: 3 results of ${name} in place of 2`),
  });

  expect(() => loadPlan('{', 'x.plan')).toThrow(/x\.plan is no plan/);
  expect(() => loadPlan('{"format":"other"}', 'x.plan')).toThrow(/no plan that this version knows/);
  expect(() => loadPlan(text.replace('"inactivity_ms": 900000', '"inactivity_ms": 1'), 'x.plan')).toThrow(
    /by hand/,
  );
});
