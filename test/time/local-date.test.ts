import { describe, expect, it } from 'vitest';
import { localDays } from '../../shared/core/time/local-date.ts';
import { standardOffsetMinutes, zoneOffsets } from '../../shared/core/time/zone-offset.ts';
import { dateOfDay } from '../../shared/core/unit.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);

/** The local date as the platform's calendar has it, by a different road than the code under test. */
function calendarDate(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  return (ms) => format.format(ms);
}

const YEARS: [string, number[]][] = [
  ['UTC', [1970, 2024]],
  ['Asia/Tokyo', [1970, 2026]],
  ['Europe/Berlin', [1980, 2026, 2099]],
  ['Europe/Dublin', [2026]],
  ['America/New_York', [1974, 2007, 2026]],
  ['America/Sao_Paulo', [2018, 2019]],
  ['America/St_Johns', [1988, 2006, 2010, 2011]],
  ['America/Scoresbysund', [2024]],
  ['Asia/Beirut', [2022, 2023]],
  ['Asia/Kolkata', [2026]],
  ['Asia/Kathmandu', [1985, 1986]],
  ['Asia/Pyongyang', [2015, 2018]],
  ['Australia/Lord_Howe', [2026]],
  ['Africa/Casablanca', [2024, 2026]],
  ['Africa/Monrovia', [1971, 1972]],
  ['Africa/Cairo', [2010, 2014, 2023]],
  ['Pacific/Apia', [2011, 2012]],
  ['Pacific/Kwajalein', [1993]],
  ['Antarctica/Troll', [2010, 2026]],
  ['Antarctica/Casey', [2020, 2023]],
];

describe('local dates', () => {
  it.each(YEARS)(
    'of %s agree with the calendar at every hour, and around each change, of %j',
    (zone, years) => {
      const days = localDays(zone);
      const expected = calendarDate(zone);
      for (const year of years) {
        const end = Date.UTC(year + 1, 0, 2);
        const wrong: string[] = [];
        const probe = (ms: number): void => {
          if (dateOfDay(days.dayOf(ms)) !== expected(ms)) wrong.push(new Date(ms).toISOString());
        };
        for (let ms = Date.UTC(year, 0, 1) - 24 * HOUR; ms < end; ms += HOUR) probe(ms);
        for (const { start } of days.boundaries(Date.UTC(year, 0, 1), end)) {
          for (const near of [-60_000, -1000, -1, 0, 1, 1000, 60_000]) probe(start + near);
        }
        expect({ zone, year, wrong }).toEqual({ zone, year, wrong: [] });
      }
    },
  );

  it.each([
    // Clocks go forward at 02:00: the day has 23 hours.
    ['Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', '2026-03-29'],
    // Back at 03:00: 25 hours.
    ['Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', '2026-10-25'],
    ['America/New_York', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z', '2026-03-08'],
    // Summer time began at midnight: 2018-11-04 starts at 01:00 local, 03:00 UTC, and has 23 hours.
    ['America/Sao_Paulo', '2018-11-04T03:00:00Z', '2018-11-05T02:00:00Z', '2018-11-04'],
    // It ended at midnight: 2018-02-17 has 25 hours, 23:00 to 24:00 twice.
    ['America/Sao_Paulo', '2018-02-17T02:00:00Z', '2018-02-18T03:00:00Z', '2018-02-17'],
    ['Asia/Kolkata', '2025-12-31T18:30:00Z', '2026-01-01T18:30:00Z', '2026-01-01'],
    ['Asia/Kathmandu', '2025-12-31T18:15:00Z', '2026-01-01T18:15:00Z', '2026-01-01'],
    // Samoa skipped 2011-12-30: the 29th ends where the 31st begins.
    ['Pacific/Apia', '2011-12-29T10:00:00Z', '2011-12-30T10:00:00Z', '2011-12-29'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31T10:00:00Z', '2011-12-31'],
  ])('in %s from %s to %s it is %s', (zone, from, to, date) => {
    const days = localDays(zone);
    expect(dateOfDay(days.dayOf(at(from)))).toBe(date);
    expect(dateOfDay(days.dayOf(at(to) - 1))).toBe(date);
    expect(dateOfDay(days.dayOf(at(from) - 1))).not.toBe(date);
    expect(dateOfDay(days.dayOf(at(to)))).not.toBe(date);
    expect(days.boundaries(at(from), at(to))).toEqual([{ start: at(from), day: days.dayOf(at(from)) }]);
  });

  it('come twice where clocks go back across midnight (St. John’s, 2010-11-07, at 00:01)', () => {
    const days = localDays('America/St_Johns');
    const boundaries = days.boundaries(at('2010-11-06T12:00:00Z'), at('2010-11-08T12:00:00Z'));
    expect(boundaries.map(({ start, day }) => [new Date(start).toISOString(), dateOfDay(day)])).toEqual([
      ['2010-11-06T12:00:00.000Z', '2010-11-06'],
      ['2010-11-07T02:30:00.000Z', '2010-11-07'],
      ['2010-11-07T02:31:00.000Z', '2010-11-06'],
      ['2010-11-07T03:30:00.000Z', '2010-11-07'],
      ['2010-11-08T03:30:00.000Z', '2010-11-08'],
    ]);
  });

  it('leave out the date that a zone skipped', () => {
    const days = localDays('Pacific/Apia').boundaries(at('2011-12-29T10:00:00Z'), at('2012-01-01T10:00:00Z'));
    expect(days.map(({ day }) => dateOfDay(day))).toEqual(['2011-12-29', '2011-12-31', '2012-01-01']);
  });

  it('are the same in whatever order they are asked for', () => {
    const zone = 'America/St_Johns';
    const instants = Array.from({ length: 2000 }, (_, i) => at('1999-06-01T00:00:00Z') + i * 37 * HOUR);
    const forward = localDays(zone);
    const expected = new Map(instants.map((ms) => [ms, forward.dayOf(ms)]));
    const jumping = localDays(zone);
    for (let i = 0; i < instants.length; i++) {
      const ms = instants[(i * 997) % instants.length]!;
      expect(jumping.dayOf(ms)).toBe(expected.get(ms));
    }
  });

  it('of an empty range are none, and part of a day is one', () => {
    const days = localDays('Asia/Tokyo');
    expect(days.boundaries(5, 5)).toEqual([]);
    expect(days.boundaries(0, 15 * HOUR)).toEqual([{ start: 0, day: 0 }]);
    expect(days.boundaries(0, 15 * HOUR + 1)).toEqual([
      { start: 0, day: 0 },
      { start: 15 * HOUR, day: 1 },
    ]);
  });

  it('cost no calendar call an event', () => {
    const days = localDays('Europe/Berlin');
    const start = at('2026-01-01T00:00:00Z');
    let sum = 0;
    const began = performance.now();
    for (let i = 0; i < 2_000_000; i++) sum += days.dayOf(start + i * 10_000);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(sum).toBeGreaterThan(0);
  });

  it('of an unknown zone are refused', () => {
    expect(() => localDays('Mars/Olympus')).toThrow('"Mars/Olympus" is not an IANA time zone');
  });
});

describe('offsets', () => {
  it.each([
    ['UTC', 0],
    ['Asia/Tokyo', 540],
    ['Europe/Berlin', 60],
    ['Europe/Dublin', 0],
    ['America/New_York', -300],
    ['America/St_Johns', -210],
    ['America/Sao_Paulo', -180],
    ['Australia/Sydney', 600],
    ['Australia/Lord_Howe', 630],
    ['Asia/Kolkata', 330],
    ['Asia/Kathmandu', 345],
    ['Pacific/Apia', 780],
    ['Africa/Casablanca', 60],
  ])('%s has the standard offset %i', (zone, minutes) => {
    expect(standardOffsetMinutes(zone)).toBe(minutes);
  });

  it('are exact to the second (Monrovia until 1972: -00:44:30)', () => {
    expect(zoneOffsets('Africa/Monrovia')(at('1971-06-01T00:00:00Z'))).toBe(-(44 * 60 + 30) * 1000);
  });
});
