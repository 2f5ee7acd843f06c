import { unsupported } from '../errors.ts';
import type { Bound, Call, Expr, Frame, Window } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseExpr, parseSortItems, parseValue } from './expression.ts';

const plain = (name: string, at: number, args: Expr[]): Expr => ({
  kind: 'call',
  at,
  call: {
    name,
    at,
    args,
    star: false,
    distinct: false,
    order: [],
    filter: null,
    ignoreNulls: false,
    over: null,
  },
});

/** `f(DISTINCT a, b ORDER BY c) FILTER (WHERE d) IGNORE NULLS OVER (...)` */
export function parseCall(c: Cursor): Call {
  const { text, at } = c.name();
  c.expect('(');
  const call: Call = {
    name: text.toLowerCase(),
    at,
    args: [],
    star: false,
    distinct: false,
    order: [],
    filter: null,
    ignoreNulls: false,
    over: null,
  };
  if (c.accept('*')) call.star = true;
  else if (!c.at(')')) {
    call.distinct = c.accept('DISTINCT') || (c.accept('ALL'), false);
    call.args = c.list(() => parseExpr(c));
    if (c.accept('ORDER', 'BY')) call.order = parseSortItems(c);
  }
  c.expect(')');
  return modifiers(c, call);
}

function modifiers(c: Cursor, call: Call): Call {
  if (c.at('WITHIN', 'GROUP')) throw unsupported(`WITHIN GROUP for ${call.name}`, c.peek().at);
  if (c.accept('FILTER')) {
    c.expect('(', 'WHERE');
    call.filter = parseExpr(c);
    c.expect(')');
  }
  if (c.at('IGNORE', 'NULLS') || c.at('RESPECT', 'NULLS')) {
    call.ignoreNulls = c.next().upper === 'IGNORE';
    c.next();
  }
  if (c.accept('OVER'))
    call.over = c.at('(') ? parseWindow(c) : { base: c.name(), partition: [], order: [], frame: null };
  return call;
}

/** What stands in the parentheses after OVER or WINDOW name AS. */
export function parseWindow(c: Cursor): Window {
  return c.parenthesized(() => {
    const named = c.atName() && !c.at('PARTITION') && !c.at('ROWS') && !c.at('RANGE') && !c.at('GROUPS');
    const base = named ? c.name() : null;
    const partition = c.accept('PARTITION', 'BY') ? c.list(() => parseExpr(c)) : [];
    const order = c.accept('ORDER', 'BY') ? parseSortItems(c) : [];
    return { base, partition, order, frame: frame(c) };
  });
}

function frame(c: Cursor): Frame | null {
  const unit = c.peek().upper;
  if (unit !== 'ROWS' && unit !== 'RANGE' && unit !== 'GROUPS') return null;
  c.next();
  if (!c.accept('BETWEEN')) return { unit, start: bound(c), end: null };
  const start = bound(c);
  c.expect('AND');
  return { unit, start, end: bound(c) };
}

function bound(c: Cursor): Bound {
  if (c.accept('UNBOUNDED')) {
    const kind = c.accept('PRECEDING')
      ? 'UNBOUNDED PRECEDING'
      : (c.expect('FOLLOWING'), 'UNBOUNDED FOLLOWING');
    return { kind: kind as 'UNBOUNDED PRECEDING' };
  }
  if (c.accept('CURRENT', 'ROW')) return { kind: 'CURRENT ROW' };
  const offset = parseExpr(c);
  return { kind: c.accept('PRECEDING') ? 'PRECEDING' : (c.expect('FOLLOWING'), 'FOLLOWING'), offset };
}

/** Functions with a syntax of their own; null when none of them comes next. */
export function parseSpecialCall(c: Cursor): Expr | null {
  const { at, upper } = c.peek();
  if (['CURRENT_DATE', 'CURRENT_TIMESTAMP', 'LOCALTIMESTAMP'].includes(upper)) {
    c.next();
    if (c.at('(')) throw unsupported(`${upper.toLowerCase()} with a precision`, at);
    return plain(upper.toLowerCase(), at, []);
  }
  if (
    /^(CURRENT_|LOCALTIME|JSON_(ARRAY|EXISTS|OBJECT|QUERY|TABLE|VALUE)$|NORMALIZE$)/.test(upper) &&
    c.peek().kind === 'word'
  )
    throw unsupported(upper.toLowerCase(), at);
  if (c.accept('EXTRACT')) {
    return c.parenthesized(() => {
      const field = c.next().upper.toLowerCase();
      c.expect('FROM');
      return plain(`extract_${field}`, at, [parseExpr(c)]);
    });
  }
  if (c.accept('GROUPING'))
    return plain(
      'grouping',
      at,
      c.parenthesized(() => c.list(() => parseExpr(c))),
    );
  if (c.accept('TRIM')) return c.parenthesized(() => trim(c, at));
  if (c.at('POSITION', '(')) {
    c.next();
    return c.parenthesized(() => {
      const part = parseValue(c);
      c.expect('IN');
      return plain('strpos', at, [parseValue(c), part]);
    });
  }
  if (c.at('SUBSTRING', '(')) return substring(c, at);
  if (c.accept('LISTAGG')) return listagg(c, at);
  return null;
}

function trim(c: Cursor, at: number): Expr {
  const side = c.at('LEADING') || c.at('TRAILING') || c.at('BOTH') ? c.next().upper : null;
  const first = c.at('FROM') ? null : parseExpr(c);
  if (!c.accept('FROM')) {
    if (side !== null) throw c.mismatch('expected FROM');
    const rest = c.accept(',') ? [parseExpr(c)] : [];
    return plain('trim', at, [first!, ...rest]);
  }
  const name = side === 'LEADING' ? 'ltrim' : side === 'TRAILING' ? 'rtrim' : 'trim';
  const text = parseExpr(c);
  return plain(name, at, first === null ? [text] : [text, first]);
}

/** `substring(text FROM 2 FOR 3)`, or with commas. */
function substring(c: Cursor, at: number): Expr {
  c.next();
  return c.parenthesized(() => {
    const args = [parseExpr(c)];
    const words = c.accept('FROM');
    if (!words) c.expect(',');
    args.push(parseExpr(c));
    if (words ? c.accept('FOR') : c.accept(',')) args.push(parseExpr(c));
    return plain('substring', at, args);
  });
}

function listagg(c: Cursor, at: number): Expr {
  c.expect('(');
  const distinct = c.accept('DISTINCT') || (c.accept('ALL'), false);
  const args = c.list(() => parseExpr(c));
  if (c.at('ON')) throw unsupported('LISTAGG with ON OVERFLOW', c.peek().at);
  c.expect(')', 'WITHIN', 'GROUP', '(', 'ORDER', 'BY');
  const order = parseSortItems(c);
  c.expect(')');
  const call: Call = {
    name: 'listagg',
    at,
    args,
    star: false,
    distinct,
    order,
    filter: null,
    ignoreNulls: false,
    over: null,
  };
  return { kind: 'call', at, call: modifiers(c, call) };
}
