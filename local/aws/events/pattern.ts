import { invalidPattern } from './invalid.ts';
import { type Json, type JsonObject, leaves } from './leaves.ts';
import { compileMatcher, type Matcher } from './matchers.ts';

/** Whether an event matches. */
export type EventMatch = (event: JsonObject) => boolean;

type Node = (value: Json, root: JsonObject) => boolean;

/**
 * Compiles an EventBridge event pattern (JSON text or the parsed object), as its user guide describes
 * them ("Creating event patterns", "Comparison operators").
 *
 * Fields are and-ed, the values of a field or-ed; a list in the event matches when one of its elements
 * does, and several fields below a list of objects must match in the same element. `exists: false` asks
 * that no element of the whole event has a value there.
 * Throws `invalid_event_pattern` with the reason.
 */
export function compilePattern(pattern: string | JsonObject): EventMatch {
  const source = typeof pattern === 'string' ? parse(pattern) : pattern;
  const node = compileObject(source, []);
  return (event) => node(event, event);
}

function parse(text: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw invalidPattern('it is not valid JSON');
  }
  if (!isObject(value)) throw invalidPattern('Filter is not an object');
  return value;
}

function compileObject(pattern: JsonObject, path: readonly string[]): Node {
  const fields = Object.entries(pattern);
  if (fields.length === 0) throw invalidPattern('Empty objects are not allowed');
  const nodes = fields.map(([name, value]) =>
    name === '$or' && isAlternatives(value)
      ? compileOr(value, path)
      : compileField(name, value, [...path, name]),
  );
  return (value, root) => nodes.every((node) => node(value, root));
}

function compileOr(patterns: readonly JsonObject[], path: readonly string[]): Node {
  const nodes = patterns.map((pattern) => compileObject(pattern, path));
  return (value, root) => nodes.some((node) => node(value, root));
}

/** `$or` is the operator only over two or more objects that aren't matchers; else it is a field's name. */
function isAlternatives(value: Json): value is JsonObject[] {
  return Array.isArray(value) && value.length > 1 && value.every((one) => isObject(one) && !isMatcher(one));
}

const MATCHERS = new Set([
  'prefix',
  'suffix',
  'anything-but',
  'numeric',
  'exists',
  'cidr',
  'equals-ignore-case',
  'wildcard',
]);

function isMatcher(value: JsonObject): boolean {
  const names = Object.keys(value);
  return names.length === 1 && MATCHERS.has(names[0] as string);
}

function compileField(name: string, pattern: Json, path: readonly string[]): Node {
  if (isObject(pattern)) {
    const inner = compileObject(pattern, path);
    return (value, root) => inElement(field(value, name), (one) => inner(one, root));
  }
  if (!Array.isArray(pattern)) throw invalidPattern(`"${name}" must be an object or an array`);
  if (pattern.length === 0) throw invalidPattern('Empty arrays are not allowed');
  const matchers: Matcher[] = [];
  let absent = false;
  for (const one of pattern) {
    if (isObject(one) && 'exists' in one && one.exists === false) {
      if (Object.keys(one).length !== 1) throw invalidPattern('Only one key allowed in match expression');
      absent = true;
    } else matchers.push(compileMatcher(one));
  }
  return (value, root) =>
    leaves(field(value, name)).some((leaf) => matchers.some((matches) => matches(leaf))) ||
    (absent && leavesAt(root, path).length === 0);
}

/** A pattern below a list applies to its elements, one at a time; a missing field is an empty object. */
function inElement(value: Json | undefined, matches: (one: Json) => boolean): boolean {
  if (Array.isArray(value)) {
    return value.length === 0 ? matches({}) : value.some((one) => inElement(one, matches));
  }
  return matches(value ?? {});
}

function field(value: Json, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function leavesAt(value: Json | undefined, path: readonly string[]): Json[] {
  if (Array.isArray(value)) return value.flatMap((one) => leavesAt(one, path));
  const [name, ...rest] = path;
  if (name === undefined) return leaves(value);
  return isObject(value) ? leavesAt(field(value, name), rest) : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
