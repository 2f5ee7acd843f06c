import { coerce, lambdaName } from '../analyze/convert.ts';
import { analyze } from '../analyze/expression.ts';
import type { Env } from '../analyze/scope.ts';
import { type Value, value } from '../analyze/value.ts';
import { SqlError, unsupported } from '../errors.ts';
import type { Call, Expr } from '../parse/ast.ts';
import { arrayOf, BOOLEAN, commonType, display, duckType, mapOf, orderable, type Type } from '../types.ts';
import { misfit } from './arguments.ts';
import type { Special } from './special.ts';

interface Bound {
  params: string[];
  body: Value;
}

/** The body of a lambda, its parameters standing for values of these types. */
function lambda(expr: Expr | undefined, types: Type[], call: Call, env: Env, sql?: string[]): Bound {
  if (expr?.kind !== 'lambda' || expr.params.length !== types.length)
    throw new SqlError(
      'TYPE_MISMATCH',
      `${call.name} takes a lambda of ${types.length} parameter${types.length === 1 ? '' : 's'}`,
      call.at,
    );
  const params = sql ?? types.map(lambdaName);
  const bound = new Map(env.lambda);
  for (const [i, p] of expr.params.entries()) bound.set(p.text.toLowerCase(), value(params[i]!, types[i]!));
  const body = analyze(expr.body, {
    ...env,
    lambda: bound,
    noAggregate: 'lambda expression',
    noWindow: 'lambda expression',
  });
  return { params, body };
}

function list(call: Call, env: Env, i = 0): { v: Value; of: Type } {
  const v = analyze(call.args[i]!, env);
  if (v.type.kind !== 'array') throw misfit(call, [v.type]);
  return { v, of: v.type.of };
}

function bool(b: Bound, call: Call): string {
  if (b.body.type.kind !== 'boolean')
    throw new SqlError(
      'TYPE_MISMATCH',
      `the lambda of ${call.name} must give a boolean, not ${display(b.body.type)}`,
      call.at,
    );
  return b.body.sql;
}

function exactly(call: Call, n: number): void {
  if (call.args.length !== n)
    throw new SqlError(
      'FUNCTION_NOT_FOUND',
      `Unexpected number of parameters for function ${call.name}: ${call.args.length}`,
      call.at,
    );
}

/** any, all or no element: true and false win over unknown as in AND and OR. */
const quantified =
  (outcome: (tests: string) => string): Special =>
  (call, env) => {
    exactly(call, 2);
    const { v, of } = list(call, env);
    const f = lambda(call.args[1], [of], call, env);
    const tests = `list_transform(${v.sql}, lambda ${f.params[0]}: ${bool(f, call)})`;
    return value(`CASE WHEN (${v.sql}) IS NOT NULL THEN ${outcome(tests)} END`, BOOLEAN, [v, f.body]);
  };

const hasUnknown = (tests: string): string => `list_count(${tests}) < len(${tests})`;

const overMap =
  (make: (v: Value, key: Type, of: Type, call: Call, env: Env) => Value): Special =>
  (call, env) => {
    exactly(call, 2);
    const v = analyze(call.args[0]!, env);
    if (v.type.kind !== 'map') throw misfit(call, [v.type]);
    return make(v, v.type.key, v.type.value, call, env);
  };

/** Functions that take a lambda. */
export const LAMBDAS: Record<string, Special> = {
  array_sort(call, env) {
    if (call.args.length > 1) throw unsupported('array_sort with an order of its own', call.at);
    const { v } = list(call, env);
    if (!orderable(v.type) && display(v.type) !== 'array(unknown)') throw misfit(call, [v.type]);
    return value(`list_sort(${v.sql}, 'ASC', 'NULLS LAST')`, v.type, [v]);
  },
  transform(call, env) {
    exactly(call, 2);
    const { v, of } = list(call, env);
    const f = lambda(call.args[1], [of], call, env);
    return value(`list_transform(${v.sql}, lambda ${f.params[0]}: ${f.body.sql})`, arrayOf(f.body.type), [
      v,
      f.body,
    ]);
  },
  filter(call, env) {
    exactly(call, 2);
    const { v, of } = list(call, env);
    const f = lambda(call.args[1], [of], call, env);
    return value(`list_filter(${v.sql}, lambda ${f.params[0]}: ${bool(f, call)})`, v.type, [v, f.body]);
  },
  reduce(call, env) {
    exactly(call, 4);
    const { v, of } = list(call, env);
    const start = analyze(call.args[1]!, env);
    let type = start.type;
    // The state's type is what the lambda gives for it: it may be wider than the start's.
    // DuckDB reduces a list to its own type only: state and element travel together in a pair.
    const [left, right] = [lambdaName(), lambdaName()];
    const pair = [`(${left}).s`, `(${right}).x`];
    let step = lambda(call.args[2], [type, of], call, env, pair);
    const wider = commonType(type, step.body.type);
    if (wider === null)
      throw new SqlError(
        'TYPE_MISMATCH',
        `the state of reduce is ${display(type)}, its lambda gives ${display(step.body.type)}`,
        call.at,
      );
    if (display(wider) !== display(type)) {
      type = wider;
      step = lambda(call.args[2], [type, of], call, env, pair);
    }
    const state = duckType(type);
    const none = `CAST(NULL AS ${duckType(of)})`;
    const element = lambdaName();
    const pairs = `list_transform(${v.sql}, lambda ${element}: struct_pack(s := CAST(NULL AS ${state}), x := CAST(${element} AS ${duckType(of)})))`;
    const next = `struct_pack(s := CAST(${coerce(step.body, type, call.at).sql} AS ${state}), x := ${none})`;
    const first = `struct_pack(s := CAST(${coerce(start, type, call.at).sql} AS ${state}), x := ${none})`;
    const reduced = `(list_reduce(${pairs}, lambda ${left}, ${right}: ${next}, ${first})).s`;
    const finish = lambda(call.args[3], [type], call, env);
    const done = `list_transform([${reduced}], lambda ${finish.params[0]}: ${finish.body.sql})[1]`;
    return value(`CASE WHEN (${v.sql}) IS NOT NULL THEN ${done} END`, finish.body.type, [
      v,
      start,
      step.body,
      finish.body,
    ]);
  },
  zip_with(call, env) {
    exactly(call, 3);
    const [a, b] = [list(call, env, 0), list(call, env, 1)];
    const i = lambdaName();
    const f = lambda(call.args[2], [a.of, b.of], call, env, [`(${a.v.sql})[${i}]`, `(${b.v.sql})[${i}]`]);
    const range = `range(1, greatest(len(${a.v.sql}), len(${b.v.sql})) + 1)`;
    return value(
      `CASE WHEN (${a.v.sql}) IS NOT NULL AND (${b.v.sql}) IS NOT NULL THEN list_transform(${range}, lambda ${i}: ${f.body.sql}) END`,
      arrayOf(f.body.type),
      [a.v, b.v, f.body],
    );
  },
  any_match: quantified(
    (t) => `CASE WHEN list_contains(${t}, TRUE) THEN TRUE WHEN ${hasUnknown(t)} THEN NULL ELSE FALSE END`,
  ),
  all_match: quantified(
    (t) => `CASE WHEN list_contains(${t}, FALSE) THEN FALSE WHEN ${hasUnknown(t)} THEN NULL ELSE TRUE END`,
  ),
  none_match: quantified(
    (t) => `CASE WHEN list_contains(${t}, TRUE) THEN FALSE WHEN ${hasUnknown(t)} THEN NULL ELSE TRUE END`,
  ),
  map_filter: overMap((v, key, of, call, env) => {
    const e = lambdaName();
    const f = lambda(call.args[1], [key, of], call, env, [`(${e}).key`, `(${e}).value`]);
    return value(
      `CASE WHEN (${v.sql}) IS NOT NULL THEN map_from_entries(list_filter(map_entries(${v.sql}), lambda ${e}: ${bool(f, call)})) END`,
      v.type,
      [v, f.body],
    );
  }),
  transform_values: overMap((v, key, of, call, env) => {
    const e = lambdaName();
    const f = lambda(call.args[1], [key, of], call, env, [`(${e}).key`, `(${e}).value`]);
    return value(
      `CASE WHEN (${v.sql}) IS NOT NULL THEN MAP(map_keys(${v.sql}), list_transform(map_entries(${v.sql}), lambda ${e}: ${f.body.sql})) END`,
      mapOf(key, f.body.type),
      [v, f.body],
    );
  }),
  transform_keys: overMap((v, key, of, call, env) => {
    const e = lambdaName();
    const f = lambda(call.args[1], [key, of], call, env, [`(${e}).key`, `(${e}).value`]);
    return value(
      `CASE WHEN (${v.sql}) IS NOT NULL THEN t_map(list_transform(map_entries(${v.sql}), lambda ${e}: ${f.body.sql}), map_values(${v.sql})) END`,
      mapOf(f.body.type, of),
      [v, f.body],
    );
  }),
};
