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
    const [f, ...rest] = args(call, env, 2, 50);
    const template = literal(f!, call, 'a format');
    const parts: string[] = [];
    let n = 0;
    for (const m of template.matchAll(/%%|%([-,0]*)(\d+)?(?:\.(\d+))?([a-zA-Z])|%|[^%]+/g)) {
      if (m[0] === '%%') parts.push("'%'");
      else if (!m[0].startsWith('%')) parts.push(quote(m[0]));
      else if (m[4] === undefined) throw unsupported(`the format ${template}`, call.at);
      else parts.push(formatted(m, rest[n++], call));
    }
    if (n !== rest.length) throw unsupported('a format with other than one argument for each %', call.at);
    return value(`(${parts.length === 0 ? "''" : parts.join(' || ')})`, VARCHAR, rest);
  },
};

/** One `%..` of format: `s`, `d` and `f` with a width, `-`, `,`, `0` and, for `f`, a number of digits. */
function formatted(
  [spec, flags, width, digits, letter]: RegExpMatchArray,
  v: Value | undefined,
  call: Call,
): string {
  if (v === undefined)
    throw new SqlError(
      'INVALID_FUNCTION_ARGUMENT',
      `Invalid format string: ${spec} has no argument`,
      call.at,
    );
  const refuse = (): SqlError =>
    unsupported(`${spec} for a value of type ${display(v.type)} in format`, call.at);
  const grouped = flags!.includes(',');
  const zeros = flags!.includes('0');
  let text: string;
  if (letter === 's' && !grouped && !zeros && digits === undefined) {
    const plain = ['varchar', 'boolean', 'double', 'date', 'tinyint', 'smallint', 'integer', 'bigint'];
    if (!plain.includes(v.type.kind)) throw refuse();
    text = v.type.kind === 'double' ? `js_double_java(${v.sql})` : `CAST(${v.sql} AS VARCHAR)`;
  } else if (letter === 'd' && isInteger(v.type) && digits === undefined) {
    if (zeros && (grouped || width === undefined)) throw refuse();
    text = grouped
      ? `format('{:,}', ${v.sql})`
      : zeros
        ? `printf('%0${width}d', ${v.sql})`
        : `CAST(${v.sql} AS VARCHAR)`;
  } else if (letter === 'f' && !zeros && (v.type.kind === 'double' || v.type.kind === 'decimal')) {
    text = `js_fixed(CAST(${v.sql} AS DOUBLE), ${digits ?? 6}, ${grouped ? 1 : 0})`;
  } else throw refuse();
  const shown = `coalesce(${text}, 'null')`;
  return width === undefined || zeros ? shown : `t_wide(${shown}, ${width}, ${flags!.includes('-')})`;
}
