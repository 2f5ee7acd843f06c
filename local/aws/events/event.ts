import type { Json, JsonObject } from './leaves.ts';

/** An event as rules match it and as targets receive it. */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** `2026-01-31T12:34:56Z` */
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
}

/** The event as plain JSON. */
export function asJson(event: BusEvent): JsonObject {
  return event as unknown as JsonObject;
}

/**
 * What an InputPath picks: `$` or `$.a.b`. Undefined when nothing is there.
 * Null for a path of another form (indexes, filters), which isn't supported.
 */
export function pick(event: JsonObject, path: string): Json | undefined | null {
  if (!/^\$(\.[\w-]+)*$/.test(path)) return null;
  let value: Json | undefined = event;
  for (const name of path.split('.').slice(1)) {
    value =
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
        ? value[name]
        : undefined;
  }
  return value;
}
