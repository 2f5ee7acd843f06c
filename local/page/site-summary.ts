import { dayOfDate, formatOffset } from '../../shared/core/unit.ts';
import type { UnitPhase } from '../../shared/lake/unit-times.ts';
import { type DayState, type SiteDays, totalsOf } from '../status/site-days.ts';

/** Letters of phases in a summary; a capital says that the day is stale. */
const LETTER: Record<UnitPhase, string> = { open: 'o', settling: 't', settled: 's', reopened: 'r' };

/**
 * A site at a glance, two characters a day, so that forty sites of three years are some 100 KB.
 * The strings begin at `first` and have one character for every calendar day up to `last`.
 */
export interface SiteSummary extends ReturnType<typeof totalsOf> {
  site: string;
  /** Counts up in this process whenever anything here moved. */
  version: number;
  time_zone: string;
  /** Where its days begin: `+09:00`. */
  day_offset: string;
  /** `.` nothing, `o` open, `t` settling, `s` settled, `r` reopened; in capitals: stale. */
  states: string;
  /** `0` nothing, `1`..`5` how many facts, beside the site's busy days. */
  levels: string;
}

export function siteSummary(days: SiteDays, version: number): SiteSummary {
  const { opened } = days.index;
  const offset = opened?.day_offset_minutes ?? days.config?.day_offset_minutes ?? 0;
  return {
    site: days.site,
    version,
    time_zone: opened?.time_zone ?? days.config?.time_zone ?? 'UTC',
    day_offset: formatOffset(offset),
    ...totalsOf(days.days),
    ...strings(days.days),
  };
}

function strings(days: readonly DayState[]): { states: string; levels: string } {
  const busy = busyDay(days);
  let states = '';
  let levels = '';
  let next = days.length > 0 ? dayOfDate(days[0]!.unit) : 0;
  for (const day of days) {
    const gap = dayOfDate(day.unit) - next;
    states += '.'.repeat(gap);
    levels += '0'.repeat(gap);
    next += gap + 1;
    const letter = LETTER[day.phase];
    states += day.stale === null ? letter : letter.toUpperCase();
    levels += Math.min(5, 1 + Math.floor((day.facts / busy) * 4.999));
  }
  return { states, levels };
}

/** Facts of a day busier than 19 of 20: one flood must not make all others look silent. */
function busyDay(days: readonly DayState[]): number {
  const sorted = days.map((day) => day.facts).sort((a, b) => a - b);
  return Math.max(1, sorted[Math.floor((sorted.length - 1) * 0.95)] ?? 1);
}

/** Numbers of every calendar day of a site; 0 where it has no facts. */
export interface SiteNumbers {
  site: string;
  version: number;
  first: string | null;
  facts: number[];
  sessions: number[];
  /** When the facts last changed, whole seconds UTC. */
  changed: number[];
  /** Why days are stale, by name of the day. */
  stale: Record<string, string>;
}

export function siteNumbers(days: SiteDays, version: number): SiteNumbers {
  const first = days.days[0]?.unit ?? null;
  const numbers: SiteNumbers = {
    site: days.site,
    version,
    first,
    facts: [],
    sessions: [],
    changed: [],
    stale: {},
  };
  const base = first === null ? 0 : dayOfDate(first);
  for (const day of days.days) {
    const at = dayOfDate(day.unit) - base;
    for (const list of [numbers.facts, numbers.sessions, numbers.changed]) {
      while (list.length < at) list.push(0);
    }
    numbers.facts.push(day.facts);
    numbers.sessions.push(day.sessions);
    numbers.changed.push(Math.floor(day.changed_at / 1000));
    if (day.stale !== null) numbers.stale[day.unit] = day.stale;
  }
  return numbers;
}
