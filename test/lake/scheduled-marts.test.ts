import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { MARTS_DUE } from '../../shared/envelopes/events.ts';
import { dailyMart } from './daily-mart.ts';
import { openTestLake } from './open.ts';
import { pageView } from './page-view.ts';

it('with marts by schedule an arrival builds only what was never built; the schedule builds the rest, once', async () => {
  const START = Date.parse('2026-03-01T12:00:00Z');
  const lake = await openTestLake(
    'site: shop\nhosts: [shop.example]\n',
    '',
    { clock: { now: () => START }, marts: 'schedule' },
    { mart_days: dailyMart() },
  );
  const { lake: local } = lake;
  const shown = async () => (await lake.rows('SELECT n FROM mart_days')).flat();
  const folder = async (): Promise<string> => {
    const state = await local.objects.get('state/marts/mart_days.json');
    return JSON.stringify(
      Object.values(JSON.parse(state!.body.toString())).map((one) => (one as { folder: string }).folder),
    );
  };
  const due = async (): Promise<void> => {
    await local.clients.sqs.send(
      new SendMessageCommand({ QueueUrl: local.queueUrl('publish'), MessageBody: JSON.stringify(MARTS_DUE) }),
    );
    await lake.drain();
  };

  await lake.land([pageView('shop', 'e1', 'v', START, '/a')]);
  await lake.drain();
  await due();
  expect(await shown()).toEqual(['1']);
  const first = await folder();

  await lake.land([pageView('shop', 'e2', 'v', START + 1000, '/b')]);
  await lake.drain();
  expect(await lake.rows('SELECT count(*) FROM events')).toEqual([['2']]);
  expect(await shown()).toEqual(['1']);
  expect(await folder()).toBe(first);

  await due();
  expect(await shown()).toEqual(['2']);
  const second = await folder();
  expect(second).not.toBe(first);
  await due();
  expect(await folder()).toBe(second);
  await lake.close();
});

it('builds come so far apart that a day of them costs what it may', async () => {
  const START = Date.parse('2026-03-01T12:00:00Z');
  const clock = { time: START, now: () => clock.time };
  // A mart is made and its grain tested: two statements of 10 MB at least, at $5 a TB $0.0001. Twelve a day.
  const lake = await openTestLake(
    'site: shop\nhosts: [shop.example]\n',
    '',
    { clock, marts: 'schedule', martsPerDay: 0.0012 },
    { mart_days: dailyMart() },
  );
  const { lake: local } = lake;
  const due = async (detail: object = {}): Promise<string | null> => {
    const MessageBody = JSON.stringify({ ...MARTS_DUE, detail });
    await local.clients.sqs.send(
      new SendMessageCommand({ QueueUrl: local.queueUrl('publish'), MessageBody }),
    );
    await lake.drain();
    return (await lake.rows('SELECT n FROM mart_days'))[0]![0]!;
  };
  const land = async (id: string): Promise<void> => {
    await lake.land([pageView('shop', id, 'v', START, '/')]);
    await lake.drain();
  };

  await land('e1');
  // The first build is not the schedule's, and nobody knew what it would cost.
  expect(await due()).toBe('1');
  const HOUR = 3_600_000;
  clock.time = START + 2 * HOUR - 1000;
  await land('e2');
  expect(await due()).toBe('1');
  clock.time = START + 2 * HOUR;
  expect(await due()).toBe('2');
  clock.time += 1000;
  await land('e3');
  expect(await due()).toBe('2');
  expect(await due({ all: true })).toBe('3');
  await lake.close();
});
