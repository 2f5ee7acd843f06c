import { apply, fill } from '../analyze/call.ts';
import { coerce } from '../analyze/convert.ts';
import { analyze, condition } from '../analyze/expression.ts';
import { direction } from '../analyze/order.ts';
import type { Env } from '../analyze/scope.ts';
import { knownText, type Value, value } from '../analyze/value.ts';
import { SqlError, unsupported } from '../errors.ts';
import type { Call } from '../parse/ast.ts';
import { arrayOf, BIGINT, DOUBLE, display, duckType, isNumeric, orderable, type Type } from '../types.ts';
import { distance, match, signatures } from './signature.ts';
import { overClause } from './window.ts';

/** In the SQL `f{..}` is the aggregate itself: DISTINCT, ORDER BY, FILTER and OVER go with it. */
const TABLE = signatures(`
count(T) -> bigint = count{$1}
count_if(boolean) -> bigint = count{CASE WHEN $1 THEN 1 END}
sum(bigint) -> bigint = CAST(sum{$1} AS BIGINT)
sum(double) -> double = sum{$1}
avg(double) -> double = avg{$1}
bool_and(boolean) -> boolean = bool_and{$1}
bool_or(boolean) -> boolean = bool_or{$1}
every(boolean) -> boolean = bool_and{$1}
arbitrary(T) -> T = any_value{$1}
any_value(T) -> T = any_value{$1}
max_by(T, U) -> T = arg_max_null{$1, $2}
min_by(T, U) -> T = arg_min_null{$1, $2}
array_agg(T) -> array(T) = list{$1}
map_agg(K, V) -> map(K, V) = t_map_of(list{struct_pack(k := $1, v := $2)})
approx_distinct(T) -> bigint = count{DISTINCT $1}
approx_distinct(T, double) -> bigint = count{DISTINCT $1}
stddev(double) -> double = stddev_samp{$1}
stddev_samp(double) -> double = stddev_samp{$1}
stddev_pop(double) -> double = stddev_pop{$1}
variance(double) -> double = var_samp{$1}
var_samp(double) -> double = var_samp{$1}
var_pop(double) -> double = var_pop{$1}
corr(double, double) -> double = t_finite(regr_sxy{$1, $2} / sqrt(regr_syy{$1, $2}) / sqrt(regr_sxx{$1, $2}))
covar_pop(double, double) -> double = covar_pop{$1, $2}
covar_samp(double, double) -> double = covar_samp{$1, $2}
regr_slope(double, double) -> double = t_finite(regr_sxy{$1, $2} / regr_sxx{$1, $2})
regr_intercept(double, double) -> double = t_finite(regr_avgy{$1, $2} - regr_sxy{$1, $2} / regr_sxx{$1, $2} * regr_avgx{$1, $2})
geometric_mean(double) -> double = geomean{$1}
bitwise_and_agg(bigint) -> bigint = bit_and{$1}
bitwise_or_agg(bigint) -> bigint = bit_or{$1}
listagg(varchar, varchar) -> varchar = string_agg{$1, $2}
`);

const OWN = ['max', 'min', 'approx_percentile', 'histogram'];
export const AGGREGATE_NAMES = new Set([...TABLE.keys(), ...OWN, 'reduce_agg', 'grouping']);
const ORDERED = new Set(['array_agg', 'listagg', 'map_agg', 'arbitrary', 'any_value']);

export const isAggregate = (call: Call): boolean => AGGREGATE_NAMES.has(call.name);

/** Where an aggregate's arguments stand. */
const INSIDE = 'arguments of ';

/** An aggregate, over the rows of a group or, with OVER, of a window. */
export function analyzeAggregate(call: Call, env: Env): Value {
  const { at } = call;
  if (call.name === 'grouping') return grouping(call, env);
  if (call.name === 'reduce_agg') throw unsupported('the function reduce_agg', at);
  const refused = call.over === null ? env.noAggregate : env.noWindow;
  if (refused !== null && call.over === null && refused.startsWith(INSIDE))
    throw new SqlError(
      'NESTED_AGGREGATION',
      `Cannot nest aggregations inside aggregation '${refused.slice(INSIDE.length)}': [${call.name}]`,
      at,
    );
  if (refused !== null)
    throw new SqlError(
      'EXPRESSION_NOT_SCALAR',
      `${refused} cannot contain aggregations, window functions or grouping operations: [${call.name}]`,
      at,
    );
  if (call.over !== null && call.filter !== null) throw unsupported('FILTER with a window function', at);
  if (severalBest(call)) throw unsupported(`${call.name} with a number of values`, at);
  if (call.over !== null && (call.distinct || call.order.length > 0))
    throw unsupported('DISTINCT or ORDER BY inside a window function', at);
  if (call.ignoreNulls) throw unsupported(`IGNORE NULLS with ${call.name}`, at);
  // Arguments of an aggregate see single rows; those of a window over groups see groups.
  const inside: Env =
    call.over === null
      ? {
          ...env,
          groupKeys: null,
          noAggregate: `${INSIDE}${call.name}`,
          noWindow: `${INSIDE}${call.name}`,
        }
      : { ...env, noWindow: `arguments of ${call.name}` };
  const args = call.args.map((a) => analyze(a, inside));
  const order = call.order.map((o) => {
    const v = analyze(o.expr, inside);
    if (!orderable(v.type))
      throw new SqlError(
        'TYPE_MISMATCH',
        `Type ${display(v.type)} is not orderable, and therefore cannot be used in ORDER BY`,
        o.expr.at,
      );
    return `${v.sql}${direction(o)}`;
  });
  if (order.length > 0 && !ORDERED.has(call.name)) order.length = 0;
  const filter =
    call.filter === null ? '' : ` FILTER (WHERE ${condition(call.filter, inside, 'FILTER clause').sql})`;
  const over = call.over === null ? null : overClause(call.over, env, call.name);
  const finish = (sql: string, type: Type): Value => {
    const whole = sql.replace(/([a-z_0-9]+)\{((?:[^{}]|\{[^{}]*\})*)\}/g, (_, f: string, inner: string) => {
      const distinct = call.distinct && !inner.startsWith('DISTINCT ') ? 'DISTINCT ' : '';
      return `${f}(${distinct}${inner}${order.length > 0 ? ` ORDER BY ${order.join(', ')}` : ''})${filter}${over?.sql ?? ''}`;
    });
    if (call.over === null) return { ...value(whole, type), aggregate: true };
    return { ...value(whole, type, [...args, ...(over?.values ?? [])]), window: true };
  };
  return own(call, args, finish) ?? fromTable(call, args, finish);
}

/** max_by(x, y, n): the n best. */
const severalBest = (call: Call): boolean => /^(max|min)_by$/.test(call.name) && call.args.length === 3;

type Finish = (sql: string, type: Type) => Value;

function fromTable(call: Call, args: Value[], finish: Finish): Value {
  const known = TABLE.get(call.name)!;
  const types = args.map((a) => a.type);
  const fits = known.flatMap((s) => {
    const m = match(s, types);
    return m === null ? [] : [{ s, m, far: distance(types, m.params) }];
  });
  fits.sort((a, b) => a.far - b.far);
  const best = fits[0];
  if (best === undefined) return apply(known, call, args);
  if (call.name === 'listagg' && knownText(args[1]!) === null)
    throw unsupported('LISTAGG with a separator that is no literal', call.at);
  if (/^(max|min)_by$/.test(call.name) && !orderable(types[1]!))
    throw unsupported(`${call.name} by a value of type ${display(types[1]!)}`, call.at);
  const given = args.map((a, i) => coerce(a, best.m.params[i]!, call.at).sql);
  if (call.name === 'max_by' || call.name === 'min_by') {
    // Rows whose second argument is NULL don't take part; the first may well be NULL.
    const [x, by] = given as [string, string];
    // NaN is the greatest number to DuckDB, and to Athena less than all others.
    const float = ['double', 'real'].includes(types[1]!.kind) && call.name === 'max_by';
    const key = float ? `CASE WHEN isnan(${by}) THEN CAST('-inf' AS DOUBLE) ELSE ${by} END` : by;
    return finish(`${best.s.sql.split('{')[0]}{${x}, ${key}}`, best.m.result);
  }
  return finish(fill(best.s.sql, given), best.m.result);
}

/** Aggregates whose result depends on the type of what they take. */
function own(call: Call, args: Value[], finish: Finish): Value | null {
  const [first, second] = args;
  const { at } = call;
  if (call.star) {
    if (call.name !== 'count') throw new SqlError('FUNCTION_NOT_FOUND', `${call.name}(*) has no meaning`, at);
    return finish('count{*}', BIGINT);
  }
  if (first === undefined) {
    if (call.name === 'count') return finish('count{*}', BIGINT);
    return null;
  }
  const { type } = first;
  switch (call.name) {
    case 'count':
      if (args.length !== 1) return null;
      if (call.distinct && (type.kind === 'map' || type.kind === 'json'))
        throw unsupported(`count(DISTINCT) over ${display(type)}`, at);
      return finish(`count{${first.sql}}`, BIGINT);
    case 'max':
    case 'min':
      if (args.length !== 1) throw unsupported(`${call.name} with a number of values`, at);
      if (!orderable(type))
        throw new SqlError(
          'FUNCTION_NOT_FOUND',
          `Unexpected parameters (${display(type)}) for function ${call.name}`,
          at,
        );
      if (['array', 'row'].includes(type.kind)) throw unsupported(`${call.name} of ${display(type)}`, at);
      // To DuckDB NaN is the greatest number; to Athena it counts only where there is no other.
      if (call.name === 'max' && (type.kind === 'double' || type.kind === 'real'))
        return finish(
          `coalesce(max{CASE WHEN NOT isnan(${first.sql}) THEN ${first.sql} END}, max{${first.sql}})`,
          type,
        );
      return finish(`${call.name}{${first.sql}}`, type);
    case 'sum':
      if (type.kind === 'decimal' && args.length === 1) {
        const result: Type = { kind: 'decimal', precision: 38, scale: type.scale };
        return finish(`CAST(sum{${first.sql}} AS DECIMAL(38,${type.scale}))`, result);
      }
      if (type.kind === 'interval_day' && args.length === 1)
        return finish(`to_microseconds(CAST(sum{t_interval_ms(${first.sql})} * 1000 AS BIGINT))`, type);
      return type.kind === 'real' ? finish(`CAST(sum{CAST(${first.sql} AS DOUBLE)} AS FLOAT)`, type) : null;
    case 'avg':
      if (type.kind === 'decimal' && args.length === 1) {
        const parts = `CAST(sum{${first.sql}} AS VARCHAR), CAST(count{${first.sql}} AS VARCHAR), ${type.scale}`;
        return finish(`CAST(js_decimal_divide(${parts}) AS ${duckType(type)})`, type);
      }
      if (type.kind.startsWith('interval')) throw unsupported('avg of an interval', at);
      return type.kind === 'real' ? finish(`CAST(avg{CAST(${first.sql} AS DOUBLE)} AS FLOAT)`, type) : null;
    case 'histogram': {
      if (args.length !== 1) return null;
      if (['map', 'json', 'row', 'array', 'timestamptz'].includes(type.kind))
        throw unsupported(`histogram of ${display(type)}`, at);
      const result: Type = { kind: 'map', key: type, value: BIGINT };
      return finish(`t_histogram(list{${first.sql}})`, result);
    }
    case 'approx_percentile': {
      if (args.length !== 2) throw unsupported('approx_percentile with weights or an accuracy', at);
      if (!isNumeric(type) || type.kind === 'decimal')
        return apply([{ name: call.name, params: [DOUBLE, DOUBLE], result: DOUBLE, sql: '' }], call, args);
      const result: Type = type.kind === 'real' || type.kind === 'double' ? type : BIGINT;
      const sorted = `list_sort(list{${coerce(first, result, at).sql}}, 'ASC', 'NULLS LAST')`;
      const present = `list_filter(${sorted}, lambda x: x IS NOT NULL)`;
      if (second!.type.kind === 'array') {
        const points = coerce(second!, arrayOf(DOUBLE), at).sql;
        return finish(`t_percentiles(${present}, ${points})`, arrayOf(result));
      }
      return finish(`t_percentile(${present}, ${coerce(second!, DOUBLE, at).sql})`, result);
    }
    default:
      return null;
  }
}

/** grouping(a, b): a bit per column, 1 where the column is not part of the grouping set. */
function grouping(call: Call, env: Env): Value {
  const args = call.args.map((a) => analyze(a, env));
  if (args.some((a) => a.free.length > 0) || env.groupKeys === null)
    throw new SqlError(
      'INVALID_ARGUMENTS',
      'The arguments to GROUPING() must be expressions referenced by the GROUP BY at the associated query level',
      call.at,
    );
  return {
    ...value(
      `CAST(grouping(${args.map((a) => a.sql).join(', ')}) AS ${args.length > 31 ? 'BIGINT' : 'INTEGER'})`,
      args.length > 31 ? BIGINT : { kind: 'integer' },
    ),
    aggregate: true,
  };
}
