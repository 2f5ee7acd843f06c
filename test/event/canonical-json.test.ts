import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../shared/core/canonical-json.ts';

test('keys are sorted at every level, by UTF-16 code units', () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: true, 10: 'x', 9: 'y' })).toBe(
    '{"10":"x","9":"y","a":true,"b":[{"c":null,"d":1}]}',
  );
  // U+FFFD sorts before U+1F600 by code point and after it (0xD83D) by code unit.
  expect(canonicalJson({ '\ufffd': 1, '😀': 2 })).toBe('{"😀":2,"\ufffd":1}');
});

test('numbers and strings as ECMAScript writes them', () => {
  expect(canonicalJson([1e21, 1.5, -0, 1e-7, 'a"\n\u2028é'])).toBe('[1e+21,1.5,0,1e-7,"a\\"\\n\u2028é"]');
});

test('the text parses back to an equal value whatever the key order', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 300 },
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, 1n, () => 1])('refuses %s', (value) => {
  expect(() => canonicalJson([value])).toThrowError(expect.objectContaining({ code: 'not_json' }));
});
