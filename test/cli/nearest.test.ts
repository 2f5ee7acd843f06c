import { expect, test } from 'vitest';
import { editDistance, nearest } from '../../shared/core/nearest.ts';

test.each([
  ['', '', 0],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
  ['qurey', 'query', 1],
  ['status', 'stats', 1],
])('%s to %s takes %i edits', (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits);
  expect(editDistance(b, a)).toBe(edits);
});

test('the nearest known word is suggested, whatever its case', () => {
  expect(nearest('Qeury', ['import', 'query', 'run'])).toBe('query');
  expect(nearest('at-midnight', ['at_midnight', 'inactivity'])).toBe('at_midnight');
  expect(nearest('hlep', ['help', 'heap'])).toBe('help');
});

test('nothing is suggested when nothing is near', () => {
  expect(nearest('zebra', ['import', 'query', 'run'])).toBeNull();
  expect(nearest('x', [])).toBeNull();
  expect(nearest('abc', ['axy'])).toBeNull();
});

test('the first of equally near candidates wins', () => {
  expect(nearest('cat', ['car', 'can'])).toBe('car');
});
