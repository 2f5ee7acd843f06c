import { UNIT_MS, unitStart } from '../../shared/core/unit.ts';
import type { Release } from '../../shared/lake/releases.ts';
import type { ResultRef } from '../../shared/lake/site-index.ts';
import type { SiteDays } from '../status/site-days.ts';

/** Everything that the log says of one unit. Times are ms UTC. */
export interface DayDetails {
  site: string;
  unit: string;
  from: number;
  to: number;
  phase: string;
  stale: string | null;
  first_at: number;
  changed_at: number;
  open_until: number;
  settles_at: number;
  facts: { object: string; rows: number; bytes: number; digest: string; from: number; to: number };
  /** Landing objects that its facts came from, and how many of the newest are named. */
  landing: { count: number; newest: string[] };
  /** Results, those of the live release first. */
  results: DayResult[];
}

interface DayResult extends Pick<ResultRef, 'key' | 'digest' | 'rows' | 'bytes' | 'parts'> {
  dataset: string;
  slice: string;
  live: boolean;
}

const NEWEST = 5;

/**
 * One unit of a site; null when it has no facts.
 *
 * @param landing the landing objects whose rows are in its facts
 */
export function dayDetails(
  days: SiteDays,
  unit: string,
  landing: readonly string[],
  release: Release | null,
): DayDetails | null {
  const state = days.days.find((day) => day.unit === unit);
  const { units, opened } = days.index;
  const held = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (state === undefined || held === undefined || held.facts === null) return null;
  const from = unitStart(unit, opened?.day_offset_minutes ?? 0);
  const { object, rows, bytes, digest } = held.facts;
  const consumed = [...landing].sort();
  return {
    site: days.site,
    unit,
    from,
    to: from + UNIT_MS,
    phase: state.phase,
    stale: state.stale,
    first_at: state.first_at,
    changed_at: state.changed_at,
    open_until: state.open_until,
    settles_at: state.settles_at,
    facts: { object, rows, bytes, digest, from: held.facts.from, to: held.facts.to },
    landing: { count: consumed.length, newest: consumed.slice(-NEWEST).reverse() },
    results: resultsOf(held.results, new Set(Object.values(release?.slices ?? {}))),
  };
}

function resultsOf(
  results: Partial<Record<string, Record<string, ResultRef>>>,
  live: ReadonlySet<string>,
): DayResult[] {
  const found: DayResult[] = [];
  for (const [dataset, bySlice] of Object.entries(results)) {
    for (const [slice, { key, digest, rows, bytes, parts }] of Object.entries(bySlice ?? {})) {
      found.push({
        dataset,
        slice,
        live: live.has(slice),
        key,
        digest,
        rows,
        bytes,
        ...(parts ? { parts } : {}),
      });
    }
  }
  return found.sort((a, b) => Number(b.live) - Number(a.live));
}
