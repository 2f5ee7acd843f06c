import { arithmetic } from '../analyze/arithmetic.ts';
import { cast } from '../analyze/convert.ts';
import { quote, type Value, value } from '../analyze/value.ts';
import { SqlError, unsupported } from '../errors.ts';
import type { Call } from '../parse/ast.ts';
import { arrayOf, display, isInteger, VARCHAR } from '../types.ts';
import { args, as, literal, misfit } from './arguments.ts';
import type { Special } from './special.ts';

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
