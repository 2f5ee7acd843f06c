import { knownText, quote, type Value, value } from '../analyze/value.ts';
import { SqlError, unsupported } from '../errors.ts';
import type { Call } from '../parse/ast.ts';
import { arrayOf, BIGINT, BOOLEAN, INTEGER, isInteger, VARCHAR } from '../types.ts';
import { args, as } from './arguments.ts';
import { type Pattern, readPattern } from './pattern.ts';
import { PatternError } from './pattern-parts.ts';
import { re2Replacement, readReplacement } from './replacement.ts';
import type { Special } from './special.ts';

/** What a pattern error means for the statement. */
function read<T>(call: Call, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    if (error.refused) throw unsupported(error.message, call.at);
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', error.message, call.at);
  }
}

interface Subject {
  text: string;
  /** The pattern as given, for JavaScript. */
  given: string;
  /** Null when it isn't known before rows are read. */
  pattern: Pattern | null;
  values: Value[];
}

function subject(call: Call, [s, p]: Value[]): Subject {
  const text = as(s!, VARCHAR, call);
  const given = as(p!, VARCHAR, call);
  const known = knownText(given);
  const pattern = known === null ? null : read(call, () => readPattern(known));
  return { text: text.sql, given: given.sql, pattern, values: [text, given] };
}

/** The group that is asked for as SQL; one that the pattern hasn't is refused. */
function groupOf(g: Value | undefined, pattern: Pattern | null, call: Call): string {
  if (g === undefined) return '0';
  if (!isInteger(g.type))
    throw new SqlError('FUNCTION_NOT_FOUND', `Unexpected parameters for function ${call.name}`, call.at);
  const n = g.constant?.kind === 'scalar' ? g.constant.value : null;
  if (pattern !== null && typeof n === 'bigint') {
    if (n < 0n) throw new SqlError('INVALID_FUNCTION_ARGUMENT', 'Group cannot be negative', call.at);
    if (n > BigInt(pattern.groups))
      throw new SqlError(
        'INVALID_FUNCTION_ARGUMENT',
        `Pattern has ${pattern.groups} groups. Cannot access group ${n}`,
        call.at,
      );
  }
  return `CAST(${g.sql} AS INTEGER)`;
}

/** Whether DuckDB's own engine gives what Athena gives for this group. */
const plainGroup = (pattern: Pattern | null, group: string): pattern is Pattern & { re2: string } =>
  pattern !== null &&
  pattern.re2 !== null &&
  (group === '0' || (/^CAST\(\d+ /.test(group) && !pattern.optional));

const fromJson = (json: string): string => `CAST(CAST(${json} AS JSON) AS VARCHAR[])`;

/** Functions over regular expressions: DuckDB's engine where it says the same, JavaScript's elsewhere. */
export const REGEXPS: Record<string, Special> = {
  regexp_like(call, env) {
    const { text, given, pattern, values } = subject(call, args(call, env, 2));
    const re2 = pattern?.re2Test;
    const sql =
      re2 != null ? `regexp_matches(${text}, ${quote(re2)})` : `(js_regex_test(${text}, ${given}) = 'true')`;
    return value(sql, BOOLEAN, values);
  },
  regexp_extract(call, env) {
    const given = args(call, env, 2, 3);
    const s = subject(call, given);
    const group = groupOf(given[2], s.pattern, call);
    if (!plainGroup(s.pattern, group))
      return value(`js_regex_extract(${s.text}, ${s.given}, ${group})`, VARCHAR, s.values);
    const re2 = quote(s.pattern.re2);
    // RE2 gives '' for no match too.
    const found = `CASE WHEN regexp_matches(${s.text}, ${re2}) THEN regexp_extract(${s.text}, ${re2}, ${plain(group)}) END`;
    return value(found, VARCHAR, s.values);
  },
  regexp_extract_all(call, env) {
    const given = args(call, env, 2, 3);
    const s = subject(call, given);
    const group = groupOf(given[2], s.pattern, call);
    const sql = plainGroup(s.pattern, group)
      ? `regexp_extract_all(${s.text}, ${quote(s.pattern.re2)}, ${plain(group)})`
      : fromJson(`js_regex_all(${s.text}, ${s.given}, ${group})`);
    return value(sql, arrayOf(VARCHAR), s.values);
  },
  regexp_replace(call, env) {
    if (call.args[2]?.kind === 'lambda') throw unsupported('regexp_replace with a lambda', call.at);
    const given = args(call, env, 2, 3);
    const s = subject(call, given);
    const to = given[2] === undefined ? null : as(given[2], VARCHAR, call);
    const known = to === null ? '' : knownText(to);
    const parts =
      s.pattern === null || known === null ? null : read(call, () => readReplacement(known, s.pattern!));
    const rewritten = parts === null ? null : re2Replacement(parts);
    const sql =
      s.pattern?.re2 != null && rewritten !== null
        ? `regexp_replace(${s.text}, ${quote(s.pattern.re2)}, ${quote(rewritten)}, 'g')`
        : `js_regex_replace(${s.text}, ${s.given}, ${to?.sql ?? "''"})`;
    return value(sql, VARCHAR, to === null ? s.values : [...s.values, to]);
  },
  regexp_split(call, env) {
    const { text, given, values } = subject(call, args(call, env, 2));
    return value(fromJson(`js_regex_split(${text}, ${given})`), arrayOf(VARCHAR), values);
  },
  regexp_count(call, env) {
    const { text, given, values } = subject(call, args(call, env, 2));
    return value(`CAST(js_regex_count(${text}, ${given}) AS BIGINT)`, BIGINT, values);
  },
  regexp_position(call, env) {
    const given = args(call, env, 2, 4);
    const s = subject(call, given);
    const [start, nth] = [2, 3].map((i) =>
      given[i] ? `CAST(${as(given[i], BIGINT, call).sql} AS INTEGER)` : '1',
    );
    return value(`CAST(js_regex_position(${s.text}, ${s.given}, ${start}, ${nth}) AS INTEGER)`, INTEGER, [
      ...s.values,
      ...given.slice(2),
    ]);
  },
};

/** DuckDB wants the group as a literal. */
const plain = (group: string): string => /\d+/.exec(group)![0];
