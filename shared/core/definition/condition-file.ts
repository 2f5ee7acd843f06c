import { canonicalJson } from '../canonical-json.ts';
import { readBoolean, readText } from '../config/values.ts';
import { type Field, unknownFix } from '../config/yaml-file.ts';
import { type ColumnKind, type ConditionColumns, PROPERTY_PREFIX, propertyKey } from './columns.ts';
import { compilePattern } from './pattern.ts';
import { PatternError } from './pattern-syntax.ts';
import { propertyText } from './property-text.ts';
import type { Condition, Scalar } from './types.ts';

export const OPERATORS = ['is', 'in', 'starts_with', 'matches', 'exists'] as const;
type Operator = (typeof OPERATORS)[number];
const KEYS = ['field', ...OPERATORS, 'all', 'any', 'not'] as const;

/**
 * Reads a `when` (docs/semantics.md "Definitions"): exactly one of `all`, `any`, `not`, or a `field` with
 * exactly one of `is`, `in`, `starts_with`, `matches`, `exists`. Values of `properties.x` are text: numbers
 * and booleans become the text that JSON writes for them. The values of `in` are sorted and lose repeats.
 * Null after a problem.
 */
export function readCondition(source: Field, columns: ConditionColumns): Condition | null {
  const fields = source.mapping(KEYS, 'a condition such as {field: url_path, is: /cart}');
  if (fields === null) return null;
  const field = fields.get('field');
  const given = [...fields.keys()].filter((key) => key !== 'field');
  const joins = given.filter((key) => key === 'all' || key === 'any' || key === 'not');
  if (given.length !== 1 || (field !== undefined && joins.length > 0)) {
    return source.report(
      given.length === 0
        ? 'the condition says nothing'
        : `the condition says ${[...fields.keys()].join(', ')} at once`,
      given.length === 0
        ? `write a field with one of ${OPERATORS.join(', ')}, or one of all, any, not`
        : 'write one operator a condition, and join several with all: [..] or any: [..]',
    );
  }
  const operand = fields.get(given[0]!)!;
  switch (given[0]) {
    case 'all':
    case 'any': {
      const parts = readParts(operand, columns);
      if (parts === null) return null;
      return given[0] === 'all' ? { all: parts } : { any: parts };
    }
    case 'not': {
      const inner = readCondition(operand, columns);
      return inner === null ? null : { not: inner };
    }
  }
  if (field === undefined) {
    return source.report(`${given[0]} has no field`, 'write field: and the column beside it');
  }
  return readComparison(field, given[0] as Operator, operand, columns);
}

function readParts(operand: Field, columns: ConditionColumns): Condition[] | null {
  const items = operand.list('a list of conditions');
  if (items === null) return null;
  if (items.length === 0) return operand.report('the list is empty', 'write at least one condition');
  const parts = items.map((item) => readCondition(item, columns));
  return parts.every((part) => part !== null) ? parts : null;
}

function readComparison(
  field: Field,
  operator: Operator,
  operand: Field,
  columns: ConditionColumns,
): Condition | null {
  const kind = columnKind(field, columns);
  if (kind === null) return null;
  const name = field.scalar() as string;
  if (operator === 'exists') {
    const exists = readBoolean(operand);
    return exists === null ? null : { field: name, exists };
  }
  if (operator === 'is') {
    const is = readOperand(operand, kind, name);
    return is === null ? null : { field: name, is };
  }
  if (operator === 'in') {
    const values = readOperands(operand, kind, name);
    return values === null ? null : { field: name, in: values };
  }
  if (kind === 'number' || kind === 'boolean') {
    return operand.report(`${operator} needs text, and ${name} is a ${kind}`, 'use is, in or exists');
  }
  const text = readText(operand, operator === 'matches' ? 'a pattern' : 'a text');
  if (text === null) return null;
  if (operator === 'starts_with') return { field: name, starts_with: text };
  try {
    compilePattern(text);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return operand.report(`the pattern ${JSON.stringify(text)} is wrong: ${error.message}`, error.fix);
  }
  return { field: name, matches: text };
}

/** Kind of the named column (`property` for `properties.x`); null after a problem. */
function columnKind(field: Field, columns: ConditionColumns): ColumnKind | 'property' | null {
  const name = readText(field, 'the name of a column', 300);
  if (name === null) return null;
  const kind = columns.kinds.get(name);
  if (kind !== undefined) return kind;
  const key = propertyKey(name);
  if (key !== null && columns.properties) {
    if (key !== '') return 'property';
    return field.report('properties. names no property', 'write properties.name');
  }
  const known = [...columns.kinds.keys()];
  if (key !== null) return field.report('sessions have no properties', `use one of ${known.join(', ')}`);
  const refused = columns.refused.get(name);
  if (refused !== undefined) return field.report(`${name} ${refused}`, `use one of ${known.join(', ')}`);
  const property = columns.properties ? `, or ${PROPERTY_PREFIX}${name} for a property of the event` : '';
  return field.report(`there is no column "${name}"`, unknownFix(name, known) + property);
}

function readOperands(operand: Field, kind: ColumnKind | 'property', name: string): Scalar[] | null {
  const items = operand.list('a list of values');
  if (items === null) return null;
  if (items.length === 0) return operand.report('the list is empty', 'write at least one value');
  const values = items.map((item) => readOperand(item, kind, name));
  if (!values.every((value) => value !== null)) return null;
  const unique = new Map(values.map((value) => [canonicalJson(value), value]));
  return [...unique.keys()].sort().map((key) => unique.get(key)!);
}

function readOperand(operand: Field, kind: ColumnKind | 'property', name: string): Scalar | null {
  const value = operand.scalar();
  if (kind === 'property' && (typeof value === 'number' || typeof value === 'boolean')) {
    return propertyText(value);
  }
  if (kind === 'number' || kind === 'boolean') {
    if (typeof value === kind) return value;
    const example = kind === 'number' ? 'a number such as 10' : 'true or false';
    return operand.report(`${name} is a ${kind} and ${operand.describe()} is not`, `write ${example}`);
  }
  if (value === '') {
    return operand.report('it is empty, and empty text is stored as nothing', 'write exists: false');
  }
  return readText(operand, 'the value');
}
