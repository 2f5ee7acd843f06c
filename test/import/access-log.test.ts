import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseAccessLogLine, parseLogTime } from '../../shared/import/access-log.ts';
import { accepted, rejected, rowsOf, skipped } from './reading.ts';

const AT = '[02/Jan/2026:03:04:05 +0000]';
const TIME = Date.UTC(2026, 0, 2, 3, 4, 5);

function line(request: string, rest = '200 12 "-" "UA"', address = '192.0.2.77'): string {
  return `${address} - - ${AT} "${request}" ${rest}`;
}

const combined = { format: 'combined' } as const;

test('a page view has the url of the site, the visitor of address and agent, and the truncated address', async () => {
  const text = line(
    'GET /a/b?utm_source=mail&x=1 HTTP/1.1',
    '200 12 "https://www.Other.example/x" "Agent/1 (a b)"',
  );
  const [row] = accepted(await rowsOf(`${text}\n`, combined));
  const visitor = createHash('sha256')
    .update(JSON.stringify(['shop', '192.0.2.77', 'Agent/1 (a b)']))
    .digest('hex')
    .slice(0, 32);
  expect(row).toMatchObject({
    site: 'shop',
    event_time: TIME,
    received_at: TIME,
    visitor_id: visitor,
    event_type: 'page_view',
    event_name: null,
    url: 'https://shop.example/a/b?utm_source=mail&x=1',
    url_path: '/a/b',
    utm_source: 'mail',
    referrer: 'https://www.Other.example/x',
    referrer_host: 'other.example',
    user_agent: 'Agent/1 (a b)',
    user_id: null,
    properties: '{}',
  });
  expect(row!.address).not.toBe('192.0.2.77');
});

test.each([
  ['GET / HTTP/1.1', '200', null],
  ['GET /a HTTP/1.0', '304', null],
  ['GET /old', '200', null],
  ['GET /a b c HTTP/1.1', '200', null],
  ['GET /style.css?v=3 HTTP/1.1', '200', 'not_a_page'],
  ['GET /LOGO.PNG HTTP/1.1', '200', 'not_a_page'],
  ['GET /.webp HTTP/1.1', '200', 'not_a_page'],
  ['GET /page?img=x.png HTTP/1.1', '200', null],
  ['GET /style.css/more HTTP/1.1', '200', null],
  ['GET /a.cssx HTTP/1.1', '200', null],
  ['GET /index.html HTTP/1.1', '200', null],
  ['GET / HTTP/1.1', '206', 'not_answered'],
  ['GET / HTTP/1.1', '301', 'not_answered'],
  ['GET / HTTP/1.1', '404', 'not_answered'],
  ['GET / HTTP/1.1', '-', 'not_answered'],
  ['HEAD / HTTP/1.1', '200', 'not_a_get'],
  ['POST /a HTTP/1.1', '200', 'not_a_get'],
  ['-', '408', 'no_request'],
  ['', '400', 'no_request'],
  ['\\x16\\x03\\x01\\x02\\x00\\x01\\x00', '400', 'no_request'],
])('request "%s" answered %s: %s', async (request, status, reason) => {
  const rows = await rowsOf(line(request, `${status} 12 "-" "UA"`), combined);
  expect(skipped(rows)).toEqual(reason === null ? [] : [reason]);
  expect(accepted(rows)).toHaveLength(reason === null ? 1 : 0);
});

test.each(
  'css js png jpg jpeg gif ico svg woff woff2 ttf eot map txt xml zip gz pdf mp3 mp4 webp swf'.split(' '),
)('.%s is no page', async (extension) => {
  expect(skipped(await rowsOf(line(`GET /a.${extension} HTTP/1.1`), combined))).toEqual(['not_a_page']);
});

test('--hits all takes the other lines as events named hit, page views as before', async () => {
  const text = [
    line('GET /a HTTP/1.1'),
    line('POST /b HTTP/1.1', '302 0 "-" "UA"'),
    line('-', '408 0 "-" "-"'),
    line('GET /c.png HTTP/1.1'),
  ].join('\n');
  const pages = accepted(await rowsOf(text, combined));
  const all = accepted(await rowsOf(text, { ...combined, hits: 'all' }));
  expect(all[0]).toEqual(pages[0]);
  expect(all.map((row) => [row.event_type, row.event_name, row.url, row.properties])).toEqual([
    ['page_view', null, 'https://shop.example/a', '{}'],
    ['event', 'hit', 'https://shop.example/b', '{"method":"POST","status":302}'],
    ['event', 'hit', null, '{"status":408}'],
    ['event', 'hit', 'https://shop.example/c.png', '{"method":"GET","status":200}'],
  ]);
});

test.each([
  ['GET http://niels.example/a?x=1 HTTP/1.0', 'https://shop.example/a?x=1'],
  ['GET HTTPS://niels.example:8443 HTTP/1.1', 'https://shop.example/'],
  ['GET http://niels.example?x=1 HTTP/1.1', 'https://shop.example/?x=1'],
  ['GET /go?to=http://other.example/ HTTP/1.1', 'https://shop.example/go?to=http://other.example/'],
  ['GET //twice HTTP/1.1', 'https://shop.example//twice'],
  ['GET bare HTTP/1.1', 'https://shop.example/bare'],
])('target of "%s"', async (request, url) => {
  expect(accepted(await rowsOf(line(request), combined))[0]!.url).toBe(url);
});

test('a line of the common format has no referrer and no agent', async () => {
  const rows = await rowsOf(`192.0.2.1 - alice smith ${AT} "GET /a HTTP/1.1" 200 -\r\n`, combined);
  expect(accepted(rows)[0]).toMatchObject({ user_agent: null, referrer: null, user_id: 'alice smith' });
});

test('IPv6 addresses, and fields after the user agent', async () => {
  const rows = await rowsOf(
    line('GET /a HTTP/1.1', '200 1 "-" "UA" "10.0.0.1" rt=0.003', '2001:db8:1:2::7'),
    combined,
  );
  expect(accepted(rows)[0]).toMatchObject({ user_agent: 'UA', referrer: null });
});

test('escapes are undone: quotes, backslashes, bytes that are UTF-8', () => {
  const text = line('GET /caf\\xc3\\xa9 HTTP/1.1', '200 1 "-" "say \\"hi\\" \\\\x41 \\t \\x22 \\q"');
  expect(parseAccessLogLine(text)).toMatchObject({
    request: { method: 'GET', target: '/café' },
    userAgent: 'say "hi" \\x41 \t " \\q',
  });
  expect(parseAccessLogLine(line('GET / HTTP/1.1', '200 1 "-" "ends in \\\\"'))).toMatchObject({
    userAgent: 'ends in \\',
  });
});

test.each([
  ['17/May/2015:10:05:03 +0000', Date.UTC(2015, 4, 17, 10, 5, 3)],
  ['25/Oct/2015:04:11:25 +0100', Date.UTC(2015, 9, 25, 3, 11, 25)],
  ['01/Jan/2026:00:10:00 +0545', Date.UTC(2025, 11, 31, 18, 25, 0)],
  ['31/Dec/2025:22:00:00 -0330', Date.UTC(2026, 0, 1, 1, 30, 0)],
  ['01/Jan/2026:13:00:00 +1400', Date.UTC(2025, 11, 31, 23, 0, 0)],
  ['31/Dec/2016:23:59:60 +0000', Date.UTC(2017, 0, 1)],
  ['29/Feb/2024:00:00:00 +0000', Date.UTC(2024, 1, 29)],
  ['29/Feb/2026:00:00:00 +0000', null],
  ['17/Mai/2015:10:05:03 +0000', null],
  ['17/May/2015:24:05:03 +0000', null],
  ['17/May/2015:10:05:03 +9900', null],
])('log time %s', (text, ms) => {
  expect(parseLogTime(text)).toBe(ms);
});

test.each([
  ['\x16\x03\x01\x02\0\x01', 'malformed_line', 'address ident user [time]'],
  ['hello', 'malformed_line', 'address ident user [time]'],
  ['192.0.2.1 - - [yesterday] "GET / HTTP/1.1" 200 1', 'malformed_line', 'its time'],
  [`192.0.2.1 - - ${AT} "GET / HTTP/1.1`, 'malformed_line', 'its request'],
  [`192.0.2.1 - - ${AT} "GET / HTTP/1.1" OK 1`, 'malformed_line', 'a status'],
  [`192.0.2.1 - - ${AT} "GET / HTTP/1.1" 200 1 "-" "Mozi`, 'malformed_line', 'cut off'],
  [`192.0.2.1 - - ${AT} "GET / HTTP/1.1" 200 1 "-`, 'malformed_line', 'cut off'],
  [`- - - ${AT} "GET / HTTP/1.1" 200 1 "-" "UA"`, 'missing_visitor', '`visitor`'],
  [`192.0.2.1 - - ${AT} "GET /${'a'.repeat(8200)} HTTP/1.1" 200 1 "-" "UA"`, 'too_long', '`url`'],
  [`192.0.2.1 - - ${AT} "GET / HTTP/1.1" 200 1 "-" "${'a'.repeat(2049)}"`, 'too_long', '`user_agent`'],
  [`192.0.2.1 - - ${AT} "GET /${'a'.repeat(1_200_000)} HTTP/1.1" 200 1 "-" "UA"`, 'too_long', 'Line 1 '],
])('a broken line is rejected and the next one is read (%#)', async (broken, reason, detail) => {
  const rows = await rowsOf(`${broken}\n${line('GET /next HTTP/1.1')}\n`, combined);
  expect(rows).toHaveLength(2);
  const [row] = rejected(rows);
  expect(row).toMatchObject({ reason, line: 1, body: broken.slice(0, 8192) });
  expect(row!.detail).toContain(detail);
  expect(accepted(rows)[0]!.url_path).toBe('/next');
});

test('a line of 64 KB and more is one line, whatever pieces it comes in', async () => {
  const long = line(`GET /a HTTP/1.1`, `200 1 "-" "UA" "${'x'.repeat(100_000)}"`);
  const all = Buffer.from(`${long}\r\n${line('GET /b HTTP/1.1')}`);
  const pieces = Array.from({ length: Math.ceil(all.length / 999) }, (_, i) =>
    all.subarray(i * 999, i * 999 + 999),
  );
  expect(accepted(await rowsOf(pieces, combined)).map((row) => row.url_path)).toEqual(['/a', '/b']);
});

test('ids come from content: the same file again is the same events, equal lines stay two', async () => {
  const text = [line('GET /a HTTP/1.1'), line('GET /a HTTP/1.1'), line('GET /b HTTP/1.1')].join('\n');
  const once = accepted(await rowsOf(text, combined)).map((row) => row.event_id);
  expect(new Set(once).size).toBe(3);
  expect(accepted(await rowsOf(`${text}\n`, combined)).map((row) => row.event_id)).toEqual(once);
  const first = accepted(await rowsOf(line('GET /a HTTP/1.1'), combined)).map((row) => row.event_id);
  expect(first).toEqual([once[0]]);
});

test('editing hosts makes no new events: the target, not the url, is the content', async () => {
  const text = line('GET /a HTTP/1.1');
  const [before] = accepted(await rowsOf(text, combined));
  const site = {
    site: 'shop',
    hosts: ['moved.example'],
    privacy: { address: 'truncate', cookieless: false },
  } as const;
  const [after] = accepted(await rowsOf(text, { ...combined, site: { ...site, hosts: [...site.hosts] } }));
  expect(after!.url).toBe('https://moved.example/a');
  expect([after!.event_id, after!.fingerprint]).toEqual([before!.event_id, before!.fingerprint]);
});

test('an access log has no columns to map', async () => {
  await expect(rowsOf(line('GET / HTTP/1.1'), { ...combined, map: { visitor: 'x' } })).rejects.toMatchObject({
    code: 'bad_map',
    exit: 2,
  });
});

test('a site without hosts has no urls to give', async () => {
  const site = { site: 'shop', hosts: [], privacy: { address: 'truncate', cookieless: false } } as const;
  await expect(
    rowsOf(line('GET / HTTP/1.1'), { ...combined, site: { ...site, hosts: [] } }),
  ).rejects.toMatchObject({ code: 'no_host', exit: 2 });
});
