import { unsupported } from '../errors.ts';
import type { Expr, SortItem } from './ast.ts';
import { parseCall, parseSpecialCall } from './call.ts';
import type { Cursor } from './cursor.ts';
import { parseQuery } from './query.ts';
import { parseType } from './type.ts';

/** An expression, loosest first: OR, AND, NOT, predicates, `||`, `+ -`, `* / %`, signs, AT TIME ZONE. */
export function parseExpr(c: Cursor): Expr {
  return c.nested(() => {
    let left = conjunction(c);
    while (c.at('OR')) {
      const { at } = c.next();
      left = { kind: 'or', at, left, right: conjunction(c) };
    }
    return left;
  });
}

function conjunction(c: Cursor): Expr {
  let left = negation(c);
  while (c.at('AND')) {
    const { at } = c.next();
    left = { kind: 'and', at, left, right: negation(c) };
  }
  return left;
}

function negation(c: Cursor): Expr {
  const { at } = c.peek();
  if (c.accept('NOT')) return c.nested(() => ({ kind: 'not', at, arg: negation(c) }));
  return predicate(c);
}

function predicate(c: Cursor): Expr {
  const left = parseValue(c);
  const { at, text } = c.peek();
  const op = text === '!=' ? '<>' : text;
  if (c.peek().kind === 'op' && /^(=|<>|<|<=|>|>=)$/.test(op)) {
    c.next();
    if (c.at('ALL', '(') || c.at('ANY', '(') || c.at('SOME', '(')) {
      const quantifier = c.next().upper === 'ALL' ? 'ALL' : 'ANY';
      const query = c.parenthesized(() => parseQuery(c));
      return { kind: 'quantified', at, op: op as '=', quantifier, arg: left, query };
    }
    return { kind: 'compare', at, op: op as '=', left, right: parseValue(c) };
  }
  if (c.accept('IS')) {
    const not = c.accept('NOT');
    const test: Expr = c.accept('NULL')
      ? { kind: 'isNull', at, arg: left }
      : (c.expect('DISTINCT', 'FROM'), { kind: 'isDistinct', at, left, right: parseValue(c) });
    return not ? { kind: 'not', at, arg: test } : test;
  }
  const not = c.accept('NOT');
  const test = membership(c, left, at);
  if (test === null) {
    if (not) throw c.mismatch('expected BETWEEN, IN or LIKE');
    return left;
  }
  return not ? { kind: 'not', at, arg: test } : test;
}

function membership(c: Cursor, arg: Expr, at: number): Expr | null {
  if (c.accept('BETWEEN')) {
    const low = parseValue(c);
    c.expect('AND');
    return { kind: 'between', at, arg, low, high: parseValue(c) };
  }
  if (c.accept('LIKE')) {
    const pattern = parseValue(c);
    return { kind: 'like', at, arg, pattern, escape: c.accept('ESCAPE') ? parseValue(c) : null };
  }
  if (!c.accept('IN')) return null;
  return c.parenthesized((): Expr => {
    if (startsQuery(c)) return { kind: 'inQuery', at, arg, query: parseQuery(c) };
    return { kind: 'in', at, arg, items: c.list(() => parseExpr(c)) };
  });
}

export const startsQuery = (c: Cursor): boolean => {
  let ahead = 0;
  while (c.peek(ahead).text === '(' && c.peek(ahead).kind === 'op') ahead++;
  return ['SELECT', 'WITH', 'VALUES', 'TABLE'].includes(c.peek(ahead).upper);
};

/** What binds closer than a predicate: the operands of comparisons, of IN and of POSITION. */
export function parseValue(c: Cursor): Expr {
  return leftAssociative(c, ['||'], () =>
    leftAssociative(c, ['+', '-'], () => leftAssociative(c, ['*', '/', '%'], () => signed(c))),
  );
}

function leftAssociative(c: Cursor, ops: string[], operand: () => Expr): Expr {
  let left = operand();
  for (;;) {
    const token = c.peek();
    if (token.kind !== 'op' || !ops.includes(token.text)) return left;
    c.next();
    left = { kind: 'arithmetic', at: token.at, op: token.text as '+', left, right: operand() };
  }
}

function signed(c: Cursor): Expr {
  const { at } = c.peek();
  if (c.accept('-')) return c.nested(() => ({ kind: 'negate', at, arg: signed(c) }));
  if (c.accept('+')) return c.nested(() => signed(c));
  return zoned(c);
}

function zoned(c: Cursor): Expr {
  let arg = postfix(c);
  while (c.at('AT')) {
    const { at } = c.peek();
    if (!c.accept('AT', 'TIME', 'ZONE')) break;
    arg = { kind: 'atTimeZone', at, arg, zone: postfix(c) };
  }
  return arg;
}

function postfix(c: Cursor): Expr {
  let base = primary(c);
  for (;;) {
    const { at } = c.peek();
    if (c.accept('[')) {
      const index = parseValue(c);
      c.expect(']');
      base = { kind: 'subscript', at, base, index };
    } else if (c.at('.') && base.kind !== 'number') {
      c.next();
      const name = c.name();
      base =
        base.kind === 'name'
          ? { ...base, parts: [...base.parts, name] }
          : { kind: 'field', at: base.at, base, name };
    } else return base;
  }
}

function primary(c: Cursor): Expr {
  const t = c.peek();
  const at = t.at;
  if (t.kind === 'number') return c.next(), { kind: 'number', at, text: t.text };
  if (t.kind === 'string') return c.next(), { kind: 'string', at, text: t.text };
  if (t.kind === 'binary') return c.next(), { kind: 'binaryText', at, hex: t.text };
  if (c.accept('?')) return { kind: 'parameter', at, index: c.parameters++ };
  if (c.at('(')) return parenthesis(c);
  if (t.kind === 'word') {
    const special = keyword(c, at) ?? parseSpecialCall(c);
    if (special !== null) return special;
    const after = c.peek(1);
    if (after.text === '->' && after.kind === 'op' && c.atName()) {
      const param = c.name();
      c.next();
      return { kind: 'lambda', at, params: [param], body: parseExpr(c) };
    }
    if (after.text === '(' && after.kind === 'op' && c.atName())
      return { kind: 'call', at, call: parseCall(c) };
  }
  if (c.atName()) return { kind: 'name', at, parts: [c.name()] };
  throw c.mismatch('expected an expression');
}

function parenthesis(c: Cursor): Expr {
  const { at } = c.peek();
  const lambda = lambdaParams(c);
  if (lambda !== null) return { kind: 'lambda', at, params: lambda, body: parseExpr(c) };
  return c.parenthesized((): Expr => {
    if (startsQuery(c)) {
      const mark = c.mark();
      const query = parseQuery(c);
      if (c.at(')')) return { kind: 'subquery', at, query };
      c.reset(mark);
    }
    const items = c.list(() => parseExpr(c));
    return items.length === 1 ? items[0]! : { kind: 'row', at, items };
  });
}

/** `(a, b) ->` or `() ->`, else null without moving. */
function lambdaParams(c: Cursor): { text: string; at: number }[] | null {
  const mark = c.mark();
  c.next();
  const params = [];
  if (!c.at(')')) {
    do {
      if (!c.atName()) return c.reset(mark), null;
      params.push(c.name());
    } while (c.accept(','));
  }
  if (c.accept(')', '->')) return params;
  c.reset(mark);
  return null;
}

function keyword(c: Cursor, at: number): Expr | null {
  if (c.accept('NULL')) return { kind: 'null', at };
  if (c.accept('TRUE')) return { kind: 'boolean', at, value: true };
  if (c.accept('FALSE')) return { kind: 'boolean', at, value: false };
  if (c.accept('EXISTS')) return { kind: 'exists', at, query: c.parenthesized(() => parseQuery(c)) };
  if (c.accept('CASE')) return caseOf(c, at);
  if (c.at('CAST', '(') || c.at('TRY_CAST', '(')) {
    const safe = c.next().upper === 'TRY_CAST';
    return c.parenthesized(() => {
      const arg = parseExpr(c);
      c.expect('AS');
      return { kind: 'cast', at, arg, safe, ...parseType(c) };
    });
  }
  if (c.accept('ARRAY', '[')) {
    const items = c.at(']') ? [] : c.list(() => parseExpr(c));
    c.expect(']');
    return { kind: 'array', at, items };
  }
  if (c.accept('ROW', '(')) {
    const items = c.list(() => parseExpr(c));
    c.expect(')');
    return { kind: 'row', at, items };
  }
  const { upper } = c.peek();
  if (
    c.peek(1).kind === 'string' &&
    ['DATE', 'TIMESTAMP', 'DECIMAL', 'JSON', 'DOUBLE', 'BIGINT'].includes(upper)
  ) {
    c.next();
    return { kind: 'typed', at, type: upper.toLowerCase() as 'date', text: c.string() };
  }
  // Other types in front of a text convert it.
  if (c.peek(1).kind === 'string' && /^(REAL|INTEGER|INT|SMALLINT|TINYINT|VARCHAR|BOOLEAN)$/.test(upper)) {
    const { type, length } = parseType(c);
    return { kind: 'cast', at, arg: { kind: 'string', at, text: c.string() }, safe: false, type, length };
  }
  if (upper === 'U' && c.peek(1).text === '&' && c.peek(2).kind === 'string')
    throw unsupported("a text of the form U&'..'", at);
  if (c.peek(1).kind === 'string' && ['TIME', 'CHAR', 'U', 'UUID', 'IPADDRESS'].includes(upper))
    throw unsupported(`a literal of type ${upper.toLowerCase()}`, at);
  if (
    c.at('INTERVAL') &&
    (c.peek(1).kind === 'string' ||
      c.peek(1).text === '-' ||
      c.peek(1).text === '+' ||
      c.peek(1).kind === 'number')
  ) {
    c.next();
    const negative = c.accept('-') || (c.accept('+'), false);
    const text = c.string();
    const unit = c.next().upper;
    if (c.at('TO')) throw unsupported('an interval of more than one unit', at);
    if (!['SECOND', 'MINUTE', 'HOUR', 'DAY', 'MONTH', 'YEAR'].includes(unit))
      throw c.mismatch('expected a unit of time');
    return { kind: 'interval', at, negative, text, unit: unit.toLowerCase() };
  }
  return null;
}

function caseOf(c: Cursor, at: number): Expr {
  const operand = c.at('WHEN') ? null : parseExpr(c);
  const whens: { when: Expr; then: Expr }[] = [];
  while (c.accept('WHEN')) {
    const when = parseExpr(c);
    c.expect('THEN');
    // biome-ignore lint/suspicious/noThenProperty: the CASE clause calls it then; the object is never awaited
    whens.push({ when, then: parseExpr(c) });
  }
  if (whens.length === 0) throw c.mismatch('expected WHEN');
  const otherwise = c.accept('ELSE') ? parseExpr(c) : null;
  c.expect('END');
  return { kind: 'case', at, operand, whens, otherwise };
}

/** The items after ORDER BY; without NULLS FIRST or LAST, nulls come last in either direction. */
export function parseSortItems(c: Cursor): SortItem[] {
  return c.list(() => {
    const expr = parseExpr(c);
    const descending = c.accept('DESC') || (c.accept('ASC'), false);
    const nullsFirst = c.accept('NULLS', 'FIRST') || (c.accept('NULLS', 'LAST'), false);
    return { expr, descending, nullsFirst };
  });
}
