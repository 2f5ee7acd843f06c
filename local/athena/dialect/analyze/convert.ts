import { SqlError, unsupported } from '../errors.ts';
import {
  coerces,
  commonType,
  display,
  duckType,
  isInteger,
  MIXED_ZONES,
  sameType,
  type Type,
  UTC,
} from '../types.ts';
import { castJson, castToJson } from './json.ts';
import { quote, type Value } from './value.ts';
import { localClock, rounded } from './zones.ts';

/** The value as the type that is wanted where it stands, without a CAST in the statement. */
export function coerce(v: Value, to: Type, at: number): Value {
  if (!coerces(v.type, to))
    throw new SqlError('TYPE_MISMATCH', `expected ${display(to)}, found ${display(v.type)}`, at);
  return { ...v, sql: widen(v.sql, v.type, to), type: to };
}

/** Both values as their common type, or an error that names the operator. */
export function alike(a: Value, b: Value, what: string, at: number): [Value, Value, Type] {
  const type = commonType(a.type, b.type);
  if (type === null)
    throw new SqlError(
      'TYPE_MISMATCH',
      `Cannot apply operator: ${display(a.type)} ${what} ${display(b.type)}`,
      at,
    );
  return [coerce(a, type, at), coerce(b, type, at), type];
}

/** All values as their common type. */
export function unify(values: Value[], what: string, at: number): { values: Value[]; type: Type } {
  let type = values[0]!.type;
  for (const v of values) {
    const next = commonType(type, v.type);
    if (next === null)
      throw new SqlError(
        'TYPE_MISMATCH',
        `All ${what} must have the same type: ${display(type)}, ${display(v.type)}`,
        at,
      );
    type = next;
  }
  if (type.kind === 'timestamptz' && type.zone === MIXED_ZONES)
    throw unsupported('mixing timestamps of different time zones in one value', at);
  return { values: values.map((v) => coerce(v, type, at)), type };
}

function widen(sql: string, from: Type, to: Type): string {
  if (sameType(from, to)) return sql;
  if (from.kind === 'timestamptz' && to.kind === 'timestamptz') return sql;
  if (to.kind === 'timestamptz' && from.kind !== 'unknown')
    return `timezone(${UTC}, CAST(${sql} AS TIMESTAMP))`;
  if (duckType(from) === duckType(to)) return sql;
  return `CAST(${sql} AS ${duckType(to)})`;
}

/** `CAST(value AS type)`: DuckDB SQL that converts or fails exactly where Athena does. */
export function cast(v: Value, to: Type, at: number): string {
  const from = v.type;
  const { sql } = v;
  const refuse = (): SqlError =>
    new SqlError('TYPE_MISMATCH', `Cannot cast ${display(from)} to ${display(to)}`, at);
  if (from.kind === 'unknown') return `CAST(NULL AS ${duckType(to)})`;
  if (sameType(from, to)) return sql;
  if (to.kind === 'json') return castToJson(sql, from, at);
  if (from.kind === 'json') return castJson(sql, to, at);
  switch (from.kind) {
    case 'varchar':
      return castText(sql, to, at) ?? fail(refuse());
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'real':
    case 'double':
    case 'decimal':
    case 'boolean':
      return castNumber(sql, from, to) ?? fail(refuse());
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return castInstant(sql, from, to, at) ?? fail(refuse());
    case 'interval_day':
      if (to.kind === 'varchar') return `t_interval_text(${sql})`;
      throw refuse();
    case 'array':
      if (to.kind !== 'array') throw refuse();
      return castEach(sql, v, from.of, to.of, at);
    case 'map': {
      if (to.kind !== 'map') throw refuse();
      const keys = castEach(`map_keys(${sql})`, v, from.key, to.key, at);
      const values = castEach(`map_values(${sql})`, v, from.value, to.value, at);
      return `CASE WHEN (${sql}) IS NOT NULL THEN MAP(${keys}, ${values}) END`;
    }
    case 'row': {
      if (to.kind !== 'row' || to.fields.length !== from.fields.length) throw refuse();
      const fields = to.fields.map((f, i) => {
        const field = { ...v, sql: `(${sql}).f${i}`, type: from.fields[i]!.type };
        return `f${i} := ${cast(field, f.type, at)}`;
      });
      return `CASE WHEN (${sql}) IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`;
    }
    default:
      throw refuse();
  }
}

const fail = (error: SqlError): never => {
  throw error;
};

let lambdas = 0;
/** A name for a lambda's parameter that nothing else uses. */
export const lambdaName = (): string => `l${lambdas++ % 1_000_000}`;

function castEach(sql: string, v: Value, from: Type, to: Type, at: number): string {
  if (sameType(from, to)) return sql;
  const x = lambdaName();
  return `list_transform(${sql}, lambda ${x}: ${cast({ ...v, sql: x, type: from }, to, at)})`;
}

function castText(sql: string, to: Type, at: number): string | null {
  if (isInteger(to)) return `t_cast_integer(${sql}, ${quote(to.kind)}, NULL::${duckType(to)})`;
  switch (to.kind) {
    case 'double':
      return `t_cast_double(${sql})`;
    case 'real':
      return `CAST(t_cast_double(${sql}) AS FLOAT)`;
    case 'decimal':
      return `t_cast_decimal(${sql}, NULL::${duckType(to)})`;
    case 'boolean':
      return `t_cast_boolean(${sql})`;
    case 'date':
      return `t_cast_date(${sql})`;
    case 'timestamp':
      return rounded(`t_cast_timestamp(${sql})`, to.precision, 'timestamp');
    case 'timestamptz':
      throw unsupported('CAST of a text to a timestamp with time zone (use from_iso8601_timestamp)', at);
    case 'varbinary':
      return null;
    default:
      return null;
  }
}

function castNumber(sql: string, from: Type, to: Type): string | null {
  if (to.kind === 'varchar') {
    if (from.kind === 'double') return `t_double_text(${sql})`;
    if (from.kind === 'real') return null;
    return from.kind === 'decimal' ? `t_decimal_text(${sql})` : `CAST(${sql} AS VARCHAR)`;
  }
  if (from.kind === 'boolean')
    return isInteger(to) || to.kind === 'double' || to.kind === 'real' || to.kind === 'decimal'
      ? `CAST(CAST(${sql} AS INTEGER) AS ${duckType(to)})`
      : null;
  if (to.kind === 'boolean') return `(${sql} <> 0)`;
  if (isInteger(to) && !isInteger(from)) return `CAST(round(${sql}) AS ${duckType(to)})`;
  if (isInteger(to) || to.kind === 'real' || to.kind === 'double') return `CAST(${sql} AS ${duckType(to)})`;
  if (to.kind === 'decimal') return `CAST(${sql} AS ${duckType(to)})`;
  return null;
}

function castInstant(sql: string, from: Type, to: Type, at: number): string | null {
  const clock = localClock({ sql, type: from }, at);
  switch (to.kind) {
    case 'date':
      return `CAST(${clock} AS DATE)`;
    case 'timestamp':
      return from.kind === 'date' ? clock : rounded(clock, to.precision, 'timestamp');
    case 'timestamptz':
      return rounded(from.kind === 'timestamptz' ? sql : `timezone(${UTC}, ${clock})`, to.precision, to.kind);
    case 'varchar':
      if (from.kind === 'timestamptz')
        return `${timestampText(clock, from.precision)} || ' ' || ${from.zone}`;
      return from.kind === 'timestamp' ? timestampText(clock, from.precision) : `CAST(${sql} AS VARCHAR)`;
    default:
      return null;
  }
}

/** `2026-01-01 10:00:00.000`, with as many digits of the second as the type has. */
export const timestampText = (clock: string, precision: number, separator = ' '): string => {
  const text = `strftime(${clock}, '%Y-%m-%d${separator}%H:%M:%S${precision > 0 ? '.%g' : ''}')`;
  return precision === 0 || precision === 3 ? text : `left(${text}, ${20 + precision})`;
};
