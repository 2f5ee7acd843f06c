import { dateOfDay, UNIT_MS, unitStart } from '../../shared/core/unit.ts';
import { narrowName } from '../../shared/lake/ready.ts';
import { PUBLIC_TABLES, type PublicTable } from '../../shared/lake/tables.ts';
import type { SiteContext } from './context.ts';

/** How far a site's results are wanted. Where sessions start is always found for all of history. */
export interface Reach {
  tables: readonly PublicTable[];
  /** Local days whose tables are wanted, both included; null for all. */
  range: { from: string; to: string } | null;
}

/** Every table of every day. */
export const EVERYTHING: Reach = { tables: Object.keys(PUBLIC_TABLES) as PublicTable[], range: null };

/** What a preview compares; the wide table of events has no part in it. */
export function narrowReach(range: Reach['range']): Reach {
  // Conversions look back at sessions of days before: of a range, their number and value stand in its sessions.
  const left = range === null ? ['events'] : ['events', 'conversions'];
  return { tables: EVERYTHING.tables.filter((table) => !left.includes(table)), range };
}

/** Whether some of the unit's local days are wanted. */
export function reaches({ range }: Reach, context: SiteContext, unit: string): boolean {
  if (range === null) return true;
  const start = unitStart(unit, context.dayOffsetMinutes);
  const [first, last] = [start, start + UNIT_MS - 1].map((ms) => dateOfDay(context.days.dayOf(ms)));
  return first! <= range.to && last! >= range.from;
}

/** Name under which a site's log notes that so much of a target is whole. */
export function readyName(target: string, { range, tables }: Reach): string {
  if (range === null && tables.length === EVERYTHING.tables.length) return target;
  return narrowName(target, range);
}
