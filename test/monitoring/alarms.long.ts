import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWatchHandler } from '../../functions/watch/handler.ts';
import type { FaultHook } from '../../local/aws/index.ts';
import { lakeStatus } from '../../local/lake-status.ts';
import { topology } from '../../local/topology.ts';
import { messagesIn } from '../../shared/clients/dead-letters.ts';
import { emfMetrics } from '../../shared/clients/emf-metrics.ts';
import { landedAgain } from '../../shared/envelopes/events.ts';
import { functionUrlEvent } from '../../shared/envelopes/function-url.ts';
import { landingPrefix } from '../../shared/lake/keys.ts';
import { landingKey } from '../../shared/lake/landing-batch.ts';
import { Spend } from '../../shared/spend.ts';
import { MARTS } from '../lake/applying.ts';
import { openTestLake, type TestLake } from '../lake/open.ts';
import { pageView } from '../lake/page-view.ts';
import { beaconRequest } from '../requests/beacon-request.ts';
import { type AlarmProperties, alarmState } from './alarm-state.ts';

/**
 * Every alarm, provoked: the functions run over the embedded lake, their metrics are taken as they are logged, and
 * the alarm's own numbers decide. One lake, the tests follow one another.
 */
const { monitoring, idOf, alarms } = createRequire(import.meta.url)('../../infra/monitoring/template.cjs');
const { Resources } = monitoring({ stage: 'prod', email: '', parameters: { spendPerDay: 10 } });

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MART_WITH_TEST = MARTS.mart_sessions.replace(
  '---*/',
  'tests:\n  - name: no busy days\n    sql: SELECT count(*) FROM {{mart}} WHERE n > 50\n---*/',
);

/** Some days ago, ten past twelve: CloudWatch takes numbers that are no older than two weeks, and none of the future. */
let now = Math.floor(Date.now() / DAY) * DAY - 4 * DAY + 12 * HOUR + 10 * 60_000;
const clock = { now: () => now };
const lines: string[] = [];
const faults: { queue: boolean; scanned: number } = { queue: false, scanned: 0 };
const fault: FaultHook = async (call, phase, response) => {
  if (faults.queue && phase === 'before' && call.operation.startsWith('SendMessage')) throw new Error('down');
  if (faults.scanned > 0 && phase === 'after' && call.operation === 'GetQueryExecution') {
    const body = JSON.parse(String(response!.body));
    if (body.QueryExecution.Statistics) body.QueryExecution.Statistics.DataScannedInBytes = faults.scanned;
    const text = Buffer.from(JSON.stringify(body));
    return {
      ...response!,
      headers: { ...response!.headers, 'content-length': String(text.length) },
      body: text,
    };
  }
  return undefined;
};
const provoked = new Set<string>();
let test: TestLake;
let watch: () => Promise<unknown>;

beforeAll(async () => {
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const metrics = emfMetrics(clock, (line) => lines.push(line));
  const observed = { metrics, spend: new Spend() };
  test = await openTestLake(
    'site: shop\ntime_zone: UTC\nhosts: [shop.example]\nwrite_keys: [k]\nlimits: { requests_per_second: 1000 }\n',
    '',
    { clock, log, fault, observed },
    { mart_sessions: MART_WITH_TEST },
  );
  const { lake } = test;
  const urls = topology.queues.map(({ name }) => lake.queueUrl(`${name}-dlq`));
  const handler = createWatchHandler({
    lake: lake.lake,
    deadLetters: () => messagesIn(lake.clients.sqs, urls),
    metrics,
    log,
  });
  watch = () => handler({}, {} as Context);
});
afterAll(() => test.close());

const stateOf = (name: string): string =>
  alarmState(Resources[idOf(name)].Properties as AlarmProperties, lines, now);

/** Lets hours pass, with the watch looking twice in each, as its schedule does. */
async function hours(count: number): Promise<void> {
  for (let half = 0; half < 2 * count; half++) {
    now += HOUR / 2;
    await watch();
  }
}

function becomesAlarm(name: string): void {
  expect(stateOf(name), name).toBe('ALARM');
  provoked.add(name);
}

async function send(events: readonly object[]): Promise<number> {
  const reply = await test.lake.collector(functionUrlEvent(beaconRequest(events), now), {} as Context);
  return reply.statusCode as number;
}

let ids = 0;
const views = (count: number, visitor: string): object[] =>
  Array.from({ length: count }, () => ({
    id: `e${ids++}`,
    visitor,
    time: now,
    url: 'https://shop.example/',
  }));

it('a lake that is well: no alarm, and its numbers', async () => {
  expect(await send([...views(96, 'v'), { time: 'x' }, { time: 'x' }, { time: 'x' }, { time: 'x' }])).toBe(
    202,
  );
  await test.drain();
  await hours(3);
  for (const { name } of alarms()) expect(stateOf(name), name).toBe('OK');
  // What is 0 is not sent, but for freshness in one hour of six, which shows that the watch lives.
  await hours(6);
  const watched = lines.filter((line) => line.includes('FreshnessSeconds'));
  expect(watched.length).toBeLessThanOrEqual(4);
  expect(JSON.parse(watched.at(-1)!)).toMatchObject({ FreshnessSeconds: 0, service: 'lake' });
  expect(lines.join('\n')).not.toContain('StaleUnits');
  const landed = lines.map((line) => JSON.parse(line)).find((line) => 'EventsLanded' in line);
  expect(landed).toMatchObject({ EventsLanded: 96, EventsRejected: 4 });
});

it('rejected-share: six of a hundred refused', async () => {
  await send([...views(94, 'v'), ...Array.from({ length: 6 }, () => ({ time: 'x' }))]);
  await test.drain();
  await hours(1);
  becomesAlarm('rejected-share');
  await hours(1);
  expect(stateOf('rejected-share')).toBe('OK');
});

it('beacons-unstored: the queue is down for a moment', async () => {
  faults.queue = true;
  expect(await send(views(1, 'v'))).toBe(503);
  faults.queue = false;
  now += 5 * 60_000;
  becomesAlarm('beacons-unstored');
  now += 5 * 60_000;
  expect(stateOf('beacons-unstored')).toBe('OK');
});

it('freshness: what landed is not brought in, or the watch is silent', async () => {
  await send(views(1, 'late'));
  await test.lake.lander.drain();
  await hours(2);
  expect(stateOf('freshness')).toBe('OK');
  await hours(1);
  becomesAlarm('freshness');
  await test.drain();
  await hours(7);
  expect(stateOf('freshness')).toBe('OK');
  now += 6 * HOUR + 60_000;
  expect(stateOf('freshness')).toBe('ALARM');
  await hours(6);
  expect(stateOf('freshness')).toBe('OK');
});

it('stale-units: facts came, and nobody makes sessions of them', async () => {
  await send(views(1, 'w'));
  await test.lake.lander.drain();
  const landed = (await test.lake.objects.list(landingPrefix)).map(({ key }) => key);
  const Records = [{ messageId: '1', body: JSON.stringify(landedAgain(topology.bucket, landed.at(-1)!)) }];
  await test.lake.functions['compact']!({ Records } as never, {} as Context);
  await hours(2);
  expect(stateOf('stale-units')).toBe('OK');
  await hours(1);
  becomesAlarm('stale-units');
  await hours(2);
  expect(stateOf('freshness')).toBe('ALARM');
  // The same number as `retcon status` shows, and as many as it lists with their reasons.
  const status = await lakeStatus(test.lake);
  expect(status.health).toMatchObject({ stale_units: 1, freshness_seconds: 5 * 3600 });
  expect(status.stale).toHaveLength(1);
  await test.drain();
  await hours(2);
  expect(stateOf('stale-units')).toBe('OK');
});

it('dead-letters: a message that nobody can read', async () => {
  const QueueUrl = test.lake.queueUrl('compact');
  await test.lake.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'no JSON' }));
  await expect(test.drain()).rejects.toThrow('gave up: compact');
  await hours(1);
  becomesAlarm('dead-letters');
  expect((await lakeStatus(test.lake)).health.dead_letters).toBe(1);
});

it('events-lost: every twentieth number never came', async () => {
  const numbered = Array.from({ length: 1200 }, (_, i) => i + 1).filter((seq) => seq % 20 !== 10);
  // A visitor whose numbers are no counter says nothing about losses.
  const odd = [7, 1_700_000_000_000].map((seq) => pageView('shop', `odd${seq}`, 'odd', now, '/', { seq }));
  await test.land([
    ...numbered.map((seq) => pageView('shop', `n${seq}`, 'n', now + seq, '/', { seq })),
    ...odd,
  ]);
  await test.drain();
  await hours(1);
  expect(stateOf('events-lost')).toBe('OK');
  await hours(1);
  becomesAlarm('events-lost');
  // 60 of 1,200 numbers.
  expect((await lakeStatus(test.lake)).health.events_lost_percent).toBeCloseTo(5, 10);
});

it('traffic: the hour of every day brings nothing', async () => {
  // Only their sizes count: 60 KB in each hour of the day, on each of the seven days before.
  const usual = async (hour: number): Promise<void> => {
    for (let day = 1; day <= 7; day++) {
      const at = hour - day * DAY;
      const name = `${at}-${randomBytes(8).toString('hex')}`;
      await test.lake.objects.put(landingKey(at, name), randomBytes(60_000));
    }
  };
  for (const ahead of [0, 1, 2]) await usual(now + ahead * HOUR);
  await hours(1);
  expect(stateOf('traffic')).toBe('OK');
  await hours(2);
  becomesAlarm('traffic');
  expect((await lakeStatus(test.lake)).health.traffic_deviation).toBe(10);
});

it('failed-marts: more sessions on a day than the mart’s test takes for possible', async () => {
  await test.land(Array.from({ length: 60 }, (_, i) => pageView('shop', `m${i}`, `m${i}`, now, '/')));
  await test.lake.runtime.drain();
  await hours(1);
  becomesAlarm('failed-marts');
  expect((await lakeStatus(test.lake)).health.failed_marts).toBe(1);
});

it('spend: a mart scans three terabytes', async () => {
  const dollars = (from: number): number =>
    lines.slice(from).reduce((sum, line) => sum + (JSON.parse(line).SpendDollars ?? 0), 0);
  expect(dollars(0)).toBeLessThan(0.1);
  const before = lines.length;
  faults.scanned = 3e12;
  await test.land([pageView('shop', 'last', 'last', now, '/')]);
  await test.lake.runtime.drain();
  faults.scanned = 0;
  // At five dollars a terabyte, for the mart and for its test at least.
  expect(dollars(before)).toBeGreaterThan(30);
  expect(stateOf('spend')).toBe('OK');
  now += DAY;
  becomesAlarm('spend');
});

it('every alarm of the list was provoked', () => {
  expect([...provoked].sort()).toEqual(
    alarms()
      .map(({ name }: { name: string }) => name)
      .sort(),
  );
});
