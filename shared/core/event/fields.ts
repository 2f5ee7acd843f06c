import { MAX_TEXT_BYTES, MAX_TIME_MS, MAX_URL_BYTES } from './limits.ts';
import { propertiesText } from './properties.ts';
import { quoted, type Refusal, refusal } from './refusal.ts';
import { textFault } from './text.ts';
import { EVENT_TYPES, type EventType } from './types.ts';

/** An event's fields as its sender gave them, checked; absent and empty are null. */
export interface EventFields {
  id: string | null;
  type: EventType;
  /** As given, in ms, not floored. */
  time: number | null;
  seq: number | null;
  name: string | null;
  value: number | null;
  visitor: string | null;
  user: string | null;
  url: string | null;
  referrer: string | null;
  title: string | null;
  /** Canonical JSON text. */
  properties: string;
}

/** The string fields and their longest length in bytes. */
const TEXT_FIELDS = {
  id: MAX_TEXT_BYTES,
  name: MAX_TEXT_BYTES,
  visitor: MAX_TEXT_BYTES,
  user: MAX_TEXT_BYTES,
  url: MAX_URL_BYTES,
  referrer: MAX_URL_BYTES,
  title: MAX_TEXT_BYTES,
} as const;

const TEXT_NAMES = Object.keys(TEXT_FIELDS) as (keyof typeof TEXT_FIELDS)[];
const KNOWN = new Set<string>([...TEXT_NAMES, 'type', 'time', 'seq', 'value', 'properties']);
const TYPES = new Set<unknown>(EVENT_TYPES);

/**
 * Checks one event object (docs/semantics.md "Events") and reads its fields. Null and the empty string
 * mean absent; fields that no event has go into properties. Returns the first fault when there is one.
 */
export function readEvent(raw: unknown): { fields: EventFields } | { fault: Refusal } {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { fault: refusal('not_an_object', `The event is ${quoted(raw)}: send a JSON object.`) };
  }
  const given = raw as Record<string, unknown>;
  for (const name of TEXT_NAMES) {
    const fault = textFault(name, given[name], TEXT_FIELDS[name]);
    if (fault !== null) return { fault };
  }
  const fault =
    typeFault(given.type) ?? timeFault(given.time) ?? seqFault(given.seq) ?? valueFault(given.value);
  if (fault !== null) return { fault };
  const properties = propertiesText(given.properties, unknownFields(given));
  if ('fault' in properties) return properties;
  const name = text(given.name);
  const url = text(given.url);
  return {
    fields: {
      id: text(given.id),
      type: (text(given.type) as EventType | null) ?? (url !== null && name === null ? 'page_view' : 'event'),
      time: (given.time as number | null | undefined) ?? null,
      seq: (given.seq as number | null | undefined) ?? null,
      name,
      value: (given.value as number | null | undefined) ?? null,
      visitor: text(given.visitor),
      user: text(given.user),
      url,
      referrer: text(given.referrer),
      title: text(given.title),
      properties: properties.text,
    },
  };
}

function text(value: unknown): string | null {
  return (value as string | null | undefined) || null;
}

function unknownFields(given: Record<string, unknown>): Map<string, unknown> | null {
  let unknown: Map<string, unknown> | null = null;
  for (const name of Object.keys(given)) {
    if (KNOWN.has(name)) continue;
    unknown ??= new Map();
    unknown.set(name, given[name]);
  }
  return unknown;
}

function typeFault(value: unknown): Refusal | null {
  if (value === null || value === undefined || value === '' || TYPES.has(value)) return null;
  return refusal('bad_type', `\`type\` is ${quoted(value)}: use one of ${EVENT_TYPES.join(', ')}.`);
}

function timeFault(value: unknown): Refusal | null {
  if (value === null || value === undefined || isTime(value)) return null;
  return refusal(
    'bad_time',
    `\`time\` is ${quoted(value)}: send milliseconds since 1970 as a number, up to the year 9999.`,
  );
}

/** Whether a value is a time in ms since 1970 that the lake can hold. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < MAX_TIME_MS + 1;
}

function seqFault(value: unknown): Refusal | null {
  if (value === null || value === undefined) return null;
  if (Number.isSafeInteger(value) && (value as number) >= 0) return null;
  return refusal('bad_seq', `\`seq\` is ${quoted(value)}: send a whole number from 0 to 9007199254740991.`);
}

function valueFault(value: unknown): Refusal | null {
  if (value === null || value === undefined || Number.isFinite(value)) return null;
  return refusal('bad_value', `\`value\` is ${quoted(value)}: send a finite number.`);
}
