import type { DefinitionsByDay } from '../../shared/core/definition/by-day.ts';
import { groupBy } from '../../shared/core/group-by.ts';
import type { LocalDays } from '../../shared/core/time/local-date.ts';
import { dateOfDay, UNIT_MS, unitStart } from '../../shared/core/unit.ts';
import { fileList } from '../../shared/duckdb/engine.ts';
import type { FactsRef } from '../../shared/lake/site-index.ts';

/** Everything but the facts that decides a site's derived data. */
export interface SiteContext {
  site: string;
  /** What holds on each local date. */
  definitions: DefinitionsByDay;
  hosts: string[];
  days: LocalDays;
  dayOffsetMinutes: number;
}

/** One unit of a site, its facts at hand as local files: one, or several with visitors of their own each. */
export interface UnitInput {
  context: SiteContext;
  unit: string;
  facts: FactsRef;
  files: readonly string[];
}

/** SQL for the unit's facts, file after file, each in its order: rows of one visitor stand together. */
export function factsSql(input: UnitInput): string {
  return `read_parquet(${fileList(input.files)})`;
}

/** What names a unit of a site: all that its rules and dates depend on. */
export type UnitPlace = Pick<UnitInput, 'context' | 'unit'>;

/** Time around a unit, ms. */
export interface Around {
  before?: number;
  after?: number;
}

/** First ms of a unit and the first after it. */
export function unitSpan(input: UnitPlace): { from: number; to: number } {
  const from = unitStart(input.unit, input.context.dayOffsetMinutes);
  return { from, to: from + UNIT_MS };
}

/**
 * The local days that the unit's facts lie in, each once, and the SQL that tells a day's rows. A day may be
 * in two pieces: where clocks are set back across midnight a date comes twice.
 */
export function localDaysOf(input: UnitPlace): { dt: string; where: string }[] {
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

/**
 * The local dates that a unit's time falls into, in order, each from its first ms.
 *
 * @param around how much before and after the unit counts too, ms
 */
export function dayChanges(input: UnitPlace, around: Around = {}): { start: number; day: number }[] {
  const { days } = input.context;
  const { from, to } = unitSpan(input);
  return days.boundaries(from - (around.before ?? 0), to + (around.after ?? 0));
}

/** SQL for the local date, `YYYY-MM-DD`, of a time of this unit. */
export function dtSql(input: UnitPlace, time: string): string {
  return byDay(dayChanges(input), time, (day) => `'${dateOfDay(day)}'`);
}

/** SQL that hangs on the local date of `time`: one expression where it is the same for all of them. */
export function byDay(
  changes: readonly { start: number; day: number }[],
  time: string,
  sql: (day: number) => string,
): string {
  const pieces = changes.map(({ start, day }) => ({ start, text: sql(day) }));
  const moved = pieces.filter(({ text }, i) => i > 0 && text !== pieces[i - 1]!.text).reverse();
  const first = pieces[0]!.text;
  const cases = moved.map(
    ({ start, text }) => `WHEN ${time} >= make_timestamp(${start} * 1000) THEN ${text}`,
  );
  return cases.length === 0 ? first : `CASE ${cases.join(' ')} ELSE ${first} END`;
}
