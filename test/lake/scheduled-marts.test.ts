import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { MARTS_DUE } from '../../shared/envelopes/events.ts';
import { openTestLake } from './open.ts';
import { pageView } from './page-view.ts';

const MART = `/*---
description: events of a day
grain: [site, dt]
inputs: { events: all }
rebuild: full
columns: { site: the site, dt: the day, n: events }
---*/
SELECT site, dt, count(*) AS n FROM events GROUP BY site, dt
`;

it('with marts by schedule an arrival builds only what was never built; the schedule builds the rest, once', async () => {
  const START = Date.parse('2026-03-01T12:00:00Z');
  const lake = await openTestLake(
    'site: shop\nhosts: [shop.example]\n',
    '',
    { clock: { now: () => START }, marts: 'schedule' },
    { mart_days: MART },
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
