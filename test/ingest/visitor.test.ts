import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { collect } from '../../functions/ingest/collect.ts';
import { collectWorld, post, site } from './fake-world.ts';

const good = { site: 'shop', key: 'k1', events: [{ id: 'e1', url: 'https://shop.example/a' }] };

describe('visitors', () => {
  const known = 'ab'.repeat(16);

  test('neither cookie nor body: minted and set for 400 days', async () => {
    const { world, sent } = collectWorld();
    const reply = await collect(post(good), world);
    const minted = '01'.repeat(16);
    expect(sent[0]!.records[0]!.visitor_id).toBe(minted);
    expect(reply.cookies).toEqual([
      `_rc=${minted}; Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax; Secure`,
    ]);
  });

  test.each(['localhost:8787', '127.0.0.1:8787', '[::1]:8787'])('not Secure on %s', async (host) => {
    const reply = await collect(post(good, { host }), collectWorld().world);
    expect(reply.cookies[0]).not.toContain('Secure');
  });

  test('a cookie is believed and not set again', async () => {
    const { world, sent } = collectWorld();
    const reply = await collect(post(good, {}, { cookies: ['a=b', `_rc=${known}`] }), world);
    expect(sent[0]!.records[0]!.visitor_id).toBe(known);
    expect(reply.cookies).toEqual([]);
  });

  test('a cookie that we can not have set is no cookie', async () => {
    const { world, sent } = collectWorld();
    const reply = await collect(post(good, {}, { cookies: ['_rc=me'] }), world);
    expect(sent[0]!.records[0]!.visitor_id).toBe('01'.repeat(16));
    expect(reply.cookies).toHaveLength(1);
  });

  test('the body wins with a valid key and no Origin, and then no cookie is set', async () => {
    const { world, sent } = collectWorld();
    const beacon = { ...good, events: [{ visitor: 'crm-1' }] };
    const reply = await collect(post(beacon, {}, { cookies: [`_rc=${known}`] }), world);
    expect(sent[0]!.records[0]!.visitor_id).toBe('crm-1');
    expect(reply.cookies).toEqual([]);
    await collect(post(beacon), world);
    expect(sent[1]!.records[0]!.visitor_id).toBe('crm-1');
  });

  test('the body does not win with an Origin, nor on a site without keys', async () => {
    const { world, sent } = collectWorld({}, [site(), site({ site: 'open', write_keys: [] })]);
    const cookies = [`_rc=${known}`];
    const events = [{ visitor: 'crm-1' }];
    await collect(post({ ...good, events }, { origin: 'https://shop.example' }, { cookies }), world);
    await collect(post({ site: 'open', events }, {}, { cookies }), world);
    await collect(post({ site: 'open', key: 'k1', events }, {}, { cookies }), world);
    expect(sent.map((message) => message.records[0]!.visitor_id)).toEqual([known, known, known]);
  });

  test('cookieless sites and Sec-GPC: a daily hash, no cookie read or set', async () => {
    const { world, sent, clock } = collectWorld({}, [
      site(),
      site({ site: 'quiet', privacy: { address: 'drop', cookieless: true } }),
    ]);
    const cookies = [`_rc=${known}`];
    const quiet = await collect(post({ ...good, site: 'quiet' }, {}, { cookies }), world);
    const gpc = await collect(post(good, { 'sec-gpc': '1' }, { cookies }), world);
    clock.at += 86_400_000;
    await collect(post(good, { 'sec-gpc': '1' }), world);
    const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);
    expect(sent.map((message) => message.records[0]!.visitor_id)).toEqual([
      hash('["quiet","2026-01-31","192.0.2.77","Browser/1","salt of 2026-01-31"]'),
      hash('["shop","2026-01-31","192.0.2.77","Browser/1","salt of 2026-01-31"]'),
      hash('["shop","2026-02-01","192.0.2.77","Browser/1","salt of 2026-02-01"]'),
    ]);
    expect([...quiet.cookies, ...gpc.cookies]).toEqual([]);
  });
});

describe('addresses', () => {
  const headers = {
    'x-forwarded-for': '203.0.113.9, 198.51.100.10',
    'cloudfront-viewer-address': '2001:db8:5:6::7:46532',
    'cloudfront-viewer-country': 'de',
  };
  test.each([
    ['connection', '192.0.2.0'],
    ['x-forwarded-for', '198.51.100.0'],
    ['cloudfront', '2001:db8:5::'],
  ] as const)('from %s', async (addressSource, address) => {
    const { world, sent } = collectWorld({ addressSource });
    await collect(post(good, headers), world);
    expect(sent[0]!.records[0]).toMatchObject({ address, country: 'DE' });
  });

  test('none where the trusted source has none', async () => {
    const { world, sent } = collectWorld({ addressSource: 'cloudfront' });
    await collect(post(good), world);
    expect(sent[0]!.records[0]!.address).toBeNull();
  });
});
