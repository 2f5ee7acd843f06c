import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { literalSql } from '../../shared/core/definition/condition-sql.ts';
import { compilePattern } from '../../shared/core/definition/pattern.ts';

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(() => connection.closeSync());

const PATTERNS = [
  'abc',
  'a.c',
  '^a',
  'c$',
  '^$',
  '',
  'a|b',
  'a|',
  '|',
  '(ab)+',
  '(?:ab){2}',
  'a{0}',
  'a{2,}b',
  'a{1,3}$',
  'a??b',
  'x*?y',
  '[abc]',
  '[^abc]',
  '[a-c-e]',
  '[]x]',
  '[^]x]',
  '[a-]',
  '[-a]',
  '[\\d-z]',
  '[\\]\\-]',
  '[^\\d]',
  '[\\D1]',
  '\\d+',
  '\\D',
  '\\w\\W',
  '\\s',
  '\\S',
  '\\bfoo\\b',
  '\\Boo',
  '^(a|b)*c',
  'a{',
  'a{,2}',
  'a]',
  '}',
  '\\.',
  '\\_',
  '\\x41',
  '\\x{1F600}',
  '\\t',
  '\\v',
  '[\\n]',
  '.',
  '日.語',
  '(?i)ABC',
  '(?i)[a-c]x',
  '(?i)é',
  '(?i)[^a]',
  '\\Aa',
  'a\\z',
  '(a*)*',
  '(a|aa)+$',
  '(|a)b',
  '()',
  'shop|shopping',
  '^(.*(([^a-df-z]|^)shop|shopping).*)$',
  '((a{2}){2}){2}',
];
const TEXTS = [
  '',
  'a',
  'b',
  'c',
  'e',
  'x',
  '-',
  ']',
  '}',
  '_',
  '1',
  'A',
  'abc',
  'ABC',
  'ab\nc',
  'a\nb',
  '\n',
  '\r',
  '\t',
  '\v',
  ' ',
  'a\n',
  'aab',
  'aaab',
  'abab',
  'aaaaaaaa',
  'xxy',
  'foo',
  'a foo b',
  'afoob',
  'a{',
  'a{,2}',
  'a]',
  '.',
  '日本語',
  'é',
  'É',
  '😀',
  'eshop',
  'workshop',
  'my shopping',
  '\u00a0',
  'ab',
  'bx',
  '\\',
];

describe('patterns', () => {
  it('match as RE2 in the query engine does', async () => {
    for (const pattern of PATTERNS) {
      const values = TEXTS.map((text, i) => `(${i}, ${literalSql(text)})`).join(', ');
      const sql = `SELECT regexp_matches(x, ${literalSql(pattern)}) FROM (VALUES ${values}) t(i, x) ORDER BY i`;
      const theirs = (await connection.runAndReadAll(sql)).getRows().map((row) => row[0]);
      const matches = compilePattern(pattern);
      const differing = TEXTS.filter((text, i) => matches(text) !== theirs[i]);
      expect({ pattern, differing }).toEqual({ pattern, differing: [] });
    }
  });

  it.each([
    ['(a)\\1', /back-references/],
    ['(?=a)', /look-around/],
    ['(?!a)', /look-around/],
    ['(?<=a)b', /look-around/],
    ['(?<!a)b', /look-around/],
    ['(?>a)', /atomic/],
    ['a++', /possessive/],
    ['a*+', /possessive/],
    ['a**', /two repeats/],
    ['a{2}{2}', /two repeats/],
    ['*a', /nothing before/],
    ['(a', /not closed/],
    ['a)', /closes nothing/],
    ['[a', /not closed/],
    ['[b-a]', /backwards/],
    ['a{1001}', /out of bounds/],
    ['(a{1000}){2}', /nested repeats/],
    ['(((a{0,9}){9}){9}){1,1}(((b?){10}){10}){9}(((a*b*c*d*){10}){10}){10}', /too large/],
    ['\\p{L}', /not supported/],
    ['[[:alpha:]]', /POSIX/],
    ['(?P<n>a)', /named groups/],
    ['a(?i)b', /flags/],
    ['\\q', /unknown/],
    ['a\\', /single/],
    ['\\x', /code/],
  ])('%s is refused: %s', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });

  it('take time linear in the text even where backtracking would never end', () => {
    const started = performance.now();
    expect(compilePattern('^(a+)+$')(`${'a'.repeat(5000)}b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
