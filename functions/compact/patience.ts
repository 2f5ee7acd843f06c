import type { UnitState } from '../../shared/lake/site-index.ts';

/** A unit spends at most one part in so many of the time being computed again. */
const REST = 20;
/** A generation's compaction is followed by the unit's sessions and events: about twice the work. */
const FOLLOWED_BY = 3;
/** Waits shorter than this are not worth a message. */
const LEAST_WAIT_MS = 60_000;

/**
 * How long new rows of a unit wait before they are brought in, ms; 0 for now. Small units are brought up to
 * date as data arrives; one whose generations take long rests in proportion, but never longer than the
 * site's `freshness` after its last change, so that a burst is compacted once and not a hundred times.
 *
 * @param freshnessMs the most that readers of the site accept
 */
export function waitFor(unit: UnitState | undefined, freshnessMs: number, now: number): number {
  if (unit === undefined || unit.facts === null) return 0;
  const rest = Math.min(REST * FOLLOWED_BY * unit.work_ms, freshnessMs);
  const wait = unit.changed_at + rest - now;
  return rest < LEAST_WAIT_MS || wait <= 0 ? 0 : wait;
}
