import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type BeaconContext, canonicalEvent } from '../../shared/core/event/canonical.ts';

const RECEIVED = 1_790_000_000_000;

const context: BeaconContext = {
  site: { site: 'shop', privacy: { address: 'truncate', cookieless: false } },
  receivedAt: RECEIVED,
  sentAt: null,
  visitor: 'cookie-visitor',
  bodyVisitorAllowed: false,
  userAgent: 'Browser/1',
  address: '192.0.2.77',
  country: 'jp',
  mintId: () => 'minted',
};

function accepted(raw: unknown, changes: Partial<BeaconContext> = {}) {
  const result = canonicalEvent(raw, { ...context, ...changes });
  if ('rejected' in result) throw new Error(`rejected: ${result.rejected.detail}`);
  return result.ok;
}

function reasonOf(raw: unknown, changes: Partial<BeaconContext> = {}): string {
  const result = canonicalEvent(raw, { ...context, ...changes });
  return 'rejected' in result ? result.rejected.reason : 'accepted';
}

const sha128 = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);

test('a full event becomes a record with every column', () => {
  const raw = {
    id: 'e1',
    type: 'page_view',
    time: RECEIVED - 5.5,
    seq: 7,
    name: 'home',
    value: 1.5,
    visitor: 'ignored',
    user: 'u1',
    url: 'https://www.shop.example/a?utm_source=x&gclid=G',
    referrer: 'https://www.google.com/',
    title: 'Home',
    properties: { b: 1, a: [true, null] },
  };
  const content =
    '["page_view","home","https://www.shop.example/a?utm_source=x&gclid=G","https://www.google.com/","u1","Home",1.5,{"a":[true,null],"b":1},1789999999994.5,7,"ignored"]';
  expect(accepted(raw)).toEqual({
    site: 'shop',
    event_id: 'e1',
    event_time: RECEIVED - 6,
    received_at: RECEIVED,
    seq: 7,
    visitor_id: 'cookie-visitor',
    user_id: 'u1',
    event_type: 'page_view',
    event_name: 'home',
    value: 1.5,
    properties: '{"a":[true,null],"b":1}',
    url: 'https://www.shop.example/a?utm_source=x&gclid=G',
    url_host: 'www.shop.example',
    url_path: '/a',
    utm_source: 'x',
    utm_medium: null,
    utm_campaign: null,
    utm_term: null,
    utm_content: null,
    click_id: 'gclid=G',
    title: 'Home',
    referrer: 'https://www.google.com/',
    referrer_host: 'google.com',
    user_agent: 'Browser/1',
    address: '192.0.2.0',
    country: 'JP',
    fingerprint: sha128(content),
  });
});

test('an empty object is an event with everything absent', () => {
  expect(accepted({})).toMatchObject({
    event_id: 'minted',
    event_time: RECEIVED,
    event_type: 'event',
    seq: null,
    event_name: null,
    properties: '{}',
    url: null,
    url_host: null,
    fingerprint: sha128('["event",null,null,null,null,null,null,{},null,null,null]'),
  });
});

describe('defaults', () => {
  test.each([
    [{ url: 'https://a.example/' }, 'page_view'],
    [{ url: 'https://a.example/', name: '' }, 'page_view'],
    [{ url: 'https://a.example/', name: 'x' }, 'event'],
    [{ url: '' }, 'event'],
    [{ name: 'x', type: 'impression' }, 'impression'],
    [{ url: 'https://a.example/', type: null }, 'page_view'],
  ])('type of %j is %s', (raw, type) => {
    expect(accepted(raw).event_type).toBe(type);
  });

  test('empty strings are null', () => {
    expect(accepted({ id: '', user: '', referrer: '', title: '' })).toMatchObject({
      event_id: 'minted',
      user_id: null,
      referrer: null,
      title: null,
    });
  });

  test('a malformed url is kept and has no parts', () => {
    expect(accepted({ url: 'nonsense?utm_source=x' })).toMatchObject({
      url: 'nonsense?utm_source=x',
      url_path: null,
      utm_source: null,
      event_type: 'page_view',
    });
  });
});

describe('event_time', () => {
  const at = (time: number | undefined, sentAt: number | null) => accepted({ time }, { sentAt }).event_time;

  test('without sent_at it is time, floored', () => {
    expect(at(123.9, null)).toBe(123);
    expect(at(0, null)).toBe(0);
  });

  test('a skew of up to 60 s either way changes nothing', () => {
    expect(at(1_000, RECEIVED - 60_000)).toBe(1_000);
    expect(at(1_000, RECEIVED + 60_000)).toBe(1_000);
  });

  test('a larger skew moves the event by itself', () => {
    expect(at(RECEIVED - 90_000, RECEIVED - 60_001)).toBe(RECEIVED - 29_999);
    expect(at(RECEIVED + 100_000, RECEIVED + 60_001)).toBe(RECEIVED + 39_999);
  });

  test('no time: received, whatever sent_at says', () => {
    expect(at(undefined, 5)).toBe(RECEIVED);
  });

  test('the last ms of 9999-12-30 is a time, the next is none', () => {
    expect(at(253_402_214_399_999, null)).toBe(253_402_214_399_999);
    expect(reasonOf({ time: 253_402_214_400_000 })).toBe('bad_time');
  });

  test('a correction out of range is refused', () => {
    expect(reasonOf({ time: 10 }, { sentAt: RECEIVED + 60_001 })).toBe('bad_time');
  });
});

test.each([
  [null, 'not_an_object'],
  [[], 'not_an_object'],
  ['x', 'not_an_object'],
  [{ type: 'pageview' }, 'bad_type'],
  [{ type: 3 }, 'bad_type'],
  [{ time: '2026-01-01' }, 'bad_time'],
  [{ time: -1 }, 'bad_time'],
  [{ time: -0.25 }, 'bad_time'],
  [{ time: Number.NaN }, 'bad_time'],
  [{ time: Number.POSITIVE_INFINITY }, 'bad_time'],
  [{ seq: -1 }, 'bad_seq'],
  [{ seq: 1.5 }, 'bad_seq'],
  [{ seq: 2 ** 53 }, 'bad_seq'],
  [{ seq: '1' }, 'bad_seq'],
  [{ seq: 2 ** 53 - 1 }, 'accepted'],
  [{ value: '3' }, 'bad_value'],
  [{ value: Number.POSITIVE_INFINITY }, 'bad_value'],
  [{ name: 3 }, 'not_a_string'],
  [{ id: {} }, 'not_a_string'],
  [{ id: 'x'.repeat(2048) }, 'accepted'],
  [{ id: 'x'.repeat(2049) }, 'too_long'],
  [{ title: 'é'.repeat(1024) }, 'accepted'],
  [{ title: `${'é'.repeat(1024)}x` }, 'too_long'],
  [{ url: 'x'.repeat(8192) }, 'accepted'],
  [{ url: 'x'.repeat(8193) }, 'too_long'],
  [{ referrer: 'x'.repeat(8193) }, 'too_long'],
  [{ name: 'a\0b' }, 'bad_string'],
  [{ name: 'a\ud800b' }, 'bad_string'],
  [{ name: '\udc00\ud800' }, 'bad_string'],
  [{ name: '😀' }, 'accepted'],
  [{ properties: [] }, 'bad_properties'],
  [{ properties: 'x' }, 'bad_properties'],
  [{ properties: { a: Number.POSITIVE_INFINITY } }, 'bad_properties'],
  [{ properties: { a: ['\0'] } }, 'bad_string'],
  [{ properties: { '\ud800': 1 } }, 'bad_string'],
  // {"a":"..."} is 8 bytes around the value.
  [{ properties: { a: 'x'.repeat(16_384 - 8) } }, 'accepted'],
  [{ properties: { a: 'x'.repeat(16_384 - 7) } }, 'too_long'],
  [{ a: 'x'.repeat(16_384 - 7) }, 'too_long'],
])('case %#: %j is %s', (raw, reason) => {
  expect(reasonOf(raw)).toBe(reason);
});

test('properties nest 16 levels, the object itself included', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
  expect(reasonOf({ properties: nested(16) })).toBe('accepted');
  expect(reasonOf({ properties: nested(17) })).toBe('too_deep');
  const arrays = JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`);
  expect(reasonOf({ x: arrays })).toBe('too_deep');
});

test('unknown fields become properties; an explicit property of the same name wins', () => {
  const raw = JSON.parse(
    '{"plan":"free","site":"x","__proto__":{"z":1},"properties":{"plan":"pro","n":null}}',
  );
  expect(accepted(raw).properties).toBe('{"__proto__":{"z":1},"n":null,"plan":"pro","site":"x"}');
});

test('every detail is one sentence that names the field', () => {
  const result = canonicalEvent({ url: 'x'.repeat(8193) }, context);
  expect(result).toEqual({
    rejected: {
      reason: 'too_long',
      detail: '`url` has 8193 bytes and at most 8192 are taken: shorten it.',
    },
  });
});

describe('visitor', () => {
  test('the body wins only where it is allowed', () => {
    expect(accepted({ visitor: 'v' }, { bodyVisitorAllowed: true }).visitor_id).toBe('v');
    expect(accepted({ visitor: '' }, { bodyVisitorAllowed: true }).visitor_id).toBe('cookie-visitor');
    expect(accepted({ visitor: 'v' }).visitor_id).toBe('cookie-visitor');
  });

  test('none at all is refused', () => {
    expect(reasonOf({}, { visitor: null })).toBe('missing_visitor');
  });
});

describe('fingerprint', () => {
  const raw = { id: 'e', time: 5, seq: 1, url: 'https://a.example/', properties: { a: 1, b: 2 } };
  const own = accepted(raw).fingerprint;

  test('does not hang on what surrounds the event, its id or the order of keys', () => {
    const elsewhere = {
      userAgent: 'x',
      address: '::1',
      country: null,
      visitor: 'w',
      sentAt: 1,
      receivedAt: 9,
    };
    expect(accepted(raw, elsewhere).fingerprint).toBe(own);
    expect(accepted({ ...raw, id: 'f' }).fingerprint).toBe(own);
    expect(accepted({ ...raw, properties: { b: 2, a: 1 } }).fingerprint).toBe(own);
  });

  test.each([
    { time: 6 },
    { time: null },
    { seq: 2 },
    { url: 'https://a.example/b' },
    { referrer: 'r' },
    { user: 'u' },
    { title: 't' },
    { value: 0 },
    { name: 'n' },
    { visitor: 'v' },
    { type: 'event' },
    { properties: { a: 1 } },
  ])('changes with %j', (change) => {
    expect(accepted({ ...raw, ...change }).fingerprint).not.toBe(own);
  });
});

test('privacy decides what is left of the address; what is no country code is null', () => {
  const keep = { site: { site: 'shop', privacy: { address: 'keep', cookieless: false } } } as const;
  expect(accepted({}, keep).address).toBe('192.0.2.77');
  expect(accepted({}, { country: 'Japan' }).country).toBeNull();
  expect(accepted({}, { userAgent: '' }).user_agent).toBeNull();
  expect(reasonOf({}, { userAgent: 'x'.repeat(2049) })).toBe('too_long');
});
