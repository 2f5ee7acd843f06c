import { coerce } from '../analyze/convert.ts';
import { analyze } from '../analyze/expression.ts';
import type { Env } from '../analyze/scope.ts';
import { knownText, type Value } from '../analyze/value.ts';
import { SqlError, unsupported } from '../errors.ts';
import type { Call } from '../parse/ast.ts';
import { display, type Type } from '../types.ts';

/** The analysed arguments; how many there may be is checked. */
export function args(call: Call, env: Env, least: number, most = least): Value[] {
  if (call.args.length < least || call.args.length > most)
    throw new SqlError(
      'FUNCTION_NOT_FOUND',
      `Unexpected number of parameters for function ${call.name}: ${call.args.length}`,
      call.at,
    );
  return call.args.map((a) => analyze(a, env));
}

/** What Athena says when the types fit no form of the function. */
export const misfit = (call: Call, types: Type[]): SqlError =>
  new SqlError(
    'FUNCTION_NOT_FOUND',
    `Unexpected parameters (${types.map(display).join(', ')}) for function ${call.name}`,
    call.at,
  );

/** The argument as a type, or "unexpected parameters". */
export function as(v: Value, to: Type, call: Call): Value {
  try {
    return coerce(v, to, call.at);
  } catch {
    throw misfit(call, [v.type]);
  }
}

/** The text of an argument that must be a literal here. */
export function literal(v: Value, call: Call, what: string): string {
  const text = knownText(v);
  if (text === null)
    throw v.type.kind === 'varchar'
      ? unsupported(`${call.name} with ${what} that is no literal`, call.at)
      : misfit(call, [v.type]);
  return text;
}
