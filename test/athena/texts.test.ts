import { afterAll, beforeAll, describe } from 'vitest';
import { type Lake, openLake } from './lake.ts';
import { refusals, values } from './says.ts';

// https://trino.io/docs/current/functions/string.html, regexp.html, url.html; worked out by hand.

let lake: Lake;
beforeAll(async () => {
  lake = await openLake();
});
afterAll(() => lake.close());
const given = () => lake;

describe('texts', () => {
  values(given, [
    ["length('日本語')", '3'],
    ["reverse('añb')", 'bña'],
    ["substr('hello', 2, 3)", 'ell'],
    ["substr('hello', -3)", 'llo'],
    ["substr('hello', 0)", ''],
    ["substring('hello' FROM 2 FOR 3)", 'ell'],
    ["strpos('abcabc', 'c')", '3'],
    ["strpos('abcabc', 'b', 2)", '5'],
    ["strpos('abc', 'z')", '0'],
    ["position('b' IN 'abc')", '2'],
    ["trim('  a b  ')", 'a b'],
    ["trim(BOTH 'x' FROM 'xxaxx')", 'a'],
    ["replace('aXbX', 'X', '-')", 'a-b-'],
    ["lpad('7', 3, '0')", '007'],
    ["lpad('abc', 2, '*')", 'ab'],
    ["concat('a', 'b', 'c')", 'abc'],
    ["concat_ws(',', 'a', NULL, 'b')", 'a,b'],
    ["'a' || CAST(NULL AS varchar)", null],
    ["split('a,b,,c', ',')", '[a, b, , c]'],
    ["split('a,b,c', ',', 2)", '[a, b,c]'],
    ["split_part('a/b/c', '/', 2)", 'b'],
    ["split_part('a/b', '/', 9)", null],
    ["split_to_map('a=1&b=2', '&', '=')", '{a=1, b=2}'],
    ["upper('straße')", 'STRAßE'],
    ["lower('ÀÉ')", 'àé'],
    ["'abc' LIKE '_b%'", 'true'],
    ["'50%' LIKE '50#%' ESCAPE '#'", 'true'],
    ["'500' LIKE '50#%' ESCAPE '#'", 'false'],
    ["'a' < 'B'", 'false'],
    ["codepoint('€')", '8364'],
    ["to_hex(md5(to_utf8('abc')))", '900150983CD24FB0D6963F7D28E17F72'],
    ["levenshtein_distance('kitten', 'sitting')", '3'],
    ["format('%s: %d of %,d (%.1f%%)', 'x', 7, 1234567, 12.35e0)", 'x: 7 of 1,234,567 (12.4%)'],
    ["format('%05d|%-4s|%4s|', 42, 'ab', 'cd')", '00042|ab  |  cd|'],
    ["array_join(ARRAY['a', NULL, 'c'], '-')", 'a-c'],
    ["array_join(ARRAY['a', NULL, 'c'], '-', '?')", 'a-?-c'],
  ]);
  refusals(given, [
    ["SELECT split_part('a,b', ',', 0)", 'INVALID_FUNCTION_ARGUMENT: Index must be greater than zero'],
    ["SELECT lpad('a', -1, 'x')", /^INVALID_FUNCTION_ARGUMENT: Target length/],
    ["SELECT concat('a', 1)", /^FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters \(varchar, integer\)/],
    ["SELECT split_to_map('a=1&a=2', '&', '=')", /^INVALID_FUNCTION_ARGUMENT: Duplicate map keys/],
    ["SELECT soundex('a')", /^NOT_SUPPORTED: .*soundex/],
  ]);
});

describe('regular expressions', () => {
  values(given, [
    ["regexp_like('1a 2b 14m', '\\d+b')", 'true'],
    ["regexp_like('ABC', '(?i)abc')", 'true'],
    ["regexp_like('x' || chr(10), 'x$')", 'true'],
    ["regexp_like('x' || chr(10), 'x\\z')", 'false'],
    ["regexp_like('foobar', 'foo(?=bar)')", 'true'],
    ["regexp_like('aé', 'a\\b')", 'false'],
    ["regexp_extract('1a 2b 14m', '(\\d+)([a-z]+)', 2)", 'a'],
    ["regexp_extract('/products/42?x=1', '^/products/(\\d+)', 1)", '42'],
    ["regexp_extract('abc', 'x')", null],
    // A group that took no part is NULL, one that matched nothing is ''.
    ["regexp_extract('abc', '(z)?b', 1)", null],
    ["regexp_extract('abc', '(z*)b', 1)", ''],
    ["regexp_extract('a=1&b=2', '(?:^|&)b=([^&]*)', 1)", '2'],
    ["regexp_extract('aab', '(a)\\1b')", 'aab'],
    ["regexp_extract_all('1a 2b 14m', '\\d+')", '[1, 2, 14]'],
    ["regexp_extract_all('abcb', '(a)?b', 1)", '[a, null]'],
    ["regexp_replace('1a 2b 14m', '\\d+[ab] ')", '14m'],
    ["regexp_replace('1a 2b 14m', '(\\d+)([ab]) ', '3c$2 ')", '3ca 3cb 14m'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: so a replacement names a group
    ["regexp_replace('2026-03', '(?<y>\\d+)-(?<m>\\d+)', '${m}/${y}')", '03/2026'],
    ["regexp_replace('a/b/', '/$', '')", 'a/b'],
    ["regexp_replace('abc', '', '-')", '-a-b-c-'],
    ["regexp_replace('a.b', '\\.', '\\$')", 'a$b'],
    ["regexp_split('1a 2b 14m', '\\s*[a-z]+\\s*')", '[1, 2, 14, ]'],
    ["regexp_count('1a 2b 14m', '\\d')", '4'],
    ["regexp_position('a1b2', '\\d', 3)", '4'],
    ["regexp_position('a', '\\d')", '-1'],
  ]);
  refusals(given, [
    [
      "SELECT regexp_extract('a', 'a', 1)",
      /^INVALID_FUNCTION_ARGUMENT: .*Pattern has 0 groups. Cannot access group 1/,
    ],
    ["SELECT regexp_like('a', '(')", /^INVALID_FUNCTION_ARGUMENT: /],
    ["SELECT regexp_replace('a', 'a', '$1')", /^INVALID_FUNCTION_ARGUMENT: .*unknown group 1/],
    ["SELECT regexp_like('a', 'a++')", /^NOT_SUPPORTED: .*possessive/],
    ["SELECT regexp_like('a', '[a&&b]')", /^NOT_SUPPORTED: /],
    ["SELECT regexp_like(x, x || '(') FROM (VALUES 'a') t(x)", /^INVALID_FUNCTION_ARGUMENT: /],
  ]);
});

describe('urls', () => {
  const url = "'https://user@Shop.example:8443/a%20b/c?q=x+y&q=2&e#top'";
  values(given, [
    [`url_extract_protocol(${url})`, 'https'],
    [`url_extract_host(${url})`, 'Shop.example'],
    [`url_extract_port(${url})`, '8443'],
    [`url_extract_path(${url})`, '/a b/c'],
    [`url_extract_query(${url})`, 'q=x+y&q=2&e'],
    [`url_extract_fragment(${url})`, 'top'],
    [`url_extract_parameter(${url}, 'q')`, 'x y'],
    [`url_extract_parameter(${url}, 'e')`, ''],
    [`url_extract_parameter(${url}, 'none')`, null],
    // What is no url has no parts; a part that a url lacks is empty, a port NULL.
    ["url_extract_host('no url')", null],
    ["url_extract_host('/only/a/path')", ''],
    ["url_extract_path('/only/a/path?x')", '/only/a/path'],
    ["url_extract_port('https://shop.example/')", null],
    ["url_encode('a b/ä')", 'a+b%2F%C3%A4'],
    ["url_decode('a+b%2F%C3%A4')", 'a b/ä'],
  ]);
  refusals(given, [["SELECT url_decode('%zz')", /^INVALID_FUNCTION_ARGUMENT: /]]);
});
