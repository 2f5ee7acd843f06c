import { SqlError, unsupported } from '../errors.ts';
import {
  arrayOf,
  asDecimal,
  commonType,
  DATE,
  display,
  duckType,
  isInteger,
  isNumeric,
  simple,
  type Type,
  VARCHAR,
} from '../types.ts';
import { cast, coerce } from './convert.ts';
import { type Value, value } from './value.ts';
import { localClock, momentOf } from './zones.ts';

type Op = '+' | '-' | '*' | '/' | '%' | '||';
const DAY = simple('interval_day');
const MONTH = simple('interval_month');

/** `a op b` with Athena's result types: integers divide to integers, decimals have rules of their own. */
export function arithmetic(op: Op, a: Value, b: Value, at: number): Value {
  const result = op === '||' ? concatenate(a, b, at) : (numbers(op, a, b) ?? times(op, a, b, at));
  if (result === null)
    throw new SqlError(
      'TYPE_MISMATCH',
      `Cannot apply operator: ${display(a.type)} ${op} ${display(b.type)}`,
      at,
    );
  const [sql, type] = result;
  return value(sql, type, [a, b]);
}

type Result = [string, Type] | null;

function numbers(op: Op, a: Value, b: Value): Result {
  const type = commonType(a.type, b.type);
  if (type === null || !(isNumeric(type) || type.kind === 'unknown')) return null;
  if (type.kind === 'unknown') return ['CAST(NULL AS INTEGER)', type];
  if (type.kind === 'decimal') return decimals(op, a, b);
  const x = coerce(a, type, 0).sql;
  const y = coerce(b, type, 0).sql;
  if (isInteger(type)) {
    if (op === '/') return [`CAST(t_divide(${x}, ${y}) AS ${duckType(type)})`, type];
    if (op === '%') return [`CAST(t_modulo(${x}, ${y}) AS ${duckType(type)})`, type];
  } else if (op === '%') return [`t_float_modulo(${x}, ${y})`, type];
  return [`(${x} ${op} ${y})`, type];
}

function decimals(op: Op, a: Value, b: Value): Result {
  const x = asDecimal(a.type) ?? { precision: 1, scale: 0 };
  const y = asDecimal(b.type) ?? { precision: 1, scale: 0 };
  const scale = Math.max(x.scale, y.scale);
  const whole = Math.max(x.precision - x.scale, y.precision - y.scale);
  const make = (precision: number, s: number): Type => ({
    kind: 'decimal',
    precision: Math.min(38, precision),
    scale: s,
  });
  const left = `CAST(${a.sql} AS DECIMAL(${x.precision},${x.scale}))`;
  const right = `CAST(${b.sql} AS DECIMAL(${y.precision},${y.scale}))`;
  switch (op) {
    case '+':
    case '-': {
      const type = make(whole + scale + 1, scale);
      return [
        `CAST(CAST(${left} AS ${duckType(type)}) ${op} CAST(${right} AS ${duckType(type)}) AS ${duckType(type)})`,
        type,
      ];
    }
    case '*': {
      if (x.scale + y.scale > 38) return null;
      const type = make(x.precision + y.precision, x.scale + y.scale);
      return [`CAST(${left} * ${right} AS ${duckType(type)})`, type];
    }
    case '/': {
      const type = make(x.precision + y.scale + Math.max(0, y.scale - x.scale), scale);
      return [
        `CAST(js_decimal_divide(CAST(${left} AS VARCHAR), CAST(${right} AS VARCHAR), ${scale}) AS ${duckType(type)})`,
        type,
      ];
    }
    default: {
      const type = make(Math.min(x.precision - x.scale, y.precision - y.scale) + scale, scale);
      return [
        `CAST(js_decimal_modulo(CAST(${left} AS VARCHAR), CAST(${right} AS VARCHAR), ${scale}) AS ${duckType(type)})`,
        type,
      ];
    }
  }
}

function times(op: Op, a: Value, b: Value, at: number): Result {
  const [x, y] = [a.type.kind, b.type.kind];
  if (op === '+' && isInterval(x) && !isInterval(y)) return times(op, b, a, at);
  if ((op === '+' || op === '-') && isInterval(y)) {
    if (x === 'date') {
      if (y === 'interval_month') return [`CAST(${a.sql} ${op} ${b.sql} AS DATE)`, DATE];
      return [`t_date_step(${a.sql}, ${op === '-' ? '-1' : '1'} * t_interval_ms(${b.sql}))`, DATE];
    }
    // An interval of days and below has milliseconds, and its sum too; months leave the clock as it is.
    if (a.type.kind === 'timestamp' || a.type.kind === 'timestamptz') {
      if (y === 'interval_day') return [`(${a.sql} ${op} ${b.sql})`, { ...a.type, precision: 3 }];
      const clock = `${localClock(a, at)} ${op} ${b.sql}`;
      return [a.type.kind === 'timestamp' ? `(${clock})` : momentOf(a.type.zone, clock), a.type];
    }
    if (x === y) return [`(${a.sql} ${op} ${b.sql})`, a.type];
  }
  if (op === '-' && isMoment(x) && isMoment(y)) {
    const type = commonType(a.type, b.type)!;
    return [
      `to_microseconds(epoch_us(${coerce(a, type, at).sql}) - epoch_us(${coerce(b, type, at).sql}))`,
      DAY,
    ];
  }
  if (op === '*' && isInterval(y) && isNumeric(a.type)) return times(op, b, a, at);
  if ((op === '*' || op === '/') && isInterval(x) && isNumeric(b.type) && !isInteger(b.type))
    throw unsupported('an interval times a fraction', at);
  if ((op === '*' || op === '/') && isInterval(x) && isInteger(b.type)) {
    const unit =
      x === 'interval_day'
        ? `t_interval_ms(${a.sql})`
        : `datepart('month', ${a.sql}) + 12 * datepart('year', ${a.sql})`;
    const n = op === '*' ? `(${unit}) * ${b.sql}` : `t_divide(${unit}, ${b.sql})`;
    return x === 'interval_day'
      ? [`to_microseconds(CAST(${n} AS BIGINT) * 1000)`, DAY]
      : [`to_months(CAST(${n} AS INTEGER))`, MONTH];
  }
  return null;
}

const isInterval = (kind: string): boolean => kind === 'interval_day' || kind === 'interval_month';
const isMoment = (kind: string): boolean => kind === 'date' || kind === 'timestamp' || kind === 'timestamptz';

function concatenate(a: Value, b: Value, at: number): Result {
  if (a.type.kind === 'array' || b.type.kind === 'array') {
    let type = commonType(a.type, b.type);
    if (type !== null)
      return [`t_concat_lists(${coerce(a, type, at).sql}, ${coerce(b, type, at).sql})`, type];
    const [list, item] = a.type.kind === 'array' ? [a, b] : [b, a];
    const of = commonType((list.type as { of: Type }).of, item.type);
    if (of === null) return null;
    type = arrayOf(of);
    const one = (v: Value): string => (v === list ? coerce(v, type!, at).sql : `[${coerce(v, of, at).sql}]`);
    return [`t_concat_lists(${one(a)}, ${one(b)})`, type];
  }
  const texts = [a.type.kind, b.type.kind];
  if (texts.every((k) => k === 'varchar' || k === 'unknown'))
    return [`(${cast(a, VARCHAR, at)} || ${cast(b, VARCHAR, at)})`, VARCHAR];
  if (texts.every((k) => k === 'varbinary' || k === 'unknown'))
    return [`(${a.sql} || ${b.sql})`, simple('varbinary')];
  return null;
}

/** `-a` */
export function negate(a: Value, at: number): Value {
  if (a.constant?.kind === 'scalar' && a.type.kind === 'integer' && typeof a.constant.value === 'bigint')
    return { ...a, sql: `(-${a.sql})`, constant: { kind: 'scalar', value: -a.constant.value } };
  if (!isNumeric(a.type) && !isInterval(a.type.kind))
    throw new SqlError('TYPE_MISMATCH', `Cannot negate ${display(a.type)}`, at);
  return value(`(-${a.sql})`, a.type, [a]);
}
