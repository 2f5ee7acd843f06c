import type { Condition, InternalFilter, Scalar } from './types.ts';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** A duration as a definition file says it: in the largest unit that takes it whole, but 90m rather than 5400s. */
export function durationWords(ms: number): string {
  if (ms === 0) return '0s';
  for (const [unit, size] of UNITS) if (ms % size === 0) return `${ms / size}${unit}`;
  return `${ms}ms`;
}

/** A value of a definition in words: `off` and `on` for switches, lists with commas. */
export function valueWords(value: unknown): string {
  if (value === null || value === false) return 'off';
  if (value === true) return 'on';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(String).join(', ');
  return String(value);
}

/** A condition in words, as one would say it over the telephone. */
export function conditionWords(condition: Condition): string {
  if ('all' in condition) return joined(condition.all, 'and');
  if ('any' in condition) return joined(condition.any, 'or');
  if ('not' in condition) return `not (${conditionWords(condition.not)})`;
  const { field } = condition;
  if ('is' in condition) return `${field} is ${scalarWords(condition.is)}`;
  if ('in' in condition) return `${field} is one of ${condition.in.map(scalarWords).join(', ')}`;
  if ('starts_with' in condition) return `${field} starts with ${scalarWords(condition.starts_with)}`;
  if ('matches' in condition) return `${field} matches ${condition.matches}`;
  return condition.exists ? `there is a ${field}` : `there is no ${field}`;
}

export function internalWords(filter: InternalFilter): string {
  return 'cidr' in filter ? filter.cidr : conditionWords(filter.when);
}

const scalarWords = (value: Scalar): string => (typeof value === 'string' ? `"${value}"` : String(value));

function joined(parts: readonly Condition[], by: 'and' | 'or'): string {
  const one = (part: Condition): string =>
    'all' in part || 'any' in part ? `(${conditionWords(part)})` : conditionWords(part);
  return parts.map(one).join(` ${by} `);
}
