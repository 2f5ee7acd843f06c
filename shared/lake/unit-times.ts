import type { DefinitionsByDay } from '../core/definition/by-day.ts';
import { dayOfDate, UNIT_MS, unitStart } from '../core/unit.ts';
import type { SiteIndex } from './site-index.ts';

/**
 * What a unit is waiting for (docs/semantics.md "units"): more events of its own day; late ones; nothing; or
 * it was settled and late data came all the same.
 */
export type UnitPhase = 'open' | 'settling' | 'settled' | 'reopened';

/** The times between which a unit's phases change, ms UTC. They don't hang on now, so they can be stored. */
export interface UnitTimes {
  /** First arrival of a fact, and the last that changed the facts. */
  first_at: number;
  changed_at: number;
  /** Its end plus the inactivity timeout: no session of its day can go on after it. */
  open_until: number;
  /** When the site's lateness window is over too. Counted from the first arrival where that is later. */
  settles_at: number;
}

/**
 * Times of one unit that has facts.
 *
 * @param definitions what the live definition says of the site
 * @param latenessMs how long the site waits for late data
 */
export function unitTimes(
  index: SiteIndex,
  unit: string,
  definitions: DefinitionsByDay,
  latenessMs: number,
): UnitTimes {
  const end = unitStart(unit, index.opened?.day_offset_minutes ?? 0) + UNIT_MS;
  const day = dayOfDate(unit);
  const { first_at, changed_at } = index.units[unit]!;
  const open_until = end + definitions.longestPause(day, day + 1);
  // History that is imported much later is not late: its window begins with it.
  const settles_at = Math.max(open_until, first_at) + latenessMs;
  return { first_at, changed_at, open_until, settles_at };
}

/** The phase at a moment; `now` in ms UTC. */
export function phaseAt(times: UnitTimes, now: number): UnitPhase {
  if (times.changed_at > times.settles_at) return 'reopened';
  if (now < times.open_until) return 'open';
  return now < times.settles_at ? 'settling' : 'settled';
}
