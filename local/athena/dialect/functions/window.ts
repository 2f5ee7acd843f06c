import { coerce } from '../analyze/convert.ts';
import { analyze } from '../analyze/expression.ts';
import { checkGrouped, direction } from '../analyze/order.ts';
import type { Env } from '../analyze/scope.ts';
import { type Value, value } from '../analyze/value.ts';
import { SqlError, unsupported } from '../errors.ts';
import type { Bound, Call, Window } from '../parse/ast.ts';
import { BIGINT, DOUBLE, display, isInteger, orderable, type Type } from '../types.ts';

const RANKS: Record<string, Type> = {
  row_number: BIGINT,
  rank: BIGINT,
  dense_rank: BIGINT,
  percent_rank: DOUBLE,
  cume_dist: DOUBLE,
};
const VALUES = ['lag', 'lead', 'first_value', 'last_value', 'nth_value'];

export const isWindowFunction = (call: Call): boolean =>
  call.name in RANKS || call.name === 'ntile' || VALUES.includes(call.name);

/** Functions that exist only over a window: ranks, lag, first_value and the like. */
export function analyzeWindowFunction(call: Call, env: Env): Value {
  const { name, at } = call;
  if (call.over === null)
    throw new SqlError('MISSING_OVER', `Window function ${name} requires an OVER clause`, at);
  if (env.noWindow !== null)
    throw new SqlError(
      'EXPRESSION_NOT_SCALAR',
      `${env.noWindow} cannot contain aggregations, window functions or grouping operations: [${name}]`,
      at,
    );
  if (call.filter !== null || call.distinct || call.order.length > 0 || call.star)
    throw unsupported(`FILTER, DISTINCT or ORDER BY with ${name}`, at);
  const inside = { ...env, noWindow: `arguments of ${name}` };
  const args = call.args.map((a) => analyze(a, inside));
  const over = overClause(call.over, env, name);
  const make = (inner: string, type: Type): Value => ({
    ...value(`${name}(${inner}${call.ignoreNulls ? ' IGNORE NULLS' : ''})${over.sql}`, type, [
      ...args,
      ...over.values,
    ]),
    window: true,
  });
  if (name in RANKS || name === 'ntile') {
    if (call.ignoreNulls) throw unsupported(`IGNORE NULLS with ${name}`, at);
    if (args.length !== (name === 'ntile' ? 1 : 0))
      throw new SqlError('FUNCTION_NOT_FOUND', `Unexpected parameters for function ${name}`, at);
    if (name === 'ntile') return make(coerce(args[0]!, BIGINT, at).sql, BIGINT);
    return make('', RANKS[name]!);
  }
  const [first, second, third] = args;
  const most = name === 'lag' || name === 'lead' ? 3 : name === 'nth_value' ? 2 : 1;
  if (first === undefined || args.length > most || (name === 'nth_value' && second === undefined))
    throw new SqlError('FUNCTION_NOT_FOUND', `Unexpected parameters for function ${name}`, at);
  if (second !== undefined && !isInteger(second.type))
    throw new SqlError('TYPE_MISMATCH', `the offset of ${name} must be an integer`, at);
  const offset = second?.constant?.kind === 'scalar' ? second.constant.value : 1n;
  if (second !== undefined && (typeof offset !== 'bigint' || offset < (name === 'nth_value' ? 1n : 0n)))
    throw second.constant
      ? new SqlError(
          'INVALID_FUNCTION_ARGUMENT',
          `Offset must be at least ${name === 'nth_value' ? 1 : 0}`,
          at,
        )
      : unsupported(`${name} with an offset that is no literal`, at);
  const rest = second === undefined ? '' : `, ${second.sql}`;
  const otherwise = third === undefined ? '' : `, ${coerce(third, first.type, at).sql}`;
  return make(`${first.sql}${rest}${otherwise}`, first.type);
}

/** ` OVER (..)` with everything said in full, and the values in it. */
export function overClause(window: Window, env: Env, name: string): { sql: string; values: Value[] } {
  const w = merged(window, env);
  const inside = { ...env, noWindow: 'window specification' };
  const partition = w.partition.map((e) => analyze(e, inside));
  const order = w.order.map((o) => analyze(o.expr, inside));
  for (const [i, v] of order.entries())
    if (!orderable(v.type))
      throw new SqlError('TYPE_MISMATCH', `Type ${display(v.type)} is not orderable`, w.order[i]!.expr.at);
  for (const v of partition)
    if (v.type.kind === 'map' || v.type.kind === 'json') throw unsupported(`PARTITION BY ${display(v.type)}`);
  for (const v of [...partition, ...order]) checkGrouped(v, env);
  const parts: string[] = [];
  if (partition.length > 0) parts.push(`PARTITION BY ${partition.map((v) => v.sql).join(', ')}`);
  if (order.length > 0)
    parts.push(`ORDER BY ${order.map((v, i) => `${constantOrder(v)}${direction(w.order[i]!)}`).join(', ')}`);
  if (w.frame !== null) {
    if (name in RANKS || ['ntile', 'lag', 'lead'].includes(name))
      throw new SqlError('SYNTAX_ERROR', `Cannot specify window frame for ${name} function`);
    if (order.length === 0 && w.frame.unit !== 'ROWS' && w.frame.start.kind === 'CURRENT ROW')
      throw unsupported('this frame without ORDER BY');
    const end: Bound = w.frame.end ?? { kind: 'CURRENT ROW' };
    const by = w.frame.unit === 'RANGE' ? (order.length === 1 ? order[0]!.type : null) : BIGINT;
    parts.push(`${w.frame.unit} BETWEEN ${bound(w.frame.start, inside, by)} AND ${bound(end, inside, by)}`);
  }
  return { sql: ` OVER (${parts.join(' ')})`, values: [...partition, ...order] };
}

const constantOrder = (v: Value): string =>
  /^[(-]*\d+\)*$/.test(v.sql) ? `CAST(${v.sql} AS INTEGER)` : v.sql;

/** An offset counts rows or groups, or is a distance from the one sort key of a RANGE. */
function bound(b: Bound, env: Env, by: Type | null): string {
  if (!('offset' in b)) return b.kind;
  const { at } = b.offset;
  const v = analyze(b.offset, env);
  const n = v.constant?.kind === 'scalar' ? v.constant.value : null;
  if (typeof n === 'bigint' && n >= 0n && by !== null && isInteger(by)) return `${n} ${b.kind}`;
  const moments = by?.kind === 'date' || by?.kind === 'timestamp';
  if (moments && v.type.kind === 'interval_day' && v.free.length === 0) return `${v.sql} ${b.kind}`;
  throw unsupported('this offset of a window frame', at);
}

function merged(window: Window, env: Env): Window {
  if (window.base === null) return window;
  const base = env.windows.get(window.base.text.toLowerCase());
  if (base === undefined)
    throw new SqlError(
      'INVALID_COLUMN_REFERENCE',
      `Cannot resolve WINDOW name ${window.base.text}`,
      window.base.at,
    );
  const from = merged(base, env);
  return {
    base: null,
    partition: from.partition,
    order: window.order.length > 0 ? window.order : from.order,
    frame: window.frame ?? from.frame,
  };
}
