import { badInput } from './errors.ts';

/** A unit is a fixed window of 24 hours: the grain of facts and of work (docs/lake-format.md). */
export const UNIT_MS = 86_400_000;

/**
 * Name of the unit an event belongs to: the date at which its window starts, read at the site's
 * `day_offset`. Windows never move, whatever the site's time zone does.
 *
 * @param eventTime milliseconds UTC
 * @param dayOffsetMinutes minutes east of UTC
 * @returns `YYYY-MM-DD`
 */
export function unitOf(eventTime: number, dayOffsetMinutes: number): string {
  return dateOfDay(Math.floor((eventTime + dayOffsetMinutes * 60_000) / UNIT_MS));
}

/** First millisecond (UTC) of a unit; the unit ends, exclusively, `UNIT_MS` later. */
export function unitStart(unit: string, dayOffsetMinutes: number): number {
  return Date.parse(`${unit}T00:00:00Z`) - dayOffsetMinutes * 60_000;
}

const dates = new Map<number, string>();

/** The date, `YYYY-MM-DD`, of a day counted from 1970-01-01. */
export function dateOfDay(day: number): string {
  let date = dates.get(day);
  if (date === undefined) {
    date = new Date(day * UNIT_MS).toISOString().slice(0, 10);
    dates.set(day, date);
  }
  return date;
}

/** Day counted from 1970-01-01 of a date `YYYY-MM-DD`. */
export function dayOfDate(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / UNIT_MS;
}

/** `+09:00`, `-03:30` or `Z` to minutes east of UTC; throws `bad_offset`. */
export function parseOffset(text: string, field = 'day_offset'): number {
  if (text === 'Z') return 0;
  const match = /^([+-])(\d{2}):(\d{2})$/.exec(text);
  const minutes = match ? Number(match[2]) * 60 + Number(match[3]) : Number.NaN;
  if (!match || Number(match[3]) > 59 || minutes > 14 * 60) {
    throw badInput('bad_offset', `${field}: "${text}" is not an offset from UTC`, {
      field,
      fix: 'write it as +09:00, -05:00 or +00:00 (at most 14 hours)',
    });
  }
  return match[1] === '-' ? -minutes : minutes;
}

/** The inverse of `parseOffset`: `+09:00`. */
export function formatOffset(minutes: number): string {
  const abs = Math.abs(minutes);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(abs / 60))}:${two(abs % 60)}`;
}
