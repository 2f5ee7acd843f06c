import { copyFile } from 'node:fs/promises';
import type { SiteContext, UnitInput } from '../functions/sessionize/context.ts';
import type { Target } from '../functions/sessionize/target.ts';
import { systemClock } from '../shared/core/clock.ts';
import { DefinitionsByDay } from '../shared/core/definition/by-day.ts';
import { parseDefinition } from '../shared/core/definition/parse.ts';
import { localDays } from '../shared/core/time/local-date.ts';
import { ALGORITHMS } from '../shared/lake/algorithms.ts';
import type { FactsRef } from '../shared/lake/site-index.ts';
import type { ObjectStore } from '../shared/ports/objects.ts';
import { type Day, UNIT } from './day.ts';

function contextOf(rules: string): SiteContext {
  const definition = parseDefinition(rules, 'bench.yaml');
  return {
    site: 'shop',
    definitions: new DefinitionsByDay(definition, 'shop'),
    hosts: ['shop.example'],
    days: localDays('UTC'),
    dayOffsetMinutes: 0,
  };
}

/** What a log would say of the day. */
export const factsOf = (day: Day): FactsRef => ({
  object: day.facts,
  rows: day.rows,
  bytes: day.bytes,
  digest: 'bench',
  received: '0',
  from: 0,
  to: 0,
});

/** The day as the functions take a unit. */
export function benchInput(day: Day, rules: string): UnitInput {
  return { context: contextOf(rules), unit: UNIT, facts: factsOf(day), files: [day.facts] };
}

/** A store that gives the day's file and forgets what it is given: only the engine's work is measured. */
export const emptyStore: ObjectStore = {
  get: async () => null,
  getRange: async () => null,
  put: async () => 'written',
  list: async () => [],
  download: (key, path) => copyFile(key, path),
  upload: async () => {},
  remove: async () => {},
};

export function benchTarget(day: Day, rules: string): Target & { facts: FactsRef } {
  const slices = { boundaries: 's', sessions: 's', events: 's' };
  return {
    objects: emptyStore,
    clock: systemClock,
    context: contextOf(rules),
    slices,
    algorithms: ALGORITHMS,
    facts: factsOf(day),
  };
}
