import { columnNotFound, SqlError, unsupported } from '../errors.ts';
import type { Expr, Name } from '../parse/ast.ts';
import {
  arrayOf,
  BIGINT,
  BOOLEAN,
  display,
  INTEGER,
  isInteger,
  isNumeric,
  UNKNOWN,
  VARBINARY,
  VARCHAR,
} from '../types.ts';
import { arithmetic, negate } from './arithmetic.ts';
import { analyzeCall } from './call.ts';
import { comparable, compared, isPlain } from './compare.ts';
import { alike, cast, coerce, unify } from './convert.ts';
import { decimalLiteral, intervalLiteral, numberLiteral, typedLiteral } from './literal.ts';
import { analyzeQuery } from './query.ts';
import { type Env, resolve } from './scope.ts';
import { type Constant, knownText, quote, scalar, type Value, value } from './value.ts';
import { zoneOf } from './zones.ts';

/** Checks an expression as Athena would and says it in DuckDB's words. */
export function analyze(expr: Expr, env: Env): Value {
  const v = inner(expr, env);
  // In an aggregation, a group key is known however it is written.
  return env.groupKeys?.has(v.sql) ? { ...v, free: [] } : v;
}

/** An expression that must be a boolean: WHERE, ON, HAVING, FILTER, operands of AND. */
export function condition(expr: Expr, env: Env, what: string): Value {
  const v = analyze(expr, env);
  if (v.type.kind !== 'boolean' && v.type.kind !== 'unknown')
    throw new SqlError(
      'TYPE_MISMATCH',
      `${what} must evaluate to a boolean: actual type ${display(v.type)}`,
      expr.at,
    );
  return v.type.kind === 'unknown' ? { ...v, sql: 'CAST(NULL AS BOOLEAN)', type: BOOLEAN } : v;
}

function inner(expr: Expr, env: Env): Value {
  const at = expr.at;
  switch (expr.kind) {
    case 'number':
      return numberLiteral(expr.text, at);
    case 'string':
      return scalar(quote(text(expr.text, at)), VARCHAR, expr.text);
    case 'binaryText':
      return value(`unhex('${expr.hex}')`, VARBINARY);
    case 'boolean':
      return scalar(expr.value ? 'TRUE' : 'FALSE', BOOLEAN, expr.value);
    case 'null':
      return scalar('NULL', UNKNOWN, null);
    case 'typed':
      return expr.type === 'decimal'
        ? decimalLiteral(expr.text, at)
        : typedLiteral(expr.type, text(expr.text, at), at);
    case 'interval':
      return intervalLiteral(expr.negative, expr.text, expr.unit, at);
    case 'parameter': {
      const given = env.statement.parameters[expr.index];
      if (given === undefined)
        throw new SqlError('INVALID_PARAMETER_USAGE', 'Incorrect number of parameters: a ? has no value', at);
      return inner(given, env);
    }
    case 'name':
      return reference(expr.parts, env);
    case 'negate':
      // The smallest numbers, whose digits alone are too large for their type.
      if (expr.arg.kind === 'number' && expr.arg.text === '2147483648')
        return scalar('(-2147483648)', INTEGER, -2147483648n);
      if (expr.arg.kind === 'number' && expr.arg.text === '9223372036854775808')
        return scalar("CAST('-9223372036854775808' AS BIGINT)", BIGINT, -9223372036854775808n);
      return negate(analyze(expr.arg, env), at);
    case 'arithmetic':
      return arithmetic(expr.op, analyze(expr.left, env), analyze(expr.right, env), at);
    case 'compare': {
      return compared(expr.op, analyze(expr.left, env), analyze(expr.right, env), at);
    }
    case 'and':
    case 'or': {
      const what = `Operand of ${expr.kind.toUpperCase()}`;
      const [a, b] = [condition(expr.left, env, what), condition(expr.right, env, what)];
      return value(`(${a.sql} ${expr.kind.toUpperCase()} ${b.sql})`, BOOLEAN, [a, b]);
    }
    case 'not': {
      const v = condition(expr.arg, env, 'Value of NOT');
      return value(`(NOT ${v.sql})`, BOOLEAN, [v]);
    }
    case 'between': {
      const all = [expr.arg, expr.low, expr.high].map((e) => analyze(e, env));
      const { values } = unify(all, 'operands of BETWEEN', at);
      const [low, high] = [
        compared('>=', values[0]!, values[1]!, at),
        compared('<=', values[0]!, values[2]!, at),
      ];
      return value(`(${low.sql} AND ${high.sql})`, BOOLEAN, values);
    }
    case 'in': {
      const { values, type } = unify(
        [expr.arg, ...expr.items].map((e) => analyze(e, env)),
        'operands of IN',
        at,
      );
      const [arg, ...items] = values;
      const sql = isPlain(type)
        ? `${arg!.sql} IN (${items.map((i) => i.sql).join(', ')})`
        : items.map((i) => compared('=', arg!, i, at).sql).join(' OR ');
      return value(`(${sql})`, BOOLEAN, values);
    }
    case 'inQuery': {
      const arg = analyze(expr.arg, env);
      const query = analyzeQuery(expr.query, env);
      if (arg.type.kind === 'row') throw unsupported('a row before IN (SELECT ..)', at);
      if (query.columns.length !== 1)
        throw new SqlError('TYPE_MISMATCH', 'a subquery after IN must give one column', at);
      const [a, b, type] = alike(arg, value('c0', query.columns[0]!.type), 'IN', at);
      comparable(type, '=', at);
      return value(`(${a.sql} IN (SELECT ${b.sql} FROM (${query.sql}) AS q))`, BOOLEAN, [a]);
    }
    case 'like':
      return like(expr, env);
    case 'isNull': {
      const v = analyze(expr.arg, env);
      return value(`(${v.sql} IS NULL)`, BOOLEAN, [v]);
    }
    case 'isDistinct': {
      const [a, b, type] = alike(analyze(expr.left, env), analyze(expr.right, env), 'IS DISTINCT FROM', at);
      comparable(type, 'IS DISTINCT FROM', at);
      return value(`(${a.sql} IS DISTINCT FROM ${b.sql})`, BOOLEAN, [a, b]);
    }
    case 'case':
      return caseOf(expr, env);
    case 'cast':
      return castOf(expr, env);
    case 'call':
      return analyzeCall(expr.call, env);
    case 'lambda':
      throw new SqlError(
        'TYPE_MISMATCH',
        'a lambda stands only as the argument of a function that takes one',
        at,
      );
    case 'array': {
      if (expr.items.length === 0)
        return { ...value('[]', arrayOf(UNKNOWN)), constant: { kind: 'list', items: [] } };
      const { values, type } = unify(
        expr.items.map((e) => analyze(e, env)),
        'ARRAY elements',
        at,
      );
      const v = value(`[${values.map((i) => i.sql).join(', ')}]`, arrayOf(type), values);
      return values.every((i) => i.constant)
        ? { ...v, constant: { kind: 'list', items: values.map((i) => i.constant!) } }
        : v;
    }
    case 'row': {
      const values = expr.items.map((e) => analyze(e, env));
      const fields = values.map((i, n) => `f${n} := ${i.sql}`);
      return value(
        `struct_pack(${fields.join(', ')})`,
        { kind: 'row', fields: values.map((i) => ({ name: null, type: i.type })) },
        values,
      );
    }
    case 'subscript':
      return subscript(analyze(expr.base, env), analyze(expr.index, env), at);
    case 'field':
      return field(analyze(expr.base, env), expr.name);
    case 'atTimeZone':
      return inZone(analyze(expr.arg, env), analyze(expr.zone, env), at);
    case 'subquery': {
      const query = analyzeQuery(expr.query, env);
      if (query.columns.length !== 1)
        throw new SqlError(
          'TYPE_MISMATCH',
          `a subquery used as a value must give one column, not ${query.columns.length}`,
          at,
        );
      return value(`(${query.sql})`, query.columns[0]!.type);
    }
    case 'quantified':
      return quantified(expr, env);
    case 'exists':
      return value(`EXISTS (${analyzeQuery(expr.query, env).sql})`, BOOLEAN);
  }
}

const text = (s: string, at: number): string => {
  if (s.includes('\0')) throw unsupported('a text with the character NUL', at);
  return s;
};

function reference(parts: Name[], env: Env): Value {
  const bound = env.lambda.get(parts[0]!.text.toLowerCase());
  let v: Value;
  let rest: Name[];
  if (bound !== undefined) {
    v = bound;
    rest = parts.slice(1);
  } else {
    const { column, used, outer } = resolve(env, parts);
    if (column.name === '$path') for (const o of column.origins ?? []) o.scan.path = true;
    const label = parts.map((p) => p.text).join('.');
    v = { ...value(column.sql, column.type), free: outer ? [] : [{ label, at: parts[0]!.at }] };
    if (column.constant) v.constant = column.constant;
    if (!outer && column.origins && column.name !== '$path') v.origins = column.origins;
    rest = parts.slice(used);
  }
  return rest.reduce(field, v);
}

function field(v: Value, name: Name): Value {
  if (v.type.kind !== 'row')
    throw new SqlError(
      'TYPE_MISMATCH',
      `Expression is not of type ROW, so it has no field ${name.text}`,
      name.at,
    );
  const index = v.type.fields.findIndex((f) => f.name?.toLowerCase() === name.text.toLowerCase());
  if (index < 0) throw columnNotFound(name.text, name.at);
  return value(`(${v.sql}).f${index}`, v.type.fields[index]!.type, [v]);
}

/** `array[i]` from 1, `map[key]`, `row[i]`: out of bounds or a missing key is an error, as in Athena. */
export function subscript(base: Value, index: Value, at: number): Value {
  const { type } = base;
  if (type.kind === 'array' && isInteger(index.type))
    return value(`t_subscript(${base.sql}, ${index.sql})`, type.of, [base, index]);
  if (type.kind === 'map') {
    const key = coerce(index, type.key, at);
    const found = lookup(base.constant, key.constant);
    const v = value(`t_map_at(${base.sql}, ${key.sql}, CAST(${key.sql} AS VARCHAR))`, type.value, [
      base,
      key,
    ]);
    if (found === null) return v;
    if (found.kind === 'scalar' && typeof found.value === 'string')
      return { ...v, sql: quote(found.value), constant: found };
    return { ...v, constant: found };
  }
  if (type.kind === 'row' && index.constant?.kind === 'scalar' && typeof index.constant.value === 'bigint') {
    const i = Number(index.constant.value) - 1;
    if (type.fields[i]) return value(`(${base.sql}).f${i}`, type.fields[i]!.type, [base]);
  }
  throw new SqlError(
    'TYPE_MISMATCH',
    `Cannot use ${display(index.type)} for subscript of ${display(type)}`,
    at,
  );
}

function lookup(map: Constant | undefined, key: Constant | undefined): Constant | null {
  if (map?.kind !== 'map' || key?.kind !== 'scalar') return null;
  return map.entries.find(([k]) => k.kind === 'scalar' && k.value === key.value)?.[1] ?? null;
}

/** The same moment on the clock of another zone; a timestamp without zone is read as UTC first. */
export function inZone(v: Value, zone: Value, at: number): Value {
  const name = zoneOf(zone, at);
  if (v.type.kind !== 'timestamptz' && v.type.kind !== 'timestamp')
    throw new SqlError(
      'TYPE_MISMATCH',
      `Type of value must be a timestamp with or without time zone: ${display(v.type)}`,
      at,
    );
  const moment = v.type.kind === 'timestamp' ? `timezone('UTC', ${v.sql})` : (v.moment ?? v.sql);
  return value(moment, { kind: 'timestamptz', zone: name, precision: v.type.precision }, [v, zone]);
}

/** `= ANY (SELECT ..)`, `> ALL (SELECT ..)` */
function quantified(expr: Extract<Expr, { kind: 'quantified' }>, env: Env): Value {
  const arg = analyze(expr.arg, env);
  const query = analyzeQuery(expr.query, env);
  if (query.columns.length !== 1)
    throw new SqlError('TYPE_MISMATCH', `a subquery after ${expr.quantifier} must give one column`, expr.at);
  const [a, b, type] = alike(arg, value('c0', query.columns[0]!.type), expr.op, expr.at);
  if (!isPlain(type)) throw unsupported(`${expr.op} ${expr.quantifier} over ${display(type)}`, expr.at);
  return value(
    `(${a.sql} ${expr.op} ${expr.quantifier} (SELECT ${b.sql} FROM (${query.sql}) AS q))`,
    BOOLEAN,
    [a],
  );
}

function like(expr: Extract<Expr, { kind: 'like' }>, env: Env): Value {
  const parts = [expr.arg, expr.pattern, ...(expr.escape ? [expr.escape] : [])].map((e) => analyze(e, env));
  for (const p of parts)
    if (p.type.kind !== 'varchar' && p.type.kind !== 'unknown')
      throw new SqlError(
        'TYPE_MISMATCH',
        `Left side of LIKE expression must evaluate to a varchar (actual: ${display(p.type)})`,
        expr.at,
      );
  // biome-ignore lint/suspicious/noShadowRestrictedNames: the LIKE clause calls it escape
  const escape = parts[2] ? ` ESCAPE ${parts[2].sql}` : '';
  const pattern = knownText(parts[1]!);
  if (escape !== '' && parts[2] && knownText(parts[2])?.length !== 1)
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', 'Escape string must be a single character', expr.at);
  if (escape !== '' && pattern === null)
    throw unsupported('LIKE .. ESCAPE with a pattern that is no literal', expr.at);
  return value(`(${parts[0]!.sql} LIKE ${parts[1]!.sql}${escape})`, BOOLEAN, parts);
}

function caseOf(expr: Extract<Expr, { kind: 'case' }>, env: Env): Value {
  const operand = expr.operand && analyze(expr.operand, env);
  const tests = expr.whens.map(({ when }) => {
    if (operand === null) return condition(when, env, 'CASE WHEN clause');
    return compared('=', operand, analyze(when, env), when.at);
  });
  const results = [...expr.whens.map((w) => w.then), ...(expr.otherwise ? [expr.otherwise] : [])].map((e) =>
    analyze(e, env),
  );
  const { values, type } = unify(results, 'CASE results', expr.at);
  const whens = tests.map((t, i) => `WHEN ${t.sql} THEN ${values[i]!.sql}`).join(' ');
  const otherwise = expr.otherwise ? ` ELSE ${values.at(-1)!.sql}` : '';
  return value(`CASE ${whens}${otherwise} END`, type, [...tests, ...values]);
}

function castOf(expr: Extract<Expr, { kind: 'cast' }>, env: Env): Value {
  const arg = analyze(expr.arg, env);
  let sql = cast(arg, expr.type, expr.at);
  if (expr.length !== null)
    sql = arg.type.kind === 'varchar' ? `left(${sql}, ${expr.length})` : `t_fits(${sql}, ${expr.length})`;
  const type = expr.type.kind === 'timestamptz' && arg.type.kind === 'timestamptz' ? arg.type : expr.type;
  const v = value(expr.safe ? `TRY(${sql})` : sql, type, [arg]);
  const same = arg.type.kind === expr.type.kind && expr.length === null;
  if (same && arg.constant && !isNumeric(arg.type)) v.constant = arg.constant;
  if (same && arg.origins && expr.type.kind === 'varchar') v.origins = arg.origins;
  return v;
}
