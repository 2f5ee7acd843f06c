import { badInput } from '../errors.ts';

/**
 * Offset of a time zone from UTC at an instant, in milliseconds (east is positive), asked of the platform's
 * calendar. Costs about two microseconds a call. Throws `bad_time_zone` for an unknown zone.
 */
export function zoneOffsets(timeZone: string): (instant: number) => number {
  const format = formatFor(timeZone);
  return (instant) => {
    const second = Math.floor(instant / 1000) * 1000;
    const parts = format.format(second);
    const [, month, day, year, era, hour, minute, sec] =
      /^(\d+)\/(\d+)\/(\d+) (\w+), (\d+):(\d+):(\d+)$/.exec(parts) ?? [];
    if (year === undefined) throw new Error(`cannot read the local time "${parts}"`);
    const fullYear = era === 'B' ? 1 - Number(year) : Number(year);
    const local = new Date(0);
    local.setUTCFullYear(fullYear, Number(month) - 1, Number(day));
    local.setUTCHours(Number(hour), Number(minute), Number(sec));
    return local.getTime() - second;
  };
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'narrow',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch (cause) {
    throw badInput('bad_time_zone', `"${timeZone}" is not an IANA time zone`, { field: 'time_zone', cause });
  }
}

/** The year whose January and July stand for "now", so that the answer never depends on a clock. */
const REFERENCE_YEAR = 2026;

/**
 * A zone's standard offset in whole minutes east of UTC: the smaller of those of January and July 2026.
 * Europe/Dublin counts as +00:00 (its law calls summer the standard and winter the exception),
 * Africa/Casablanca as +01:00 (it leaves that only for Ramadan).
 */
export function standardOffsetMinutes(timeZone: string): number {
  const offset = zoneOffsets(timeZone);
  const january = offset(Date.UTC(REFERENCE_YEAR, 0, 1));
  const july = offset(Date.UTC(REFERENCE_YEAR, 6, 1));
  return Math.round(Math.min(january, july) / 60_000);
}
