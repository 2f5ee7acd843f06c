import { dateOfDay, dayOfDate } from '../unit.ts';
import type { Definition, DefinitionOverrides } from './types.ts';

/** A stretch of local dates of one site under one set of rules; null is open. Both ends are included. */
export interface DefinitionPeriod {
  from: string | null;
  to: string | null;
  /** What holds then; it has no scopes of its own. */
  definition: Definition;
}

/** Overrides laid over a definition key by key; the scopes stay. */
export function merged(base: Definition, over: DefinitionOverrides): Definition {
  return {
    sessions: { ...base.sessions, ...defined(over.sessions) },
    activity: over.activity ?? base.activity,
    channels: over.channels ?? base.channels,
    page_groups: over.page_groups ?? base.page_groups,
    conversions: over.conversions ?? base.conversions,
    filters: { ...base.filters, ...defined(over.filters) },
    scopes: base.scopes,
  };
}

/** The rules for an event of a site on a local date, `YYYY-MM-DD`: matching scopes in order, later ones win. */
export function definitionOn(definition: Definition, site: string, date: string): Definition {
  let effective: Definition = { ...definition, scopes: [] };
  for (const scope of definition.scopes) {
    if (scope.sites !== null && !scope.sites.includes(site)) continue;
    if (scope.from !== null && date < scope.from) continue;
    if (scope.to !== null && date > scope.to) continue;
    effective = merged(effective, scope.overrides);
  }
  return effective;
}

/**
 * All periods of a site in order, without gaps: one, open at both ends, when no scope touches the site.
 */
export function definitionPeriods(definition: Definition, site: string): DefinitionPeriod[] {
  const starts = new Set<number>();
  for (const scope of definition.scopes) {
    if (scope.sites !== null && !scope.sites.includes(site)) continue;
    if (scope.from !== null) starts.add(dayOfDate(scope.from));
    if (scope.to !== null) starts.add(dayOfDate(scope.to) + 1);
  }
  const days = [...starts].sort((a, b) => a - b);
  return [null, ...days].map((day, i) => {
    const next = days[i];
    const inside = day ?? (next === undefined ? 0 : next - 1);
    return {
      from: day === null ? null : dateOfDay(day),
      to: next === undefined ? null : dateOfDay(next - 1),
      definition: definitionOn(definition, site, dateOfDay(inside)),
    };
  });
}

/** Without the keys whose value is `undefined`. */
function defined<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, v]) => v !== undefined)) as Partial<T>;
}
