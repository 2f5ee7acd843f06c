import { dateOfDay, dayOfDate } from '../../../shared/core/unit.ts';
import { text, texts } from './sql-literals.ts';

/** What is compared: sessions by their own `dt`, both ends included; null is open. */
export interface ComparedRange {
  from: string | null;
  to: string | null;
  /** Never empty. */
  sites: string[];
}

/**
 * Local days around a range in which lies what its sessions depend on: no session outlives two local days,
 * and a corrected time zone moves a date by two at most.
 */
const MARGIN_DAYS = 3;

/** SQL over `site` and `dt`: the range itself. */
export function insideSql({ from, to, sites }: ComparedRange): string {
  return `site IN (${texts(sites)}) AND ${daysSql('dt', from, to)}`;
}

/** The same with the days around it. */
export function aroundSql(range: ComparedRange): string {
  return insideSql({ ...range, ...daysAround(range) });
}

/** The days around a range whose sessions are read with it; null for all. */
export function daysAround({
  from,
  to,
}: Pick<ComparedRange, 'from' | 'to'>): { from: string; to: string } | null {
  if (from === null && to === null) return null;
  return {
    from: from === null ? '0000-01-01' : dateOfDay(dayOfDate(from) - MARGIN_DAYS),
    to: to === null ? '9999-12-31' : dateOfDay(dayOfDate(to) + MARGIN_DAYS),
  };
}

/** SQL: a local day lies in the range. */
export function daysSql(dt: string, from: string | null, to: string | null): string {
  if (from === null && to === null) return 'true';
  return [
    ...(from === null ? [] : [`${dt} >= ${text(from)}`]),
    ...(to === null ? [] : [`${dt} <= ${text(to)}`]),
  ].join(' AND ');
}
