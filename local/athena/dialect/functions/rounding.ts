import { apply } from '../analyze/call.ts';
import { type Value, value } from '../analyze/value.ts';
import { unsupported } from '../errors.ts';
import type { Call } from '../parse/ast.ts';
import { duckType, type Type } from '../types.ts';
import { args } from './arguments.ts';
import { SCALAR } from './scalar.ts';
import type { Special } from './special.ts';

type Decimal = Extract<Type, { kind: 'decimal' }>;

const decimal = (precision: number, scale: number): Decimal => ({
  kind: 'decimal',
  precision: Math.min(38, precision),
  scale,
});

/** A whole number that may have one digit more than the part before the point: 9.9 becomes 10. */
const whole = ({ precision, scale }: Decimal): Decimal => decimal(precision - scale + Math.min(scale, 1), 0);

/** A decimal keeps being one, with the precision that Athena gives it; other numbers go the usual way. */
const ofDecimal =
  (make: (x: string, type: Decimal, digits: number | null, call: Call) => [string, Type]): Special =>
  (call, env) => {
    const [x, n] = args(call, env, 1, 2);
    if (x!.type.kind !== 'decimal') return apply(SCALAR.get(call.name)!, call, n ? [x!, n] : [x!]);
    const digits = n === undefined ? null : digitsOf(n, call);
    const [sql, type] = make(x!.sql, x!.type, digits, call);
    return value(`CAST(${sql} AS ${duckType(type)})`, type, [x!]);
  };

function digitsOf(n: Value, call: Call): number {
  const digits = n.constant?.kind === 'scalar' ? n.constant.value : null;
  if (typeof digits !== 'bigint' || digits < 0n)
    throw unsupported(
      `${call.name} of a decimal to a number of digits that is no literal, or negative`,
      call.at,
    );
  return Number(digits);
}

const toWhole =
  (name: string) =>
  (x: string, type: Decimal, digits: number | null, call: Call): [string, Type] => {
    if (digits !== null) throw unsupported(`${call.name} of a decimal with digits`, call.at);
    return [`${name}(${x})`, whole(type)];
  };

export const ROUNDING: Record<string, Special> = {
  round: ofDecimal((x, type, digits) =>
    digits === null
      ? [`round(${x}, 0)`, whole(type)]
      : [digits >= type.scale ? x : `round(${x}, ${digits})`, decimal(type.precision + 1, type.scale)],
  ),
  truncate: ofDecimal((x, type, digits, call) => {
    if (digits !== null) throw unsupported('truncate of a decimal with digits', call.at);
    return [`trunc(${x})`, decimal(Math.max(1, type.precision - type.scale), 0)];
  }),
  ceil: ofDecimal(toWhole('ceil')),
  ceiling: ofDecimal(toWhole('ceil')),
  floor: ofDecimal(toWhole('floor')),
  abs: ofDecimal((x, type) => [`abs(${x})`, type]),
  sign: ofDecimal((x) => [`sign(${x})`, decimal(1, 0)]),
};
