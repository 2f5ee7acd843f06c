import { describe, expect, test } from 'vitest';
import { decodeQueryPart } from '../../shared/core/percent-decoding.ts';
import { hostOf, parseUrl } from '../../shared/core/url.ts';

const none = {
  url_host: null,
  url_path: null,
  utm_source: null,
  utm_medium: null,
  utm_campaign: null,
  utm_term: null,
  utm_content: null,
  click_id: null,
};

describe('host and path', () => {
  test.each([
    ['https://Shop.Example/a/b', 'shop.example', '/a/b'],
    ['https://www.shop.example:8443/a', 'www.shop.example', '/a'],
    ['http://user:p@ss@shop.example/x', 'shop.example', '/x'],
    ['https://shop.example', 'shop.example', '/'],
    ['https://shop.example?x=1', 'shop.example', '/'],
    ['https://shop.example#top', 'shop.example', '/'],
    ['https://shop.example/a/../B/%7Ejo/?x#y', 'shop.example', '/a/../B/%7Ejo/'],
    ['https://shop.example/a#b?c', 'shop.example', '/a'],
    ['https://shop.example/a@b:c', 'shop.example', '/a@b:c'],
    ['app://home/start', 'home', '/start'],
    ['android-app://com.example.Shop/x', 'com.example.shop', '/x'],
    ['http://[2001:DB8::1]:80/x', '[2001:db8::1]', '/x'],
    ['https://bücher.example/ü', 'bücher.example', '/ü'],
    ['HTTPS://a:/x', 'a', '/x'],
  ])('%s', (url, host, path) => {
    expect(parseUrl(url)).toEqual({ ...none, url_host: host, url_path: path });
  });

  test.each([
    null,
    '',
    '/just/a/path?utm_source=x',
    '//shop.example/x',
    'https:/shop.example/x',
    'https:///x',
    'https://:80/x',
    'https://shop example/x',
    'https://shop.example:80a/x',
    'https://a<b/x',
    'http://[::1/x',
    'http://[::1]x/',
    '1http://a/',
    'mailto:a@b.example',
    'not a url',
    ' https://a/',
  ])('malformed: %s', (url) => {
    expect(parseUrl(url)).toEqual(none);
  });
});

describe('campaign', () => {
  const at = (query: string) => parseUrl(`https://a.example/p${query}`);

  test('all five parameters, decoded', () => {
    expect(
      at(
        '?utm_source=News+Letter&utm_medium=e%2Dmail&utm_campaign=%E6%98%A5&utm_term=a%26b&utm_content=1%2B1',
      ),
    ).toMatchObject({
      utm_source: 'News Letter',
      utm_medium: 'e-mail',
      utm_campaign: '春',
      utm_term: 'a&b',
      utm_content: '1+1',
      click_id: null,
    });
  });

  test('the first occurrence wins, even when it is empty, and empty is null', () => {
    expect(at('?utm_source=a&utm_source=b').utm_source).toBe('a');
    expect(at('?utm_source=&utm_source=b').utm_source).toBeNull();
    expect(at('?utm_source&utm_source=b').utm_source).toBeNull();
  });

  test('names compare exactly after decoding', () => {
    expect(at('?utm%5Fsource=a').utm_source).toBe('a');
    expect(at('?UTM_SOURCE=a').utm_source).toBeNull();
    expect(at('?xutm_source=a').utm_source).toBeNull();
  });

  test('only the query string counts, up to the fragment', () => {
    expect(at('#?utm_source=a').utm_source).toBeNull();
    expect(at('?utm_source=a#&utm_medium=b')).toMatchObject({ utm_source: 'a', utm_medium: null });
    expect(at('/?x=?utm_source=a').utm_source).toBeNull();
    expect(at('?a=b=c&utm_source=d=e').utm_source).toBe('d=e');
  });

  test('the click id is the first of the list, not of the query, that is not empty', () => {
    expect(at('?fbclid=F&gclid=G').click_id).toBe('gclid=G');
    expect(at('?gclid=&fbclid=F').click_id).toBe('fbclid=F');
    expect(at('?twclid=T%20x').click_id).toBe('twclid=T x');
    expect(at('?xclid=1').click_id).toBeNull();
  });
});

describe('decoding', () => {
  test.each([
    ['%41%4a%4A', 'AJJ'],
    ['100%', '100%'],
    ['%4', '%4'],
    ['%zz%41', '%zzA'],
    ['%%41', '%A'],
    ['%C3%A9', 'é'],
    ['%C3', '%C3'],
    ['%C3%41', '%C3A'],
    ['%E3%81', '%E3%81'],
    ['%C0%80', '%C0%80'],
    ['%E0%80%80', '%E0%80%80'],
    ['%ED%A0%80', '%ED%A0%80'],
    ['%F0%9F%98%80', '😀'],
    ['%F4%90%80%80', '%F4%90%80%80'],
    ['%F8%88%80%80%80', '%F8%88%80%80%80'],
    ['%00', '%00'],
    ['%25%34%31', '%41'],
    ['a+b%2Bc', 'a b+c'],
  ])('%s', (text, decoded) => {
    expect(decodeQueryPart(text)).toBe(decoded);
  });

  test('long hostile input takes no time to speak of', () => {
    const started = performance.now();
    decodeQueryPart('%'.repeat(100_000));
    decodeQueryPart('%E3'.repeat(100_000));
    parseUrl(`https://a.example/?${'utm_source=&'.repeat(50_000)}`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

test('the host of a referrer loses one leading www.', () => {
  expect(hostOf('https://www.Google.com/search?q=a')).toBe('google.com');
  expect(hostOf('https://WWW.www.example/')).toBe('www.example');
  expect(hostOf('https://www2.example:8080')).toBe('www2.example');
  expect(hostOf('https://www./')).toBeNull();
  expect(hostOf('google.com')).toBeNull();
  expect(hostOf(null)).toBeNull();
});
