import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../local/aws/events/pattern.ts';

type Json = Parameters<ReturnType<typeof compilePattern>>[0];

// EventBridge user guide: "Creating Amazon EventBridge event patterns" and "Comparison operators for use in
// event patterns". Each row: pattern, event, whether it matches.
const rows: [what: string, pattern: object, event: object, matches: boolean][] = [
  ['a value', { source: ['a'] }, { source: 'a' }, true],
  ['another value', { source: ['a'] }, { source: 'b' }, false],
  ['one of several', { source: ['a', 'b'] }, { source: 'b' }, true],
  ['all fields are needed', { a: [1], b: [2] }, { a: 1, b: 3 }, false],
  ['fields not mentioned do not matter', { a: [1] }, { a: 1, z: 9 }, true],
  ['a missing field', { a: [1] }, { b: 1 }, false],
  ['text is not a number', { a: ['1'] }, { a: 1 }, false],
  ['numbers by value', { a: [300] }, { a: 3e2 }, true],
  ['true', { a: [true] }, { a: true }, true],
  ['null', { a: [null] }, { a: null }, true],
  ['null is not missing', { a: [null] }, {}, false],
  ['empty text', { a: [''] }, { a: '' }, true],
  ['nested', { d: { s: ['x'] } }, { d: { s: 'x' } }, true],
  ['a list in the event: any element', { a: ['y', 'z'] }, { a: ['x', 'y'] }, true],
  ['a list in the event: none', { a: ['z'] }, { a: ['x', 'y'] }, false],
  ['nested lists', { a: [2] }, { a: [[1], [2]] }, true],
  ['objects in a list: in one element', { a: { b: [1], c: [2] } }, { a: [{ b: 1, c: 2 }] }, true],
  ['objects in a list: not across elements', { a: { b: [1], c: [2] } }, { a: [{ b: 1 }, { c: 2 }] }, false],
  ['prefix', { a: [{ prefix: 'ab' }] }, { a: 'abc' }, true],
  ['prefix not', { a: [{ prefix: 'ab' }] }, { a: 'xabc' }, false],
  ['prefix of a number', { a: [{ prefix: '1' }] }, { a: 12 }, false],
  ['prefix ignoring case', { a: [{ prefix: { 'equals-ignore-case': 'AB' } }] }, { a: 'abc' }, true],
  ['suffix', { a: [{ suffix: '.png' }] }, { a: 'x.png' }, true],
  ['suffix not', { a: [{ suffix: '.png' }] }, { a: 'x.PNG' }, false],
  ['suffix ignoring case', { a: [{ suffix: { 'equals-ignore-case': '.png' } }] }, { a: 'x.PNG' }, true],
  ['equals-ignore-case', { a: [{ 'equals-ignore-case': 'aLiCe' }] }, { a: 'ALICE' }, true],
  ['equals-ignore-case, whole', { a: [{ 'equals-ignore-case': 'alice' }] }, { a: 'alice2' }, false],
  ['wildcard', { a: [{ wildcard: 'dir/*.png' }] }, { a: 'dir/x/y.png' }, true],
  ['wildcard, nothing', { a: [{ wildcard: 'a*b' }] }, { a: 'ab' }, true],
  ['wildcard needs both ends', { a: [{ wildcard: 'ab*ba' }] }, { a: 'aba' }, false],
  ['wildcard in the middle', { a: [{ wildcard: '*x*y*' }] }, { a: '1x2y3' }, true],
  ['wildcard, order', { a: [{ wildcard: '*x*y*' }] }, { a: 'yx' }, false],
  ['wildcard escaped', { a: [{ wildcard: 'a\\*b' }] }, { a: 'a*b' }, true],
  ['wildcard escaped is no wildcard', { a: [{ wildcard: 'a\\*b' }] }, { a: 'axb' }, false],
  ['anything-but', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, true],
  ['anything-but the same', { a: [{ 'anything-but': 'x' }] }, { a: 'x' }, false],
  ['anything-but, missing', { a: [{ 'anything-but': 'x' }] }, {}, false],
  ['anything-but a list', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'y' }, false],
  ['anything-but numbers', { a: [{ 'anything-but': [1, 2] }] }, { a: 3 }, true],
  ['anything-but numbers, a text', { a: [{ 'anything-but': [1, 2] }] }, { a: '1' }, true],
  ['anything-but, any element', { a: [{ 'anything-but': 'x' }] }, { a: ['x', 'y'] }, true],
  ['anything-but prefix', { a: [{ 'anything-but': { prefix: 'in' } }] }, { a: 'initializing' }, false],
  ['anything-but prefix, other', { a: [{ 'anything-but': { prefix: 'in' } }] }, { a: 'running' }, true],
  ['anything-but prefixes', { a: [{ 'anything-but': { prefix: ['in', 'run'] } }] }, { a: 'running' }, false],
  ['anything-but suffix', { a: [{ 'anything-but': { suffix: '.txt' } }] }, { a: 'x.txt' }, false],
  [
    'anything-but ignoring case',
    { a: [{ 'anything-but': { 'equals-ignore-case': ['A', 'b'] } }] },
    { a: 'B' },
    false,
  ],
  ['anything-but wildcard', { a: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, { a: 'x/lib/y' }, false],
  ['numeric =', { a: [{ numeric: ['=', 100] }] }, { a: 100.0 }, true],
  ['numeric >', { a: [{ numeric: ['>', 0] }] }, { a: 0 }, false],
  ['numeric range', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 5 }, true],
  ['numeric range, beyond', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 5.01 }, false],
  ['numeric of a text', { a: [{ numeric: ['>', 0] }] }, { a: '5' }, false],
  ['exists', { a: [{ exists: true }] }, { a: null }, true],
  ['exists, missing', { a: [{ exists: true }] }, { b: 1 }, false],
  ['exists is about leaves', { a: [{ exists: true }] }, { a: { b: 1 } }, false],
  ['exists false', { a: [{ exists: false }] }, { b: 1 }, true],
  ['exists false, there', { a: [{ exists: false }] }, { a: 1 }, false],
  ['exists false below a missing parent', { p: { a: [{ exists: false }] } }, { b: 1 }, true],
  ['exists false or a value', { a: [{ exists: false }, 'x'] }, { a: 'x' }, true],
  [
    'exists false is about the whole event',
    { p: { a: [{ exists: false }] } },
    { p: [{ a: 1 }, { b: 1 }] },
    false,
  ],
  ['cidr', { a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.0.0.255' }, true],
  ['cidr, outside', { a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.0.1.0' }, false],
  ['cidr of IPv6', { a: [{ cidr: '2001:db8::/32' }] }, { a: '2001:db8:1::1' }, true],
  ['cidr of no address', { a: [{ cidr: '10.0.0.0/24' }] }, { a: 'ten' }, false],
  ['$or', { $or: [{ a: [1] }, { b: [2] }] }, { b: 2 }, true],
  ['$or, neither', { $or: [{ a: [1] }, { b: [2] }] }, { a: 2, b: 1 }, false],
  ['$or and a field', { c: [3], $or: [{ a: [1] }, { b: [2] }] }, { a: 1, c: 4 }, false],
  ['$or below', { d: { $or: [{ a: [1] }, { b: [{ numeric: ['>', 1] }] }] } }, { d: { b: 2 } }, true],
  ['different operators are or-ed', { a: [{ prefix: 'x' }, { suffix: 'z' }, 5] }, { a: 5 }, true],
];

const bad: [what: string, pattern: unknown][] = [
  ['no JSON', '{'],
  ['a list', '[]'],
  ['nothing', '{}'],
  ['a plain value', { a: 'x' }],
  ['an empty list', { a: [] }],
  ['an empty object', { a: {} }],
  ['a list in a list', { a: [['x']] }],
  ['an unknown operator', { a: [{ like: 'x' }] }],
  ['two operators in one', { a: [{ prefix: 'x', suffix: 'y' }] }],
  ['a number as prefix', { a: [{ prefix: 1 }] }],
  ['two stars', { a: [{ wildcard: 'a**b' }] }],
  ['a bad escape', { a: [{ wildcard: 'a\\b' }] }],
  ['mixed anything-but', { a: [{ 'anything-but': ['x', 1] }] }],
  ['empty anything-but', { a: [{ 'anything-but': [] }] }],
  ['numeric without a number', { a: [{ numeric: ['>', 'x'] }] }],
  ['numeric with another operator', { a: [{ numeric: ['~', 1] }] }],
  ['an empty numeric range', { a: [{ numeric: ['>', 5, '<', 5] }] }],
  ['a range the wrong way round', { a: [{ numeric: ['<', 5, '>', 1] }] }],
  ['numeric beyond 5e9', { a: [{ numeric: ['>', 5.1e9] }] }],
  ['exists of text', { a: [{ exists: 'true' }] }],
  ['no cidr', { a: [{ cidr: '10.0.0.0/33' }] }],
  ['a cidr of one address', { a: [{ cidr: '10.0.0.1/32' }] }],
  ['an address as cidr', { a: [{ cidr: '2001:db8::1' }] }],
  ['anything-but an empty prefix', { a: [{ 'anything-but': { prefix: '' } }] }],
  [
    'anything-but a suffix ignoring case',
    { a: [{ 'anything-but': { suffix: { 'equals-ignore-case': 'x' } } }] },
  ],
];

describe('event patterns', () => {
  it.each(rows)('%s', (_what, pattern, event, matches) => {
    expect(compilePattern(JSON.stringify(pattern))(event as Json)).toBe(matches);
  });

  it.each(bad)('refuses %s', (_what, pattern) => {
    const text = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
    expect(() => compilePattern(text)).toThrow('Event pattern is not valid. Reason: ');
  });
});
