import { badInput } from '../core/errors.ts';

/** How a column writes its times; numbers count from 1970 in UTC. */
export type TimeUnit = 'iso' | 's' | 'ms' | 'us';

/** Decimal places by which a number of the unit is moved to become milliseconds. */
const SHIFT = { s: 3, ms: 0, us: -3 } as const;

export function parseTimeUnit(text: string): TimeUnit {
  if (text === 'iso' || text === 's' || text === 'ms' || text === 'us') return text;
  throw badInput('bad_time_unit', `--time-unit "${text}" is not a unit of time`, {
    field: '--time-unit',
    fix: 'use iso, s, ms or us',
  });
}

/**
 * A time of a row as whole ms UTC, floored, or null when it isn't one. Numbers are moved by decimal places
 * in their text, so that 1389052815.123 s is exactly ...123 ms and not a float beside it.
 */
export function parseTime(value: string | number, unit: TimeUnit): number | null {
  const text = typeof value === 'number' ? String(value) : value.trim();
  return unit === 'iso' ? parseIsoTime(text) : parseCount(text, SHIFT[unit]);
}

function parseCount(text: string, shift: 3 | 0 | -3): number | null {
  const match = /^([+-]?)(\d{1,18})(?:\.(\d*))?$/.exec(text);
  if (match === null) return null;
  const whole = match[2]!;
  const fraction = match[3] ?? '';
  const digits =
    shift >= 0 ? whole + fraction.slice(0, shift).padEnd(shift, '0') : whole.slice(0, shift) || '0';
  const dropped = shift >= 0 ? fraction.slice(shift) : whole.slice(shift) + fraction;
  const ms = Number(digits);
  if (!Number.isSafeInteger(ms)) return null;
  if (match[1] !== '-') return ms;
  return -ms - (/[1-9]/.test(dropped) ? 1 : 0);
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * ISO 8601: a date, or a date and a time to the minute, second or fraction, apart by `T` or a space; with
 * `Z`, an offset (`+09`, `+0900`, `+09:00`) or, without a zone, in UTC. Null for anything else, a day that
 * no calendar has included. Second 60 is the first of the next minute.
 */
export function parseIsoTime(text: string): number | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const midnight = utcDay(Number(year), Number(month), Number(day));
  if (midnight === null || +hour > 23 || +minute > 59 || +second > 60) return null;
  const offset = zone.toUpperCase() === 'Z' ? 0 : offsetMinutes(zone);
  if (offset === null) return null;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return midnight + ((+hour * 60 + +minute - offset) * 60 + +second) * 1000 + ms;
}

/** First ms of a UTC day, or null when there is no such day. `month` counts from 1. */
export function utcDay(year: number, month: number, day: number): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null;
}

/** `+0900`, `+09:00` or `+09` as minutes east of UTC, or null when there is no such offset. */
export function offsetMinutes(text: string): number | null {
  const digits = text.replace(':', '');
  const hours = Number(digits.slice(1, 3));
  const minutes = Number(digits.slice(3) || '0');
  if (hours > 18 || minutes > 59) return null;
  const total = hours * 60 + minutes;
  return digits.startsWith('-') ? -total : total;
}
