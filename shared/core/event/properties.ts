import { canonicalJson } from '../canonical-json.ts';
import { MAX_PROPERTIES_BYTES, MAX_PROPERTIES_DEPTH } from './limits.ts';
import { quoted, type Refusal, refusal } from './refusal.ts';
import { badString, isPlainText } from './text.ts';

/**
 * Canonical JSON text of an event's properties: the explicit `properties` object, and beside it the fields
 * that no event has; where both name one key the explicit property wins. `{}` when there are none.
 */
export function propertiesText(
  explicit: unknown,
  unknown: ReadonlyMap<string, unknown> | null,
): { text: string } | { fault: Refusal } {
  const given = explicit ?? null;
  if (given !== null && (typeof given !== 'object' || Array.isArray(given))) {
    return {
      fault: refusal('bad_properties', `\`properties\` is ${quoted(given)}: send an object of properties.`),
    };
  }
  if (given === null && unknown === null) return { text: '{}' };
  const all: Record<string, unknown> = Object.create(null);
  if (unknown !== null) for (const [name, value] of unknown) all[name] = value;
  if (given !== null) for (const name of Object.keys(given)) all[name] = (given as typeof all)[name];
  const fault = faultIn(all, 1);
  if (fault !== null) return { fault };
  const text = canonicalJson(all);
  const bytes = text.length * 3 > MAX_PROPERTIES_BYTES ? Buffer.byteLength(text) : 0;
  if (bytes > MAX_PROPERTIES_BYTES) {
    const detail = `\`properties\` has ${bytes} bytes and at most ${MAX_PROPERTIES_BYTES} are taken: send less.`;
    return { fault: refusal('too_long', detail) };
  }
  return { text };
}

/** The first fault in an object or array of properties at nesting `level`; null when it is sound. */
function faultIn(container: object, level: number): Refusal | null {
  if (level > MAX_PROPERTIES_DEPTH) {
    const detail = `\`properties\` is nested deeper than ${MAX_PROPERTIES_DEPTH} levels: flatten it.`;
    return refusal('too_deep', detail);
  }
  const isArray = Array.isArray(container);
  for (const key of Object.keys(container)) {
    if (!isArray && !isPlainText(key)) return badString('properties');
    const value = (container as Record<string, unknown>)[key];
    if (typeof value === 'string') {
      if (!isPlainText(value)) return badString(`properties.${key}`);
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) return notJson(key);
    } else if (typeof value === 'object') {
      const fault = value === null ? null : faultIn(value, level + 1);
      if (fault !== null) return fault;
    } else if (typeof value !== 'boolean') {
      return notJson(key);
    }
  }
  return null;
}

function notJson(key: string): Refusal {
  const detail = `\`properties\` holds no JSON value at ${quoted(key)}: send a finite number, a string, true, false or null.`;
  return refusal('bad_properties', detail);
}
