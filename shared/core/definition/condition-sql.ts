import { sqlLiteral } from '../sql-literal.ts';
import { propertyKey } from './columns.ts';
import { propertyText } from './property-text.ts';
import type { Condition, Scalar } from './types.ts';

/**
 * A condition as a boolean expression of DuckDB's SQL that is never NULL: a comparison with nothing is
 * false, so `not` of it is true. `exists` means that the value is not NULL.
 *
 * @param columnSql the SQL of a column; asked for `properties` (JSON text) when a condition names
 *   `properties.x`
 */
export function conditionSql(condition: Condition, columnSql: (field: string) => string): string {
  if ('all' in condition) return joined(condition.all, 'AND', 'true', columnSql);
  if ('any' in condition) return joined(condition.any, 'OR', 'false', columnSql);
  if ('not' in condition) return `(NOT ${conditionSql(condition.not, columnSql)})`;
  const key = propertyKey(condition.field);
  const value = key === null ? columnSql(condition.field) : propertySql(columnSql('properties'), key);
  const literal = (scalar: Scalar): string => literalSql(key === null ? scalar : propertyText(scalar)!);
  if ('exists' in condition) return `(${value} IS ${condition.exists ? 'NOT NULL' : 'NULL'})`;
  if ('is' in condition) return `coalesce(${value} = ${literal(condition.is)}, false)`;
  if ('in' in condition) {
    if (condition.in.length === 0) return 'false';
    return `coalesce(${value} IN (${condition.in.map(literal).join(', ')}), false)`;
  }
  if ('starts_with' in condition) {
    return `coalesce(starts_with(${value}, ${literalSql(condition.starts_with)}), false)`;
  }
  return `coalesce(regexp_matches(${value}, ${literalSql(condition.matches)}), false)`;
}

function joined(
  parts: readonly Condition[],
  operator: 'AND' | 'OR',
  empty: string,
  columnSql: (field: string) => string,
): string {
  if (parts.length === 0) return empty;
  return `(${parts.map((part) => conditionSql(part, columnSql)).join(` ${operator} `)})`;
}

/**
 * One property of a column of JSON text, as text. The key is a JSON pointer, in which no character but `~`
 * and `/` is special.
 */
export function propertySql(propertiesSql: string, key: string): string {
  const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return `json_extract_string(${propertiesSql}, ${literalSql(pointer)})`;
}

/** A value as an SQL literal. Numbers are doubles. */
export function literalSql(value: Scalar): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return `${value}::DOUBLE`;
  return sqlLiteral(value);
}
