import { zoneOffsets } from './zone-offset.ts';

const DAY_MS = 86_400_000;

/** From `start` (ms UTC, included) the local date is `day` (days since 1970-01-01), until the next entry. */
export interface DayBoundary {
  start: number;
  day: number;
}

/** Local dates of one time zone; remembers what it has worked out. */
export interface LocalDays {
  readonly timeZone: string;
  /** Local date of an instant (ms UTC), as days since 1970-01-01. */
  dayOf(ms: number): number;
  /**
   * The local dates of a range of instants, `fromMs` included, `toMs` excluded: the first entry starts at
   * `fromMs` itself, each further one where the date changes, in order of time. Dates need not rise: where
   * clocks are set back across midnight, a date comes twice. Empty when the range is.
   */
  boundaries(fromMs: number, toMs: number): DayBoundary[];
}

/** A stretch of time, ms UTC, `to` excluded, with one offset from UTC (ms, east positive). */
interface Stretch {
  from: number;
  to: number;
  offset: number;
}

/**
 * Local dates of a zone without a calendar call for each event: a day is the floor of (instant + offset),
 * and the offset changes a few times a year. The changes of a year are found when the year is first asked
 * for (some 400 calendar calls, about half a millisecond) by comparing the offsets of successive UTC days.
 * Correct for days of 23 and 25 hours, clocks that change at or just after midnight, and zones that skip a
 * date. Throws `bad_time_zone`.
 *
 * Which dates these are depends on the platform's time zone data; it changes for the future, when a
 * government says so.
 */
export function localDays(timeZone: string): LocalDays {
  const known = zones.get(timeZone) ?? new ZoneDays(timeZone);
  zones.set(timeZone, known);
  return known;
}

/** By name: sites share the few zones that there are. */
const zones = new Map<string, ZoneDays>();

class ZoneDays implements LocalDays {
  readonly timeZone: string;
  readonly #offsetAt: (instant: number) => number;
  readonly #years = new Map<number, Stretch[]>();
  #from = 0;
  #to = 0;
  #offset = 0;

  constructor(timeZone: string) {
    this.timeZone = timeZone;
    this.#offsetAt = zoneOffsets(timeZone);
  }

  dayOf(ms: number): number {
    if (ms < this.#from || ms >= this.#to) this.#seek(ms);
    return Math.floor((ms + this.#offset) / DAY_MS);
  }

  boundaries(fromMs: number, toMs: number): DayBoundary[] {
    const found: DayBoundary[] = [];
    let at = fromMs;
    while (at < toMs) {
      const day = this.dayOf(at);
      if (found.at(-1)?.day !== day) found.push({ start: at, day });
      const midnight = (day + 1) * DAY_MS - this.#offset;
      at = Math.min(midnight, this.#to);
    }
    return found;
  }

  #seek(ms: number): void {
    const stretches = this.#year(new Date(ms).getUTCFullYear());
    let low = 0;
    let high = stretches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (stretches[middle]!.from <= ms) low = middle;
      else high = middle - 1;
    }
    const stretch = stretches[low]!;
    this.#from = stretch.from;
    this.#to = stretch.to;
    this.#offset = stretch.offset;
  }

  /** The stretches of a UTC year, in order, without gaps. */
  #year(year: number): Stretch[] {
    const known = this.#years.get(year);
    if (known !== undefined) return known;
    const end = Date.UTC(year + 1, 0, 1);
    const stretches: Stretch[] = [];
    let from = Date.UTC(year, 0, 1);
    let offset = this.#offsetAt(from);
    for (let day = from; day < end; day += DAY_MS) {
      const next = Math.min(day + DAY_MS, end);
      const later = this.#offsetAt(next);
      if (later === offset) continue;
      const change = this.#changeWithin(day, next, offset);
      stretches.push({ from, to: change, offset });
      from = change;
      offset = later;
    }
    if (from < end) stretches.push({ from, to: end, offset });
    this.#years.set(year, stretches);
    return stretches;
  }

  /** The first instant after `from` at which the offset is no longer `before`; it is so at `to`. */
  #changeWithin(from: number, to: number, before: number): number {
    let low = from / 1000;
    let high = to / 1000;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#offsetAt(middle * 1000) === before) low = middle;
      else high = middle;
    }
    return high * 1000;
  }
}
