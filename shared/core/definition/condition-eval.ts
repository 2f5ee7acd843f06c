import { propertyKey } from './columns.ts';
import { compilePattern, type Matcher } from './pattern.ts';
import { propertyText } from './property-text.ts';
import type { Condition, Scalar } from './types.ts';

/** The value of a column, or of `properties.x` as `propertyText` has it; null for nothing. */
export type Values = (field: string) => Scalar | null;

/**
 * A condition as a function of a row: the same answers as `conditionSql`. Patterns are compiled once.
 */
export function compileCondition(condition: Condition): (values: Values) => boolean {
  if ('all' in condition) {
    const parts = condition.all.map(compileCondition);
    return (values) => parts.every((part) => part(values));
  }
  if ('any' in condition) {
    const parts = condition.any.map(compileCondition);
    return (values) => parts.some((part) => part(values));
  }
  if ('not' in condition) {
    const inner = compileCondition(condition.not);
    return (values) => !inner(values);
  }
  const { field } = condition;
  const compared = (scalar: Scalar): Scalar => (propertyKey(field) === null ? scalar : propertyText(scalar)!);
  if ('exists' in condition) return (values) => (values(field) !== null) === condition.exists;
  if ('is' in condition) {
    const wanted = compared(condition.is);
    return (values) => values(field) === wanted;
  }
  if ('in' in condition) {
    const wanted = new Set<Scalar | null>(condition.in.map(compared));
    return (values) => wanted.has(values(field));
  }
  const test: Matcher =
    'starts_with' in condition
      ? (text) => text.startsWith(condition.starts_with)
      : compilePattern(condition.matches);
  return (values) => {
    const value = values(field);
    return typeof value === 'string' && test(value);
  };
}
