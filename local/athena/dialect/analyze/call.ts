import { SqlError, unsupported } from '../errors.ts';
import { AGGREGATE_NAMES, analyzeAggregate, isAggregate } from '../functions/aggregate.ts';
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
  REFUSED.has(call.name)
    ? unsupported(`the function ${call.name}`, call.at)
    : new SqlError('FUNCTION_NOT_FOUND', `Function '${call.name}' not registered`, call.at);

/** Functions that Athena has and this engine hasn't: refused by name rather than called unknown. */
const REFUSED = new Set(
  `array_histogram bing_tile cast_to combinations convex_hull_agg crc32 current_timezone day_name approx_set merge
  format_number from_iso8601_timestamp_nanos from_unixtime_nanos hmac_md5 hmac_sha1 hmac_sha256 hmac_sha512
  human_readable_seconds index inverse_normal_cdf kurtosis_pop luhn_check map_union multimap_agg multimap_from_entries
  ngrams normal_cdf normalize now_local numeric_histogram parse_data_size parse_duration parse_presto_data_size
  qdigest_agg regexp_position sha512 shuffle soundex split_to_map split_to_multimap spooky_hash_v2_32 st_point
  tdigest_agg timezone_hour timezone_minute to_char to_date to_geometry to_timestamp trim_array word_stem xxhash64
  json_array_get json_array_contains json_size from_base to_base from_base32 to_base32 from_base64url to_base64url
  checksum entropy from_ieee754_64 to_ieee754_64 cosine_similarity beta_cdf wilson_interval_lower typeof version`.split(
    /\s+/,
  ),
);

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
  if (expr.kind === 'inQuery') return walk(expr.arg);
  return Object.values(node).some(walk);
}
