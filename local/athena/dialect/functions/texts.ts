import { arithmetic } from '../analyze/arithmetic.ts';
import { cast } from '../analyze/convert.ts';
import { knownText, quote, type Value, value } from '../analyze/value.ts';
import { SqlError, unsupported } from '../errors.ts';
import type { Call } from '../parse/ast.ts';
import { arrayOf, BIGINT, display, isInteger, VARCHAR } from '../types.ts';
import { args, as, literal, misfit } from './arguments.ts';
import type { Special } from './special.ts';

/** Java's way of writing a pattern's groups in a replacement, `$1`, in RE2's way, `\1`. */
function replacement(text: string, call: Call): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    const next = text[i + 1] ?? '';
    if (c === '\\') out += next === '\\' ? '\\\\' : next;
    else if (c === '$') {
      if (!/\d/.test(next) || /\d/.test(text[i + 2] ?? ''))
        throw unsupported('this group in a replacement', call.at);
      out += `\\${next}`;
    } else out += c;
    if (c === '\\' || c === '$') i++;
  }
  return out;
}

/** How many groups a pattern captures, and whether one may take no part in a match. */
function groups(pattern: string): { count: number; optional: boolean } {
  const bare = pattern.replace(/\\./g, '').replace(/\[\^?\]?[^\]]*\]/g, '');
  const count = (bare.match(/\((?!\?)|\(\?P?</g) ?? []).length;
  return { count, optional: /[|]|\)[?*]|\)\{0/.test(bare) };
}

/** RE2 lacks some of Java's syntax; where it reads the same text differently, refuse. */
export function pattern(v: Value, call: Call): string {
  const text = knownText(v);
  if (text === null) return v.sql;
  if (/\(\?<?[=!]|\\[1-9]|[*+?}]\+|\\[GZX]|&&\[/.test(text))
    throw unsupported(`lookaround, back reference or possessive quantifier in a pattern`, call.at);
  return v.sql;
}

const concat: Special = (call, env) => {
  if (call.args.length < 2)
    throw new SqlError('FUNCTION_NOT_FOUND', 'There must be two or more concatenation arguments', call.at);
  const values = args(call, env, 2, 1000);
  if (values.some((v) => v.type.kind === 'array') || values.every((v) => v.type.kind === 'varbinary'))
    return values.reduce((a, b) => arithmetic('||', a, b, call.at));
  for (const v of values)
    if (v.type.kind !== 'varchar' && v.type.kind !== 'unknown')
      throw misfit(
        call,
        values.map((x) => x.type),
      );
  return value(`(${values.map((v) => cast(v, VARCHAR, call.at)).join(' || ')})`, VARCHAR, values);
};

/** Functions over texts whose arguments need more than a type: patterns, formats, any number of them. */
export const TEXTS: Record<string, Special> = {
  concat,
  concat_ws(call, env) {
    const [separator, ...rest] = args(call, env, 2, 1000);
    if (rest.length === 1 && rest[0]!.type.kind === 'array') {
      const list = as(rest[0]!, arrayOf(VARCHAR), call);
      return value(`array_to_string(${list.sql}, ${as(separator!, VARCHAR, call).sql})`, VARCHAR, [
        separator!,
        list,
      ]);
    }
    const texts = [separator!, ...rest].map((v) => as(v, VARCHAR, call).sql);
    return value(`CASE WHEN ${texts[0]} IS NOT NULL THEN concat_ws(${texts.join(', ')}) END`, VARCHAR, [
      separator!,
      ...rest,
    ]);
  },
  regexp_extract(call, env) {
    const [s, p, g] = args(call, env, 2, 3);
    const text = as(s!, VARCHAR, call).sql;
    const source = pattern(as(p!, VARCHAR, call), call);
    const group = g === undefined ? 0n : g.constant?.kind === 'scalar' ? g.constant.value : null;
    if (typeof group !== 'bigint' || !isInteger(g?.type ?? BIGINT))
      throw unsupported('regexp_extract with a group that is no literal', call.at);
    const known = knownText(p!);
    if (known === null && group > 0n)
      throw unsupported('regexp_extract of a group with a pattern that is no literal', call.at);
    const { count, optional } = groups(known ?? '');
    if (group > BigInt(count))
      throw new SqlError(
        'INVALID_FUNCTION_ARGUMENT',
        `Pattern has ${count} groups. Cannot access group ${group}`,
        call.at,
      );
    const found = `regexp_extract(${text}, ${source}, ${group})`;
    // RE2 gives '' both for a group that matched nothing and for one that took no part (NULL in Athena).
    const sure =
      optional && group > 0n
        ? `CASE WHEN t_ok(${found} <> '', 'NOT_SUPPORTED: regexp_extract of an optional group that matched nothing is not supported by the embedded Athena') THEN ${found} END`
        : found;
    return value(`CASE WHEN regexp_matches(${text}, ${source}, 'c') THEN ${sure} END`, VARCHAR, [s!, p!]);
  },
  regexp_replace(call, env) {
    if (call.args[2]?.kind === 'lambda') throw unsupported('regexp_replace with a lambda', call.at);
    const [s, p, r] = args(call, env, 2, 3);
    const to = r === undefined ? '' : replacement(literal(r, call, 'a replacement'), call);
    return value(
      `regexp_replace(${as(s!, VARCHAR, call).sql}, ${pattern(as(p!, VARCHAR, call), call)}, ${quote(to)}, 'g')`,
      VARCHAR,
      [s!, p!],
    );
  },
  regexp_extract_all(call, env) {
    const [s, p, g] = args(call, env, 2, 3);
    const group = g === undefined ? 0n : g.constant?.kind === 'scalar' ? g.constant.value : null;
    const known = literal(p!, call, 'a pattern');
    const { count, optional } = groups(known);
    if (typeof group !== 'bigint' || (group > 0n && optional))
      throw unsupported('regexp_extract_all of this group', call.at);
    if (group > BigInt(count))
      throw new SqlError(
        'INVALID_FUNCTION_ARGUMENT',
        `Pattern has ${count} groups. Cannot access group ${group}`,
        call.at,
      );
    return value(
      `regexp_extract_all(${as(s!, VARCHAR, call).sql}, ${pattern(p!, call)}, ${group})`,
      arrayOf(VARCHAR),
      [s!, p!],
    );
  },
  format(call, env) {
    const [f, ...rest] = args(call, env, 1, 50);
    const template = literal(f!, call, 'a format');
    const parts: string[] = [];
    let n = 0;
    for (const m of template.matchAll(/%%|%(-?\d*)s|%(0?\d*)d|%(?:\.(\d+))?f|%|[^%]+/g)) {
      const [whole] = m;
      if (whole === '%%') parts.push("'%'");
      else if (whole === '%') throw unsupported(`the format ${template}`, call.at);
      else if (!whole.startsWith('%')) parts.push(quote(whole));
      else parts.push(formatted(whole, rest[n++], call));
    }
    if (n !== rest.length) throw unsupported('a format with other than one argument for each %', call.at);
    return value(`(${parts.length === 0 ? "''" : parts.join(' || ')})`, VARCHAR, rest);
  },
};

function formatted(spec: string, v: Value | undefined, call: Call): string {
  if (v === undefined)
    throw new SqlError(
      'INVALID_FUNCTION_ARGUMENT',
      `Invalid format string: ${spec} has no argument`,
      call.at,
    );
  if (spec === '%s' && v.type.kind === 'varchar') return `coalesce(${v.sql}, 'null')`;
  if ((spec === '%s' || spec === '%d') && isInteger(v.type))
    return `coalesce(CAST(${v.sql} AS VARCHAR), 'null')`;
  const padded = /^%0(\d+)d$/.exec(spec);
  if (padded && isInteger(v.type)) return `printf(${quote(spec)}, ${v.sql})`;
  const fixed = /^%(?:\.(\d+))?f$/.exec(spec);
  if (fixed && (v.type.kind === 'double' || v.type.kind === 'decimal'))
    return `js_fixed(CAST(${v.sql} AS DOUBLE), ${fixed[1] ?? 6})`;
  throw unsupported(`${spec} for a value of type ${display(v.type)} in format`, call.at);
}
