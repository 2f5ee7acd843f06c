import { SqlError, unsupported } from '../errors.ts';
import { AGGREGATE_NAMES, analyzeAggregate, isAggregate } from '../functions/aggregate.ts';
import { isRefused } from '../functions/refused.ts';
import { SCALAR } from '../functions/scalar.ts';
import { distance, match, type Signature } from '../functions/signature.ts';
import { SPECIAL } from '../functions/special.ts';
import { analyzeWindowFunction, isWindowFunction } from '../functions/window.ts';
import type { Call, Expr } from '../parse/ast.ts';
import { display } from '../types.ts';
import { coerce } from './convert.ts';
import { analyze } from './expression.ts';
import type { Env } from './scope.ts';
import { type Value, value } from './value.ts';

/** A function of any kind: window, aggregate, one with rules of its own, or one of the table. */
export function analyzeCall(call: Call, env: Env): Value {
  if (isWindowFunction(call)) return analyzeWindowFunction(call, env);
  if (isAggregate(call)) return analyzeAggregate(call, env);
  if (
    call.star ||
    call.distinct ||
    call.order.length > 0 ||
    call.filter !== null ||
    call.over !== null ||
    call.ignoreNulls
  ) {
    if (!SPECIAL.has(call.name) && !SCALAR.has(call.name)) throw notRegistered(call);
    throw new SqlError('FUNCTION_NOT_FOUND', `${call.name} is no aggregate or window function`, call.at);
  }
  const special = SPECIAL.get(call.name);
  if (special !== undefined) return special(call, env);
  const known = SCALAR.get(call.name);
  if (known === undefined) throw notRegistered(call);
  return apply(
    known,
    call,
    call.args.map((a) => analyze(a, env)),
  );
}

export const notRegistered = (call: Call): SqlError =>
  isRefused(call.name)
    ? unsupported(`the function ${call.name}`, call.at)
    : new SqlError('FUNCTION_NOT_FOUND', `Function '${call.name}' not registered`, call.at);

/** Calls the signature that fits the arguments best. */
export function apply(known: Signature[], call: { name: string; at: number }, args: Value[]): Value {
  const types = args.map((a) => a.type);
  const fits = known.flatMap((s) => {
    const m = match(s, types);
    return m === null ? [] : [{ s, m, far: distance(types, m.params) }];
  });
  fits.sort((a, b) => a.far - b.far);
  const best = fits[0];
  if (best === undefined) {
    const expected = known.map((s) => `${s.name}(${s.params.map(display).join(', ')})`).join(', ');
    throw new SqlError(
      'FUNCTION_NOT_FOUND',
      `Unexpected parameters (${types.map(display).join(', ')}) for function ${call.name}. Expected: ${expected}`,
      call.at,
    );
  }
  const given = args.map((a, i) => coerce(a, best.m.params[i]!, call.at).sql);
  return value(fill(best.s.sql, given), best.m.result, args);
}

/** Puts the arguments into the SQL of a signature. */
export const fill = (sql: string, args: string[]): string =>
  sql.replace(/\$(\d)/g, (_, n: string) => args[Number(n) - 1]!);

/** Whether an aggregate (that is no window) stands in the expressions, outside of subqueries. */
export function containsAggregate(exprs: Expr[]): boolean {
  return exprs.some((e) => walk(e));
}

function walk(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(walk);
  if (typeof node !== 'object' || node === null) return false;
  const expr = node as Expr;
  if (expr.kind === 'subquery' || expr.kind === 'exists') return false;
  if (expr.kind === 'call' && AGGREGATE_NAMES.has(expr.call.name) && expr.call.over === null) return true;
  if (expr.kind === 'inQuery' || expr.kind === 'quantified') return walk(expr.arg);
  return Object.values(node).some(walk);
}
