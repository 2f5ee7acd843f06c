import type { Context, SQSEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { collectEnvironment, dailySalt } from '../../functions/ingest/environment.ts';
import { collectHandler, landHandler } from '../../functions/ingest/handler.ts';
import { createSiteCache } from '../../functions/ingest/site-cache.ts';
import { functionUrlEvent } from '../../shared/envelopes/function-url.ts';
import { lakeEnvironment } from '../../shared/environment.ts';
import { unobserved } from '../../shared/observed.ts';
import { collectWorld, Lines, MemoryBus, MemoryObjects, NOW, site } from './fake-world.ts';

const context = { functionName: 'collect', awsRequestId: 'r' } as Context;

function urlEvent(method: string, path: string, headers: Record<string, string> = {}, body = '') {
  const bytes = Buffer.from(body);
  return functionUrlEvent(
    { method, path, query: '', headers, body: bytes, sourceAddress: '192.0.2.77' },
    NOW,
  );
}

test('a Function URL event in, its result out', async () => {
  const { world, sent } = collectWorld();
  const body = '{"site":"shop","key":"k1","name":"é"}';
  const headers = { Host: 'c.example', 'User-Agent': 'B', Cookie: `a=b; _rc=${'cd'.repeat(16)}` };
  const event = urlEvent('POST', '/v1/events', headers, body);
  expect(event).toMatchObject({ cookies: ['a=b', `_rc=${'cd'.repeat(16)}`], isBase64Encoded: true });
  expect(event.headers.cookie).toBeUndefined();
  const result = await collectHandler(world, unobserved())(event, context);
  expect(result).toMatchObject({ statusCode: 202, isBase64Encoded: false, cookies: [] });
  expect(JSON.parse(result.body!)).toEqual({ accepted: 1, rejected: [] });
  expect(sent[0]!.records[0]).toMatchObject({
    event_name: 'é',
    visitor_id: 'cd'.repeat(16),
    address: '192.0.2.0',
    user_agent: 'B',
  });
  const plain = { ...event, body, isBase64Encoded: false };
  expect(await collectHandler(world, unobserved())(plain, context)).toMatchObject({ statusCode: 202 });
});

test('images go out in base64, cookies in their own list', async () => {
  const { world } = collectWorld({}, [site({ write_keys: [] })]);
  const event = { ...urlEvent('GET', '/v1/pixel.gif'), rawQueryString: 'site=shop&name=x' };
  const result = await collectHandler(world, unobserved())(event, context);
  expect(result).toMatchObject({ statusCode: 200, isBase64Encoded: true });
  expect(Buffer.from(result.body!, 'base64').subarray(0, 3).toString()).toBe('GIF');
  expect(result.cookies).toHaveLength(1);
});

test('a batch from the queue: no failed items, or a throw', async () => {
  const world = {
    clock: { now: () => NOW },
    objects: new MemoryObjects(),
    bus: new MemoryBus(),
    log: new Lines(),
  };
  const event = { Records: [{ messageId: 'm', body: 'poison' }] } as SQSEvent;
  expect(await landHandler(world, unobserved())(event, context)).toEqual({ batchItemFailures: [] });
  expect([...world.objects.objects.keys()][0]).toMatch(/^rejected\//);
  world.objects.broken = true;
  await expect(landHandler(world, unobserved())(event, context)).rejects.toThrow('down');
  expect(world.log.lines.at(-1)).toBe('error a batch could not be landed and will come again');
});

test('sites are read again after 60 s; when that fails the last good ones stay', async () => {
  const objects = new MemoryObjects();
  const clock = { at: 0, now: () => clock.at };
  const log = new Lines();
  const sites = createSiteCache({ objects, clock, log, dayOffset: async () => 540 });
  objects.unreadable = true;
  await expect(sites()).rejects.toThrow('down');
  objects.unreadable = false;

  await objects.put('config/sites/shop.json', JSON.stringify(site({ day_offset_minutes: null as never })));
  const [one, two] = await Promise.all([sites(), sites()]);
  expect([...one.keys()]).toEqual(['shop']);
  expect(one.get('shop')!.day_offset_minutes).toBe(540);
  expect(two).toBe(one);

  await objects.put('config/sites/blog.json', JSON.stringify(site({ site: 'blog' })));
  clock.at = 59_999;
  expect((await sites()).size).toBe(1);
  clock.at = 60_000;
  expect((await sites()).size).toBe(2);

  objects.unreadable = true;
  clock.at = 120_000;
  const reads = objects.reads;
  expect((await sites()).size).toBe(2);
  expect((await sites()).size).toBe(2);
  expect(objects.reads).toBe(reads + 1);
  expect(log.lines).toEqual(['warn the sites could not be read again; the last ones stay']);

  objects.unreadable = false;
  await objects.put('config/sites/shop.json', '{');
  clock.at = 125_000;
  expect((await sites()).get('shop')).toEqual(site());
  expect(log.lines.at(-1)).toBe('error a site can not be read; its last settings stay');
});

test('the environment is read once, and what is missing is named', () => {
  const whole = { RETCON_BUCKET: 'b', RETCON_INGEST_QUEUE_URL: 'q', RETCON_SALT_SECRET: 's' };
  expect(collectEnvironment(whole)).toEqual({
    bucket: 'b',
    queueUrl: 'q',
    saltSecret: 's',
    originSecret: null,
    addressSource: 'connection',
  });
  expect(() => collectEnvironment({ ...whole, RETCON_SALT_SECRET: '' })).toThrow(
    /RETCON_SALT_SECRET is not set/,
  );
  expect(() => collectEnvironment({ ...whole, RETCON_ADDRESS_SOURCE: 'x' })).toThrow(/RETCON_ADDRESS_SOURCE/);
  expect(() => lakeEnvironment({ RETCON_BUCKET: 'b' })).toThrow(/RETCON_BUS is not set/);
});

test('salts differ by day and by secret', () => {
  const salts = [dailySalt('a')('2026-01-01'), dailySalt('a')('2026-01-02'), dailySalt('b')('2026-01-01')];
  expect(new Set(salts).size).toBe(3);
  expect(dailySalt('a')('2026-01-01')).toBe(salts[0]);
});
