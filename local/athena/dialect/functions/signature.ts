import { Cursor } from '../parse/cursor.ts';
import { parseType } from '../parse/type.ts';
import { arrayOf, coerces, commonType, mapOf, type Type } from '../types.ts';

/**
 * One way to call a function: `name(types) -> type = DuckDB SQL`. In the SQL `$1`, `$2` are the
 * arguments, already of the types wanted; `T`, `K`, `V` stand for any type, `timestamp` for any precision.
 */
export interface Signature {
  name: string;
  params: Type[];
  result: Type;
  sql: string;
}

/** Reads signatures, one a line. */
export function signatures(text: string): Map<string, Signature[]> {
  const all = new Map<string, Signature[]>();
  for (const line of text.split('\n').map((l) => l.trim())) {
    if (line === '') continue;
    const m = /^(\w+)\((.*?)\) -> (.+?) = (.+)$/.exec(line);
    if (m === null) throw new Error(`unreadable signature: ${line}`);
    const [, name, params, result, sql] = m as unknown as [string, string, string, string, string];
    const signature = { name, params: types(params), result: types(result)[0]!, sql };
    all.set(name, [...(all.get(name) ?? []), signature]);
  }
  return all;
}

function types(text: string): Type[] {
  if (text.trim() === '') return [];
  const c = new Cursor(text);
  return c.list(() => one(c));
}

function one(c: Cursor): Type {
  const word = c.peek().text;
  if (/^[TKVU]$/.test(word)) return { kind: 'variable', name: c.next().text };
  if (word === 'array' || word === 'map') {
    c.next();
    c.expect('(');
    const first = one(c);
    let type = arrayOf(first);
    if (word === 'map') {
      c.expect(',');
      type = mapOf(first, one(c));
    }
    c.expect(')');
    return type;
  }
  return parseType(c).type;
}

/** The types that the arguments must take and that of the result, or null when this isn't the one. */
export function match(signature: Signature, args: Type[]): { params: Type[]; result: Type } | null {
  if (signature.params.length !== args.length) return null;
  const bound = new Map<string, Type>();
  for (const [i, p] of signature.params.entries()) if (!bind(p, args[i]!, bound)) return null;
  const params = signature.params.map((p) => substitute(p, bound));
  return params.every((p, i) => coerces(args[i]!, p))
    ? { params, result: substitute(signature.result, bound) }
    : null;
}

function bind(param: Type, arg: Type, bound: Map<string, Type>): boolean {
  if (param.kind === 'variable') {
    const before = bound.get(param.name);
    const type = before === undefined ? arg : commonType(before, arg);
    if (type === null) return false;
    bound.set(param.name, type);
    return true;
  }
  if (arg.kind === 'unknown') return true;
  if (param.kind === 'array') return arg.kind === 'array' && bind(param.of, arg.of, bound);
  if (param.kind === 'map')
    return arg.kind === 'map' && bind(param.key, arg.key, bound) && bind(param.value, arg.value, bound);
  return true;
}

function substitute(type: Type, bound: Map<string, Type>): Type {
  switch (type.kind) {
    case 'variable':
      return bound.get(type.name) ?? { kind: 'unknown' };
    case 'array':
      return arrayOf(substitute(type.of, bound));
    case 'map':
      return mapOf(substitute(type.key, bound), substitute(type.value, bound));
    default:
      return type;
  }
}

/** How far the arguments are from what a signature wants: the nearest is called. */
export const distance = (args: Type[], params: Type[]): number =>
  args.reduce(
    (sum, a, i) =>
      sum + (a.kind === params[i]!.kind ? 0 : a.kind === 'unknown' ? 0.1 : rank(params[i]!.kind)),
    0,
  );

const rank = (kind: string): number =>
  1 + ['smallint', 'integer', 'bigint', 'decimal', 'real', 'double'].indexOf(kind) / 10;
