import { readdirSync, readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { Check } from 'typebox/schema';
import { expect, it } from 'vitest';
import { functionUrlEvent } from '../../shared/envelopes/function-url.ts';
import { openTestLake } from './open.ts';
import { pageView } from './page-view.ts';

const folder = new URL('../../shared/schemas/', import.meta.url);
const schemas = new Map(
  readdirSync(folder).map((file) => {
    const schema = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    return [schema.title as string, schema];
  }),
);

it('everything announced on the bus is as its JSON Schema says', async () => {
  const seen: { type: string; detail: unknown }[] = [];
  const lake = await openTestLake('site: shop\n');
  const announce = lake.lake.bus.announce.bind(lake.lake.bus);
  lake.lake.bus.announce = async (events) => {
    seen.push(...events.map(({ type, detail }) => ({ type, detail: JSON.parse(JSON.stringify(detail)) })));
    await announce(events);
  };
  const beacon = { site: 'shop', events: [{ id: 'a', url: 'https://shop.example/', visitor: 'v' }] };
  const request = {
    method: 'POST',
    path: '/v1/events',
    query: '',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(beacon)),
    sourceAddress: '192.0.2.1',
  };
  const reply = await lake.lake.collector(functionUrlEvent(request, Date.now()), {} as Context);
  expect(reply.statusCode).toBe(202);
  await lake.land([pageView('shop', 'b', 'v', Date.parse('2026-03-01T10:00:00Z'), '/x')]);
  await lake.drain();
  const types = new Set(seen.map(({ type }) => type));
  expect([...types].sort()).toEqual([
    'Landing Object Created',
    'Partition Compacted',
    'Partition Sessionized',
  ]);
  for (const { type, detail } of seen) {
    expect([type, detail, Check(schemas.get(type), detail)]).toEqual([type, detail, true]);
  }
  expect(Check(schemas.get('Release Published'), { release: 0 })).toBe(false);
  await lake.close();
});
