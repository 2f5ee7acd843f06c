import { CanonicalText } from '../../shared/core/canonical-json.ts';
import type { Definition } from '../../shared/core/definition/types.ts';
import { dateOfDay, dayOfDate, UNIT_MS } from '../../shared/core/unit.ts';
import { hashOf } from '../../shared/lake/slices.ts';
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
  if (definitions.only !== null) return [definitions.only];
  return [...new Set(dayChanges(input).map(({ day }) => definitions.on(day)))];
}

/** No date that a unit's keys ask for is farther from the date that it is named after. */
const DATES_AROUND = 4;

/** The definition, where it is the same on every date that a unit's keys may ask for: nearly always. */
export function steadyDefinition({ context, unit }: UnitPlace): Definition | null {
  const { only } = context.definitions;
  if (only !== null) return only;
  const day = dayOfDate(unit);
  return context.definitions.over(day - DATES_AROUND, day + DATES_AROUND);
}

/** What is worked out once for a part of a definition, which never changes. */
interface Part {
  hash: string;
  /** As it goes into keys where it holds for all of a unit. */
  steady: CanonicalText;
}
const partsOf = new WeakMap<Definition, Map<string, Part>>();

function partOf(definition: Definition, name: string, part: (definition: Definition) => unknown): Part {
  let parts = partsOf.get(definition);
  if (parts === undefined) {
    parts = new Map();
    partsOf.set(definition, parts);
  }
  let found = parts.get(name);
  if (found === undefined) {
    const hash = hashOf(part(definition));
    found = { hash, steady: new CanonicalText([['', hash]]) };
    parts.set(name, found);
  }
  return found;
}

/**
 * Hashes of what a part of the definition says on the local dates of a unit, for keys: `[from, hash]`, one where
 * it is the same for all of it, wherever the scopes begin and end; else one from each date on which it changes.
 *
 * @param name tells parts apart
 * @param around how much before and after the unit counts too
 */
export function ownSlice(
  place: UnitPlace,
  name: string,
  part: (definition: Definition) => unknown,
  around: Around = {},
): CanonicalText | [from: string, hash: string][] {
  const steady = steadyDefinition(place);
  if (steady !== null) return partOf(steady, name, part).steady;
  const parts: [from: string, hash: string][] = [];
  for (const { day } of dayChanges(place, around)) {
    const { hash } = partOf(place.context.definitions.on(day), name, part);
    if (parts.at(-1)?.[1] !== hash) parts.push([parts.length === 0 ? '' : dateOfDay(day), hash]);
  }
  return parts;
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
