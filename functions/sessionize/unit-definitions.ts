import { canonicalJson } from '../../shared/core/canonical-json.ts';
import type { Definition } from '../../shared/core/definition/types.ts';
import { dateOfDay, UNIT_MS } from '../../shared/core/unit.ts';
import { type Around, byDay, dayChanges, type UnitPlace } from './context.ts';

/** No session that starts in a unit runs on for longer behind its end: none outlives two local dates. */
export const SESSION_REACH_MS = 2 * UNIT_MS;

/**
 * SQL that hangs on what the definition says on the local date of `time`: one expression where it says the
 * same for all of the unit, which it nearly always does.
 *
 * @param around how long before and after the unit `time` may lie
 */
export function byDefinition(
  input: UnitPlace,
  time: string,
  sql: (definition: Definition) => string,
  around: Around = {},
): string {
  const { definitions } = input.context;
  return byDay(dayChanges(input, around), time, (day) => sql(definitions.on(day)));
}

/** The definitions of the unit's local dates, each period once, in order of time. */
export function definitionsOf(input: UnitPlace): Definition[] {
  const { definitions } = input.context;
  return [...new Set(dayChanges(input).map(({ day }) => definitions.on(day)))];
}

/**
 * What parts of the definition say on the local dates of a unit, for keys: one entry where it is the same
 * for all of it, wherever the scopes begin and end; else one from each date on which it changes.
 *
 * @param around how much before and after the unit counts too
 */
export function ownSlice<T>(
  input: UnitPlace,
  part: (definition: Definition) => T,
  around: Around = {},
): [from: string, part: T][] {
  const { definitions } = input.context;
  const parts: [string, T, string][] = [];
  for (const { day } of dayChanges(input, around)) {
    const own = part(definitions.on(day));
    const text = canonicalJson(own);
    if (parts.at(-1)?.[2] !== text) parts.push([parts.length === 0 ? '' : dateOfDay(day), own, text]);
  }
  return parts.map(([from, own]) => [from, own]);
}

/** The same over a column that holds a local date of the unit. */
export function byDate(input: UnitPlace, dt: string, sql: (definition: Definition) => string): string {
  const { definitions } = input.context;
  const texts = new Map(dayChanges(input).map(({ day }) => [dateOfDay(day), sql(definitions.on(day))]));
  const [first] = texts.values();
  if (new Set(texts.values()).size === 1) return first!;
  const cases = [...texts].map(([date, text]) => `WHEN '${date}' THEN ${text}`);
  return `CASE ${dt} ${cases.join(' ')} END`;
}
