import { expect, test } from 'vitest';
import { parseTime, parseTimeUnit } from '../../shared/import/time.ts';

test.each([
  ['1389052815', 's', 1389052815000],
  ['1389052815.1239', 's', 1389052815123],
  [1389052815.123, 's', 1389052815123],
  ['5.', 's', 5000],
  ['1389052815123.9', 'ms', 1389052815123],
  ['1389052815123999', 'us', 1389052815123],
  [999, 'us', 0],
  ['-1.0001', 's', -1001],
  ['', 's', null],
  ['NaN', 's', null],
  ['1e3', 's', null],
  ['0x10', 'ms', null],
  ['2026-01-01', 's', null],
  ['12345678901234567890', 'ms', null],
  [Number.NaN, 'ms', null],
  ['2026-01-02', 'iso', Date.UTC(2026, 0, 2)],
  ['2026-01-02T03:04', 'iso', Date.UTC(2026, 0, 2, 3, 4)],
  [' 2026-01-02 03:04:05 ', 'iso', Date.UTC(2026, 0, 2, 3, 4, 5)],
  ['2026-01-02T03:04:05.6789Z', 'iso', Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
  ['2026-01-02 03:04:05,5 +09:00', 'iso', Date.UTC(2026, 0, 1, 18, 4, 5, 500)],
  ['2026-01-02T03:04:05-0330', 'iso', Date.UTC(2026, 0, 2, 6, 34, 5)],
  ['2026-01-02t03:04:05+09', 'iso', Date.UTC(2026, 0, 1, 18, 4, 5)],
  ['2026-02-30', 'iso', null],
  ['2026-13-01', 'iso', null],
  ['2026-01-02T24:00:00', 'iso', null],
  ['02/01/2026', 'iso', null],
  ['1389052815', 'iso', null],
] as const)('%j in %s is %j', (value, unit, ms) => {
  expect(parseTime(value, unit)).toBe(ms);
});

test('an unknown unit is refused with the known ones', () => {
  expect(() => parseTimeUnit('sec')).toThrow(
    expect.objectContaining({ code: 'bad_time_unit', exit: 2, fix: 'use iso, s, ms or us' }),
  );
});
