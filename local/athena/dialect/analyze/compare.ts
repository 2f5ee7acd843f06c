import { unsupported } from '../errors.ts';
import { BOOLEAN, display, type Type } from '../types.ts';
import { alike } from './convert.ts';
import { type Value, value } from './value.ts';

type Op = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** Whether DuckDB compares values of a type as Athena does, nulls and all. */
export const isPlain = (type: Type): boolean =>
  !['array', 'map', 'row', 'json', 'double', 'real'].includes(type.kind);

/** Equality of what can hold nulls inside differs, and can't be said alike everywhere. */
export function comparable(type: Type, op: string, at: number): void {
  if (['array', 'map', 'row', 'json'].includes(type.kind))
    throw unsupported(`${op} between values of type ${display(type)}`, at);
}

/** `a op b` with Athena's meaning: NaN is unequal to all, rows compare field by field. */
export function compared(op: Op, left: Value, right: Value, at: number): Value {
  const [a, b, type] = alike(left, right, op, at);
  return value(sqlOf(op, a, b, type, at), BOOLEAN, [a, b]);
}

function sqlOf(op: Op, a: Value, b: Value, type: Type, at: number): string {
  const plain = `(${a.sql} ${op} ${b.sql})`;
  if (isPlain(type)) return plain;
  if (type.kind === 'double' || type.kind === 'real') return floats(op, a, b, plain);
  if (op === '<>') return `(NOT ${sqlOf('=', a, b, type, at)})`;
  if (op === '=' && type.kind === 'row' && type.fields.length > 0) {
    const field = (v: Value, i: number): Value => value(`(${v.sql}).f${i}`, type.fields[i]!.type, [v]);
    return `(${type.fields.map((f, i) => sqlOf('=', field(a, i), field(b, i), f.type, at)).join(' AND ')})`;
  }
  if (op === '=' && type.kind === 'array' && isPlain(type.of)) return `t_same_lists(${a.sql}, ${b.sql})`;
  comparable(type, op, at);
  return plain;
}

/** DuckDB takes NaN for equal to itself and for the greatest of all numbers. */
function floats(op: Op, a: Value, b: Value, plain: string): string {
  if (number(a) && number(b)) return plain;
  switch (op) {
    case '=':
      return number(a) || number(b) ? plain : `(${plain} AND NOT (isnan(${a.sql}) AND isnan(${b.sql})))`;
    case '<>':
      return number(a) || number(b) ? plain : `(${plain} OR (isnan(${a.sql}) AND isnan(${b.sql})))`;
    case '<':
    case '<=':
      return number(b) ? plain : `(${plain} AND NOT (isnan(${b.sql}) AND ${a.sql} IS NOT NULL))`;
    case '>':
    case '>=':
      return number(a) ? plain : `(${plain} AND NOT (isnan(${a.sql}) AND ${b.sql} IS NOT NULL))`;
  }
}

/** Whether it is a literal number, or comes of an integer: it can't be NaN. */
const number = (v: Value): boolean =>
  (v.constant?.kind === 'scalar' && v.constant.value !== null) || /^CAST\('?[-\d.]+'? AS /.test(v.sql);
