import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { collect } from '../../functions/ingest/collect.ts';
import type { CollectReply } from '../../functions/ingest/http.ts';
import { collectWorld, NOW, post, request, site } from './fake-world.ts';

const json = (reply: CollectReply) => JSON.parse(reply.body.toString());
const good = { site: 'shop', key: 'k1', events: [{ id: 'e1', url: 'https://shop.example/a' }] };

describe('a good beacon', () => {
  test('is answered 202 once queued, as one message', async () => {
    const { world, sent } = collectWorld();
    const reply = await collect(post({ ...good, sent_at: NOW - 100 }), world);
    expect(reply.status).toBe(202);
    expect(json(reply)).toEqual({ accepted: 1, rejected: [] });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ v: 1, received_at: NOW, day_offset_minutes: 540, rejected: [] });
    expect(sent[0]!.records[0]).toMatchObject({
      site: 'shop',
      event_id: 'e1',
      event_time: NOW,
      url_path: '/a',
      user_agent: 'Browser/1',
      address: '192.0.2.0',
    });
  });

  test('good events stand beside refused ones, and those land with their reasons', async () => {
    const { world, sent } = collectWorld();
    const events = [{ name: 'a' }, { type: 'nope' }, 7, { name: 'b', seq: -1 }, { name: 'c' }];
    const reply = await collect(post({ ...good, events }), world);
    expect(json(reply)).toEqual({
      accepted: 2,
      rejected: [
        { index: 1, reason: 'bad_type' },
        { index: 2, reason: 'not_an_object' },
        { index: 3, reason: 'bad_seq' },
      ],
    });
    expect(sent[0]!.records.map((record) => record.event_name)).toEqual(['a', 'c']);
    expect(sent[0]!.rejected[0]).toEqual({
      received_at: NOW,
      site: 'shop',
      reason: 'bad_type',
      detail:
        '`type` is "nope": use one of page_view, event, impression, screen_view, mail_open, mail_delivery, identify, engagement.',
      source: 'collector',
      body: '{"type":"nope"}',
    });
  });

  test('may be one event with site, key and sent_at beside its fields', async () => {
    const { world, sent } = collectWorld();
    await collect(
      post({ site: 'shop', key: 'k2', sent_at: NOW, time: NOW - 5, name: 'x', plan: 'p' }),
      world,
    );
    expect(sent[0]!.records[0]).toMatchObject({
      event_name: 'x',
      event_time: NOW - 5,
      properties: '{"plan":"p"}',
    });
  });

  test('may be text/plain, gzip, or both', async () => {
    const { world, sent } = collectWorld();
    const body = gzipSync(JSON.stringify(good));
    const headers = { 'content-type': 'text/plain;charset=UTF-8', 'content-encoding': 'gzip' };
    expect((await collect(post('', headers, { body }), world)).status).toBe(202);
    expect(sent).toHaveLength(1);
  });

  test('with 500 events of long user agents is split below the limit of a message', async () => {
    const { world, sent } = collectWorld();
    const events = Array.from({ length: 500 }, (_, i) => ({ id: `e${i}` }));
    const reply = await collect(post({ ...good, events }, { 'user-agent': 'x'.repeat(2048) }), world);
    expect(json(reply)).toEqual({ accepted: 500, rejected: [] });
    expect(sent.length).toBeGreaterThan(1);
    for (const message of sent) expect(JSON.stringify(message).length).toBeLessThan(1_048_576);
    expect(sent.flatMap((message) => message.records.map((record) => record.event_id))).toEqual(
      events.map((event) => event.id),
    );
  });
});

describe('refusals', () => {
  const valid = JSON.stringify(good);
  test.each([
    ['no JSON', post('{'), 400, 'bad_json', undefined],
    ['empty body', post(''), 400, 'bad_json', undefined],
    ['not UTF-8', post('', {}, { body: Buffer.from([0x22, 0xff, 0x22]) }), 400, 'bad_json', undefined],
    ['a list', post([]), 400, 'bad_beacon', undefined],
    ['null', post('null'), 400, 'bad_beacon', undefined],
    ['no site', post({ events: [{}] }), 400, 'missing_site', 'site'],
    ['a site that is a number', post({ site: 5, events: [{}] }), 400, 'missing_site', 'site'],
    ['a key that is a number', post({ ...good, key: 5 }), 400, 'bad_key', 'key'],
    ['no events', post({ site: 'shop', key: 'k1' }), 400, 'no_events', 'events'],
    ['an empty list', post({ ...good, events: [] }), 400, 'no_events', 'events'],
    ['events that are no list', post({ ...good, events: {} }), 400, 'no_events', 'events'],
    ['sent_at as text', post({ ...good, sent_at: '2026' }), 400, 'bad_sent_at', 'sent_at'],
    [
      'a form',
      post(valid, { 'content-type': 'application/x-www-form-urlencoded' }),
      400,
      'bad_content_type',
      undefined,
    ],
    ['brotli', post(valid, { 'content-encoding': 'br' }), 400, 'bad_encoding', undefined],
    ['gzip in name only', post(valid, { 'content-encoding': 'gzip' }), 400, 'bad_encoding', undefined],
    ['501 events', post({ ...good, events: new Array(501).fill({}) }), 413, 'too_many_events', 'events'],
    ['65,537 bytes', post(valid.padEnd(65_537)), 413, 'too_large', undefined],
    ['an unknown site', post({ ...good, site: 'none' }), 403, 'forbidden', undefined],
    ['a name every object has', post({ ...good, site: 'constructor' }), 403, 'forbidden', undefined],
    ['a wrong key', post({ ...good, key: 'k3' }), 403, 'forbidden', undefined],
    ['no key', post({ ...good, key: undefined }), 403, 'forbidden', undefined],
    ['another origin', post(good, { origin: 'https://evil.example' }), 403, 'origin_not_allowed', undefined],
    ['an opaque origin', post(good, { origin: 'null' }), 403, 'origin_not_allowed', undefined],
  ])('%s', async (_, req, status, code, field) => {
    const { world, sent } = collectWorld();
    const reply = await collect(req, world);
    expect(reply.status).toBe(status);
    expect(json(reply)).toMatchObject({ error: code, ...(field === undefined ? {} : { field }) });
    expect(json(reply).message).toMatch(/^[^.]+[.:].*\.$|^[^.]+\.$/);
    expect(reply.headers['content-type']).toContain('application/json');
    expect(sent).toEqual([]);
    expect(reply.cookies).toEqual([]);
  });

  test('65,536 bytes pass', async () => {
    expect((await collect(post(valid.padEnd(65_536)), collectWorld().world)).status).toBe(202);
  });

  test('an unknown site and a wrong key get the same words', async () => {
    const { world } = collectWorld();
    const unknown = await collect(post({ ...good, site: 'none' }), world);
    const wrong = await collect(post({ ...good, key: 'no' }), world);
    expect(unknown).toEqual(wrong);
  });

  test('a zip bomb is not inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(40_000_000, 32));
    expect(bomb.length).toBeLessThan(65_536);
    const before = process.memoryUsage().arrayBuffers;
    const reply = await collect(
      post('', { 'content-encoding': 'gzip' }, { body: bomb }),
      collectWorld().world,
    );
    expect(json(reply).error).toBe('too_large');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  test('deep nesting is refused, not a crash', async () => {
    const lists = `${'['.repeat(15_000)}${']'.repeat(15_000)}`;
    const deep = `{"site":"shop","key":"k1","events":[{"id":"a","x":${lists}},{"id":"b"},{"name":${lists}}]}`;
    expect(json(await collect(post(deep), collectWorld().world))).toEqual({
      accepted: 1,
      rejected: [
        { index: 0, reason: 'too_deep' },
        { index: 2, reason: 'not_a_string' },
      ],
    });
  });

  test('over the limit: 429 until the bucket has filled again', async () => {
    const { world, clock } = collectWorld({}, [site({ limits: { requests_per_second: 2 } })]);
    const statuses = async (count: number) => {
      const all: number[] = [];
      for (let i = 0; i < count; i++) all.push((await collect(post(good), world)).status);
      return all;
    };
    expect(await statuses(3)).toEqual([202, 202, 429]);
    clock.at += 499;
    expect(await statuses(1)).toEqual([429]);
    clock.at += 1;
    expect(await statuses(2)).toEqual([202, 429]);
    clock.at += 60_000;
    expect(await statuses(3)).toEqual([202, 202, 429]);
  });
});

describe('never 2xx for what is not durable', () => {
  test('the queue fails', async () => {
    const { world } = collectWorld({ queue: { send: () => Promise.reject(new Error('down')) } });
    const reply = await collect(post(good), world);
    expect(reply.status).toBe(503);
    expect(reply.headers['retry-after']).toBe('5');
    expect(reply.cookies).toEqual([]);
  });

  test('the queue does not answer', async () => {
    const { world } = collectWorld({ queue: { send: () => new Promise(() => {}) }, queueTimeoutMs: 10 });
    expect((await collect(post(good), world)).status).toBe(503);
  });

  test('the sites can not be read', async () => {
    const { world } = collectWorld({ sites: () => Promise.reject(new Error('down')) });
    expect((await collect(post(good), world)).status).toBe(503);
  });

  test('a fault of ours is a 500', async () => {
    const { world, log } = collectWorld({
      randomBytes: () => {
        throw new Error('no entropy');
      },
    });
    expect((await collect(post(good), world)).status).toBe(500);
    expect(log.lines).toEqual(['error the collector failed']);
  });
});

describe('origins', () => {
  const origin = 'https://shop.example';

  test('an allowed origin is echoed, with credentials, also on errors', async () => {
    const { world } = collectWorld();
    for (const req of [post(good, { origin }), post('{', { origin })]) {
      expect((await collect(req, world)).headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        vary: 'origin',
      });
    }
  });

  test('preflight', async () => {
    const { world } = collectWorld();
    const ask = (from: string) => request({ method: 'OPTIONS', headers: { origin: from } });
    const yes = await collect(ask(origin), world);
    expect(yes.status).toBe(204);
    expect(yes.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'content-type, content-encoding',
    });
    const no = await collect(ask('https://evil.example'), world);
    expect(no.status).toBe(403);
    expect(no.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('a site that lists none takes any', async () => {
    const { world } = collectWorld({}, [site({ allowed_origins: [] })]);
    expect((await collect(post(good, { origin: 'https://any.example' }), world)).status).toBe(202);
  });
});

describe('the pixel', () => {
  const pixel = (query: string) => request({ method: 'GET', path: '/v1/pixel.gif', query });

  test('brings one event and shows an image', async () => {
    const { world, sent } = collectWorld();
    const query =
      'site=shop&key=k1&type=mail_open&visitor=crm%201&name=Spring+News&value=2.5&time=1000&list=a&list=b';
    const reply = await collect(pixel(query), world);
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({ 'content-type': 'image/gif', 'cache-control': 'no-store' });
    expect((reply.body as Buffer).subarray(0, 6).toString()).toBe('GIF89a');
    expect(sent[0]!.records[0]).toMatchObject({
      event_type: 'mail_open',
      visitor_id: 'crm 1',
      event_name: 'Spring News',
      value: 2.5,
      event_time: 1000,
      properties: '{"list":"a"}',
    });
  });

  test.each([
    ['site=none&key=k1&name=x', 403, 'forbidden'],
    ['name=x', 400, 'missing_site'],
    ['site=shop&key=k1', 400, 'no_events'],
    ['site=shop&key=k1&name=x&sent_at=yesterday', 400, 'bad_sent_at'],
  ])('%s', async (query, status, code) => {
    const { world, sent } = collectWorld();
    const reply = await collect(pixel(query), world);
    expect(reply.status).toBe(status);
    expect(reply.headers['x-retcon-error']).toBe(code);
    expect((reply.body as Buffer).subarray(0, 3).toString()).toBe('GIF');
    expect(sent).toEqual([]);
  });

  test('a time that is no number lands among the rejected', async () => {
    const { world, sent } = collectWorld();
    expect((await collect(pixel('site=shop&key=k1&name=x&time=now'), world)).status).toBe(200);
    expect(sent[0]!.rejected.map((record) => record.reason)).toEqual(['bad_time']);
  });
});

describe('the other paths', () => {
  test('the script, and whether it changed', async () => {
    const { world } = collectWorld();
    const ask = (headers = {}) => request({ method: 'GET', path: '/v1/retcon.js', headers });
    const reply = await collect(ask(), world);
    expect(reply).toMatchObject({ status: 200, body: 'track()' });
    expect(reply.headers['content-type']).toContain('text/javascript');
    const again = await collect(ask({ 'if-none-match': reply.headers.etag }), world);
    expect(again).toMatchObject({ status: 304, body: '' });
  });

  test('health, unknown paths, wrong methods', async () => {
    const { world } = collectWorld();
    expect(json(await collect(request({ method: 'GET', path: '/healthz' }), world))).toEqual({ ok: true });
    expect((await collect(request({ method: 'GET', path: '/v2' }), world)).status).toBe(404);
    expect((await collect(request({ method: 'GET', path: 'toString' }), world)).status).toBe(404);
    const put = await collect(request({ method: 'PUT' }), world);
    expect(put.status).toBe(405);
    expect(put.headers.allow).toBe('POST, OPTIONS');
  });

  test('behind a CDN only what came through it is served', async () => {
    const { world } = collectWorld({ originSecret: 's3cret' });
    expect((await collect(post(good), world)).status).toBe(403);
    expect((await collect(post(good, { 'x-origin-verify': 's3cret' }), world)).status).toBe(202);
    expect((await collect(request({ method: 'GET', path: '/healthz' }), world)).status).toBe(200);
  });
});
