import { compared } from '../analyze/compare.ts';
import { unify } from '../analyze/convert.ts';
import { analyze, condition } from '../analyze/expression.ts';
import { value } from '../analyze/value.ts';
import { SqlError, unsupported } from '../errors.ts';
import { display, orderable } from '../types.ts';
import { args } from './arguments.ts';
import type { Special } from './special.ts';

const extreme =
  (op: '>' | '<'): Special =>
  (call, env) => {
    const { values, type } = unify(args(call, env, 1, 100), `arguments of ${call.name}`, call.at);
    if (!orderable(type) || ['array', 'row'].includes(type.kind))
      throw unsupported(`${call.name} of ${display(type)}`, call.at);
    // Unlike DuckDB's, NULL if any argument is NULL.
    const nulls = values.map((v) => `(${v.sql}) IS NULL`).join(' OR ');
    const name = op === '>' ? 'greatest' : 'least';
    const pick = (sql: (x: string) => string): string =>
      `${name}(${values.map((v) => sql(v.sql)).join(', ')})`;
    const float = type.kind === 'double' || type.kind === 'real';
    // NaN counts only where there is no other number.
    const numbers = float ? `coalesce(${pick((x) => `CASE WHEN NOT isnan(${x}) THEN ${x} END`)}, ` : '';
    return value(
      `CASE WHEN ${nulls} THEN NULL ELSE ${numbers}${pick((x) => x)}${float ? ')' : ''} END`,
      type,
      values,
    );
  };

/** coalesce, if, nullif, try, greatest, least. */
export const CONDITIONALS: Record<string, Special> = {
  coalesce(call, env) {
    if (call.args.length < 2)
      throw new SqlError(
        'INVALID_ARGUMENTS',
        "The 'coalesce' function must have at least two arguments",
        call.at,
      );
    const { values, type } = unify(args(call, env, 2, 1000), 'COALESCE operands', call.at);
    const v = value(`coalesce(${values.map((x) => x.sql).join(', ')})`, type, values);
    return values[0]!.constant?.kind === 'scalar' && values[0]!.constant.value !== null
      ? { ...v, constant: values[0]!.constant }
      : v;
  },
  if(call, env) {
    if (call.args.length < 2 || call.args.length > 3)
      throw new SqlError('INVALID_ARGUMENTS', "Invalid number of arguments for 'if' function", call.at);
    const test = condition(call.args[0]!, env, 'IF condition');
    const { values, type } = unify(
      call.args.slice(1).map((a) => analyze(a, env)),
      'IF results',
      call.at,
    );
    const otherwise = values[1] ? ` ELSE ${values[1].sql}` : '';
    return value(`CASE WHEN ${test.sql} THEN ${values[0]!.sql}${otherwise} END`, type, [test, ...values]);
  },
  nullif(call, env) {
    const [a, b] = args(call, env, 2);
    const same = compared('=', a!, b!, call.at);
    return value(`CASE WHEN ${same.sql} THEN NULL ELSE ${a!.sql} END`, a!.type, [a!, b!]);
  },
  try(call, env) {
    const [v] = args(call, env, 1);
    return value(`TRY(${v!.sql})`, v!.type, [v!]);
  },
  greatest: extreme('>'),
  least: extreme('<'),
};
