import type { Context } from 'aws-lambda';
import { expect, it } from 'vitest';
import { correlationOf, MOST_NAMED } from '../../shared/correlation.ts';
import { functionUrlEvent } from '../../shared/envelopes/function-url.ts';
import { dailyMart } from './daily-mart.ts';
import { openTestLake } from './open.ts';

type Line = Record<string, unknown> & { message: string };

/** Sends events of a shop as its server does; gives the request's id. */
function sender(lake: Awaited<ReturnType<typeof openTestLake>>) {
  return async (events: readonly object[]): Promise<string> => {
    const body = Buffer.from(JSON.stringify({ site: 'shop', key: 'k', events }));
    const headers = { 'content-type': 'application/json' };
    const request = {
      method: 'POST',
      path: '/v1/events',
      query: '',
      headers,
      body,
      sourceAddress: '192.0.2.1',
    };
    const event = functionUrlEvent(request, lake.lake.clock.now());
    expect((await lake.lake.collector(event, {} as Context)).statusCode).toBe(202);
    return event.requestContext.requestId;
  };
}

it.each([
  ['in one call', {}],
  ['shared out among workers', { limits: { units: 1, rows: 1 } }],
])('from the id of a request the log leads to the mart, %s', async (_, options) => {
  const lines: Line[] = [];
  const write = (message: string, fields: Record<string, unknown> = {}): void => {
    lines.push({ message, ...fields });
  };
  const NOW = Date.parse('2026-03-03T12:00:00Z');
  const lake = await openTestLake(
    'site: shop\nhosts: [shop.example]\nwrite_keys: [k]\n',
    '',
    { ...options, clock: { now: () => NOW }, log: { info: write, warn: write, error: write } },
    { mart_days: dailyMart() },
  );
  const send = sender(lake);
  const page = (id: string, day: string) => ({
    id,
    url: 'https://shop.example/',
    visitor: id,
    time: Date.parse(`2026-03-0${day}T10:00:00Z`),
  });
  await send([page('a', '1'), page('b', '2')]);
  await lake.drain();
  lines.length = 0;
  const request = await send([page('c', '2'), page('d', '3')]);
  await lake.drain();

  const landed = lines.find((line) => (line['requests'] as string[] | undefined)?.includes(request));
  expect(landed).toMatchObject({ message: 'landed', messages: 1 });
  const led = lines.filter((line) =>
    (line['correlation'] as string[] | undefined)?.includes(landed!['key'] as string),
  );
  const sessions = led.filter(({ message, dataset }) => message === 'recomputed' && dataset === 'sessions');
  expect(new Set(sessions.map(({ unit }) => unit))).toEqual(new Set(['2026-03-02', '2026-03-03']));
  expect(led.some(({ message }) => message === 'partitions shown')).toBe(true);
  expect(led.some(({ message, mart }) => message === 'mart built' && mart === 'mart_days')).toBe(true);
  await lake.close();
});

it('names no more than a message can carry, and only what was landed', () => {
  const created = (key: string) => ({
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: 'lake' }, object: { key } },
  });
  const carried = { source: 'retcon', 'detail-type': 'Wave Done', detail: { correlation: ['landing/1', 5] } };
  const foreign = { source: 'elsewhere', detail: { correlation: ['landing/2'] } };
  expect(correlationOf([carried, foreign, created('config/proposals/x.yaml'), created('landing/1')])).toEqual(
    ['landing/1'],
  );
  const many = Array.from({ length: 50 }, (_, i) => created(`landing/${i}`));
  expect(correlationOf(many)).toHaveLength(MOST_NAMED);
});
