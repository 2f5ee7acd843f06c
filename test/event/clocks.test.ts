import { expect, it } from 'vitest';
import { eventTime } from '../../shared/core/event/time.ts';
import { unitOf } from '../../shared/core/unit.ts';

const at = (text: string): number => Date.parse(text);
const YEAR = 365 * 86_400_000;
const received = at('2026-03-01T12:00:00Z');

it('a clock a year ahead or behind is put right by what it said when it sent', () => {
  const happened = received - 5_000;
  for (const off of [YEAR, -YEAR]) {
    expect(eventTime(happened + off, received + off, received)).toBe(happened);
  }
});

it('without a sent stamp a clock a year off is believed: nobody knows better', () => {
  expect(eventTime(received - YEAR, null, received)).toBe(at('2025-03-01T12:00:00Z'));
  expect(unitOf(received - YEAR, 0)).toBe('2025-03-01');
});

it('a year off is so many milliseconds, whatever leap day lies between', () => {
  // From 29 February 2028, 365 days on is 28 February 2029.
  const own = at('2028-02-29T12:00:00Z');
  const corrected = eventTime(own, own, own + YEAR);
  expect(corrected).toBe(at('2029-02-28T12:00:00Z'));
  expect(unitOf(own, 0)).toBe('2028-02-29');
});

it.each([
  ['a corrected time before 1970', 10, received + YEAR, 0],
  ['a corrected time after 9999', at('9999-12-31T23:59:59.999Z'), received - YEAR, received],
])('%s is none', (_, time, sent, got) => {
  expect(eventTime(time, sent, got)).toBeNull();
});

it('fractions are floored before anything is moved, and a minute of skew is still believed', () => {
  expect(eventTime(1_000.999, null, received)).toBe(1_000);
  expect(eventTime(received - 0.25, received - 60_000, received)).toBe(received - 1);
  // 60.001 s: moved by that much.
  expect(eventTime(received - 61_000, received - 60_001, received)).toBe(received - 61_000 + 60_001);
});
