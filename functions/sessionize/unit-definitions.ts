import { canonicalJson } from '../../shared/core/canonical-json.ts';
import type { Definition } from '../../shared/core/definition/types.ts';
import { dateOfDay } from '../../shared/core/unit.ts';
import { byDay, dayChanges, type UnitPlace } from './context.ts';

/**
 * SQL that hangs on what the definition says on the local date of `time`: one expression where it says the
 * same for all of the unit, which it nearly always does.
 *
 * @param beyondMs how long after the unit's end `time` may lie
 */
export function byDefinition(
  input: UnitPlace,
  time: string,
  sql: (definition: Definition) => string,
  beyondMs = 0,
): string {
  const { definitions } = input.context;
  return byDay(dayChanges(input, beyondMs), time, (day) => sql(definitions.on(day)));
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
 * @param beyondMs how long after the unit's end it counts too
 */
export function ownSlice<T>(
  input: UnitPlace,
  part: (definition: Definition) => T,
  beyondMs = 0,
): [from: string, part: T][] {
  const { definitions } = input.context;
  const parts: [string, T, string][] = [];
  for (const { day } of dayChanges(input, beyondMs)) {
    const own = part(definitions.on(day));
    const text = canonicalJson(own);
    if (parts.at(-1)?.[2] !== text) parts.push([parts.length === 0 ? '' : dateOfDay(day), own, text]);
  }
  return parts.map(([from, own]) => [from, own]);
}
