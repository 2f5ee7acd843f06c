import type { Definition } from '../../shared/core/definition/types.ts';
import { groupBy } from '../../shared/core/group-by.ts';
import type { channelOf } from '../../shared/core/labels/channel.ts';
import type { LocalDays } from '../../shared/core/time/local-date.ts';
import { dateOfDay, UNIT_MS, unitStart } from '../../shared/core/unit.ts';
import type { FactsRef } from '../../shared/lake/site-index.ts';

/** Everything but the facts that decides a site's derived data. */
export interface SiteContext {
  site: string;
  definition: Definition;
  hosts: string[];
  days: LocalDays;
  dayOffsetMinutes: number;
  /** The definition's channel rules, compiled. */
  channel: ReturnType<typeof channelOf>;
}

/** One unit of a site, its facts at hand as a local file. */
export interface UnitInput {
  context: SiteContext;
  unit: string;
  facts: FactsRef;
  file: string;
}

/** First ms of a unit and the first after it. */
export function unitSpan(input: UnitInput): { from: number; to: number } {
  const from = unitStart(input.unit, input.context.dayOffsetMinutes);
  return { from, to: from + UNIT_MS };
}

/**
 * The local days that the unit's facts lie in, each once, and the SQL that tells a day's rows. A day may be
 * in two pieces: where clocks are set back across midnight a date comes twice.
 */
export function localDaysOf(input: UnitInput): { dt: string; where: string }[] {
  const changes = dayChanges(input);
  const pieces = changes.map(({ start, day }, index) => {
    const next = changes[index + 1];
    const from = `event_time >= make_timestamp(${start} * 1000)`;
    return {
      day,
      where: next ? `(${from} AND event_time < make_timestamp(${next.start} * 1000))` : `(${from})`,
    };
  });
  return [...groupBy(pieces, ({ day }) => day)].map(([day, own]) => ({
    dt: dateOfDay(day),
    where: `(${own.map(({ where }) => where).join(' OR ')})`,
  }));
}

function dayChanges(input: UnitInput): { start: number; day: number }[] {
  const { days } = input.context;
  const { from, to } = unitSpan(input);
  return days.boundaries(from, to);
}

/** SQL for the local date, `YYYY-MM-DD`, of a time of this unit. */
export function dtSql(input: UnitInput, time: string): string {
  const changes = dayChanges(input).reverse();
  const first = changes.pop()!;
  const cases = changes.map(
    ({ start, day }) => `WHEN ${time} >= make_timestamp(${start} * 1000) THEN '${dateOfDay(day)}'`,
  );
  const last = `'${dateOfDay(first.day)}'`;
  return cases.length === 0 ? last : `CASE ${cases.join(' ')} ELSE ${last} END`;
}
