import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { contentHash, importId, visitorFromAddress } from '../../shared/core/event/import-id.ts';
import { type ImportContext, importedEvent } from '../../shared/core/event/imported.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');

function contextOf(changes: Partial<ImportContext> = {}): ImportContext {
  const seen = new Map<string, number>();
  return {
    site: { site: 'shop', privacy: { address: 'truncate', cookieless: false } },
    target: null,
    userAgent: null,
    address: null,
    country: null,
    ordinal(hash) {
      const ordinal = seen.get(hash) ?? 0;
      seen.set(hash, ordinal + 1);
      return ordinal;
    },
    ...changes,
  };
}

function accepted(mapped: unknown, context = contextOf()) {
  const result = importedEvent(mapped, context);
  if ('rejected' in result) throw new Error(result.rejected.detail);
  return result.ok;
}

const row = { visitor: 'v1', time: 1_000.7, url: 'https://shop.example/a', plan: 'x' };
const content =
  '["shop","v1",1000,"page_view",null,"https://shop.example/a",null,null,null,null,{"plan":"x"}]';

test('the id is made of content and ordinal among equal rows', () => {
  const context = contextOf();
  const ids = [row, row, { ...row, time: 1_001 }].map((mapped) => accepted(mapped, context).event_id);
  expect(ids[0]).toBe(sha(`${sha(content)}:0`).slice(0, 32));
  expect(ids[1]).toBe(sha(`${sha(content)}:1`).slice(0, 32));
  expect(ids[2]).toBe(sha(`${sha(content.replace('1000', '1001'))}:0`).slice(0, 32));
  expect(accepted(row).event_id).toBe(ids[0]);
});

test('it was received when it happened', () => {
  expect(accepted(row)).toMatchObject({
    site: 'shop',
    event_time: 1_000,
    received_at: 1_000,
    visitor_id: 'v1',
    event_type: 'page_view',
    url_host: 'shop.example',
    properties: '{"plan":"x"}',
  });
});

test('an id of its own is kept and takes no ordinal', () => {
  const context = contextOf({
    ordinal: () => {
      throw new Error('asked for an ordinal');
    },
  });
  expect(accepted({ ...row, id: 'own' }, context).event_id).toBe('own');
});

describe('access logs', () => {
  const line = (host: string) =>
    accepted({ ...row, url: `https://${host}/a?x` }, contextOf({ target: '/a?x' }));

  test('neither id nor fingerprint hangs on the host of the url', () => {
    expect(line('one.example')).toMatchObject({ url_host: 'one.example' });
    expect(line('two.example').event_id).toBe(line('one.example').event_id);
    expect(line('two.example').fingerprint).toBe(line('one.example').fingerprint);
  });

  test('the target takes the place of the url', () => {
    const hash = sha(content.replace('https://shop.example/a', '/a?x'));
    expect(line('one.example').event_id).toBe(importId(hash, 0));
  });

  test('visitors by site, full address and user agent', () => {
    expect(visitorFromAddress('shop', '192.0.2.77', 'Browser/1')).toBe(
      sha('["shop","192.0.2.77","Browser/1"]').slice(0, 32),
    );
    expect(visitorFromAddress('shop', '192.0.2.77', null)).toBe(
      sha('["shop","192.0.2.77",null]').slice(0, 32),
    );
  });
});

test.each([
  [{ ...row, visitor: '' }, 'missing_visitor'],
  [{ ...row, time: null }, 'missing_time'],
  [{ ...row, time: '1' }, 'bad_time'],
  [{ ...row, url: 'x'.repeat(9_000) }, 'too_long'],
  [7, 'not_an_object'],
])('%#: %s is rejected', (mapped, reason) => {
  expect(importedEvent(mapped, contextOf())).toMatchObject({ rejected: { reason } });
});

test('privacy holds for imports too', () => {
  expect(accepted(row, contextOf({ address: '192.0.2.77', country: 'de' }))).toMatchObject({
    address: '192.0.2.0',
    country: 'DE',
  });
});

test('the content hash is SHA-256 in full', () => {
  const fields = { type: 'page_view', name: null, url: 'https://shop.example/a', referrer: null } as const;
  const rest = { user: null, title: null, value: null, properties: '{"plan":"x"}' };
  const hash = contentHash({
    site: 'shop',
    visitor: 'v1',
    time: 1_000,
    fields: { ...fields, ...rest },
    target: null,
  });
  expect(hash).toBe(sha(content));
});
