import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Line, lessFree, linesOf, STANDING } from '../../cli/cost/lines.ts';
import {
  ARRIVAL,
  compactRequests,
  type Letters,
  landRequests,
  type RunRequests,
  sessionizeRequests,
} from '../../cli/cost/runs.ts';
import type { Traffic } from '../../cli/cost/traffic.ts';
import { PRICES } from '../../shared/core/prices.ts';
import { run } from '../cli/running.ts';
import { markdownTables } from '../docs/markdown.ts';
import { evaluate } from './formula.ts';
import { openStagedLake, type Requests } from './staged-lake.ts';

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const traffic = (some: Partial<Traffic>): Traffic => ({
  events: 0,
  sites: 1,
  perBeacon: 20,
  days: 365,
  martsEvery: 900,
  martsPerDay: 1,
  cdn: false,
  firewall: false,
  monitoring: false,
  ...some,
});
const sum = (lines: readonly Line[]): number => lines.reduce((total, { usd }) => total + usd, 0);
const asked = ({ reads, writes, lists, events }: RunRequests): Requests => {
  const all = {
    'events.PutEvents': events,
    's3.GetObject': reads,
    's3.ListObjectsV2': lists,
    's3.PutObject': writes,
  };
  return Object.fromEntries(Object.entries(all).filter(([, n]) => n > 0));
};

it('requests of the arithmetic are those that the page holds the functions to', () => {
  const { rows } = markdownTables(text('docs/requests.md')).find(({ section }) => section === 'Counts')!;
  const letters: Letters = { u: 3, r: 5, o: 7, k: 11, n: 13, e: 17, j: 19, x: 23, g: 29 };
  const ours = {
    land: landRequests,
    compact: compactRequests(letters),
    sessionize: sessionizeRequests(letters),
  };
  for (const [stage, requests] of Object.entries(ours)) {
    const promised = rows
      .filter(([name]) => name === stage)
      .map(([, request, formula]) => [request!.replaceAll('`', ''), evaluate(formula!, letters)]);
    expect(asked(requests)).toEqual(Object.fromEntries(promised));
  }
});

it('and those that a run was metered at: a beacon is one message, an arrival one day', async () => {
  const lake = await openStagedLake();
  await lake.warm();
  const noon = (day: number) => Date.parse('2026-03-01T12:00:00Z') + day * 86_400_000;
  const event = (id: string, time: number) => ({ id, visitor: 'v', time, url: `https://shop.example/${id}` });
  const midnights = [0, 1, 2].flatMap((day) => [
    event(`${day}-early`, noon(day) - 12 * 3_600_000 + 60_000),
    event(`${day}-late`, noon(day) + 12 * 3_600_000 - 60_000),
  ]);
  // Twenty events of a kilobyte each go in one message of one chunk.
  const padded = midnights.map((one) => ({ ...one, properties: { text: 'x'.repeat(600) } }));
  const twenty = Array.from({ length: 20 }, (_, i) => ({
    ...padded[i % 6]!,
    id: `${padded[i % 6]!.id}-${i}`,
  }));
  expect(await lake.collect(twenty)).toEqual({ 'sqs.SendMessage': 1 });
  expect(JSON.stringify(twenty).length).toBeLessThan(PRICES.queueChunk);
  for (const stage of ['land', 'compact', 'sessionize'] as const) await lake.run(stage);

  await lake.collect([event('arrives', noon(2))]);
  expect(await lake.run('land')).toEqual(asked(landRequests));
  expect(await lake.run('compact')).toEqual(asked(compactRequests(ARRIVAL)));
  // What arrives at noon moves no edge; the bill takes every edge to move.
  expect(await lake.run('sessionize')).toEqual(asked(sessionizeRequests({ ...ARRIVAL, e: 0 })));
  await lake.close();
});

it('collection of a million events costs at most 5 cents, at 20 a beacon', () => {
  const at = (events: number) => linesOf(traffic({ events })).filter(({ hop }) => hop === 'collection');
  expect(sum(at(1e9)) / 1000).toBeLessThanOrEqual(0.05);
  // By hand: 50,000 beacons a million, each a call, 10 ms of half a GB, and 1.2 requests to SQS.
  const beacon = 0.2e-6 + 0.01 * 0.5 * 0.0000133334 + 1.2 * 0.4e-6;
  const ofBeacons = at(1e9).filter(({ what }) => /collect|ingest/.test(what));
  expect(sum(ofBeacons)).toBeCloseTo(50e6 * beacon, 6);
});

it('idle costs at most $5 a month with alarms and dashboard, and a lake without them no more than its secrets and polls', () => {
  const bill = (some: Partial<Traffic>) => {
    const lines = lessFree(linesOf(traffic(some)));
    return sum(lines) - lines.reduce((total, { free }) => total + free, 0);
  };
  expect(bill({ monitoring: true })).toBeLessThanOrEqual(5);
  expect(bill({})).toBeLessThanOrEqual(2);
  const infra = readdirSync(new URL('../../infra', import.meta.url)).filter((name) => name.endsWith('.yml'));
  const all = infra.map((name) => text(`infra/${name}`)).join('\n');
  const count = (pattern: RegExp): number => all.match(pattern)?.length ?? 0;
  expect(count(/AWS::SecretsManager::Secret\b/g)).toBe(STANDING.secrets);
  expect(count(/^ {4}- sqs:$/gm)).toBe(STANDING.mappings);
  // An alarm on a share looks at two metrics, and is charged by the metric.
  const alarms = text('infra/monitoring/alarms.yml');
  const looked =
    (alarms.match(/^ {2}(metric|share):/gm) ?? []).length + (alarms.match(/^ {2}share:/gm) ?? []).length;
  expect(looked).toBeGreaterThan(0);
  expect(looked).toBeLessThanOrEqual(STANDING.alarms);
});

it('400 small sites, 5,000 events a month each, cost at most $100 a month with a year of history', () => {
  expect(sum(linesOf(traffic({ events: 2e6, sites: 400, perBeacon: 5 })))).toBeLessThanOrEqual(100);
});

it('prints every sum, and one document that adds up', async () => {
  const printed = await run(['cost', '--events', '10M/month', '--sites', '3']);
  expect(printed.code).toBe(0);
  expect(printed.stdout).toMatch(/SQS ingest: send, receive, delete +2,400,000 +\$0\.0000004 +\$0\.96/);
  const { code, stdout } = await run([
    'cost',
    '--events',
    '10M',
    '--per-beacon',
    '20',
    '--monitoring',
    '--json',
  ]);
  expect(code).toBe(0);
  const document = JSON.parse(stdout) as { lines: Line[]; month: Record<string, number>; prices: object };
  for (const { count, price, usd } of document.lines) expect(usd).toBeCloseTo(count * price, 9);
  expect(sum(document.lines)).toBeCloseTo(document.month['usd']!, 9);
  expect(document.prices).toEqual({ region: 'us-east-1', date: '2026-11' });
  const wrong = await run(['cost', '--events', 'many', '--json']);
  expect(wrong.code).toBe(2);
  expect(JSON.parse(wrong.stdout)).toMatchObject({ error: 'bad_number', field: 'events' });
});
