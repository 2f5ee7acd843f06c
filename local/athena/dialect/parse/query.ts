import { SqlError, unsupported } from '../errors.ts';
import type { Body, Expr, GroupElement, Query, Select, SelectItem } from './ast.ts';
import { parseWindow } from './call.ts';
import type { Cursor } from './cursor.ts';
import { parseExpr, parseSortItems } from './expression.ts';
import { parseRelation } from './relation.ts';

/** `[WITH ..] body [ORDER BY ..] [OFFSET ..] [LIMIT ..]` */
export function parseQuery(c: Cursor): Query {
  return c.nested(() => {
    const { at } = c.peek();
    const ctes: Query['with'] = [];
    if (c.accept('WITH')) {
      if (c.at('RECURSIVE')) throw unsupported('WITH RECURSIVE', c.peek().at);
      ctes.push(
        ...c.list(() => {
          const name = c.name();
          const columns = c.at('(') ? c.parenthesized(() => c.list(() => c.name())) : null;
          c.expect('AS');
          return { name, columns, query: c.parenthesized(() => parseQuery(c)) };
        }),
      );
    }
    const body = setOperation(c);
    const order = c.accept('ORDER', 'BY') ? parseSortItems(c) : [];
    let offset: Expr | null = null;
    if (c.accept('OFFSET')) {
      offset = count(c);
      if (!c.accept('ROWS')) c.accept('ROW');
    }
    return { at, with: ctes, body, order, offset, limit: limit(c) };
  });
}

function limit(c: Cursor): Expr | null {
  if (c.accept('LIMIT')) return c.accept('ALL') ? null : count(c);
  if (!c.accept('FETCH')) return null;
  if (!c.accept('FIRST')) c.expect('NEXT');
  const rows: Expr = c.at('ROW') || c.at('ROWS') ? { kind: 'number', at: c.peek().at, text: '1' } : count(c);
  if (!c.accept('ROWS')) c.expect('ROW');
  if (c.at('WITH')) throw unsupported('FETCH FIRST .. WITH TIES', c.peek().at);
  c.expect('ONLY');
  return rows;
}

function count(c: Cursor): Expr {
  const { at, kind } = c.peek();
  if (kind !== 'number' && !c.at('?')) throw c.mismatch('expected a whole number');
  const expr = parseExpr(c);
  if (expr.kind !== 'parameter' && !(expr.kind === 'number' && /^\d+$/.test(expr.text)))
    throw new SqlError('INVALID_LIMIT_CLAUSE', 'LIMIT and OFFSET take a whole number', at);
  return expr;
}

function setOperation(c: Cursor): Body {
  let left = intersection(c);
  while (c.at('UNION') || c.at('EXCEPT')) {
    const { at, upper } = c.next();
    const all = c.accept('ALL') || (c.accept('DISTINCT'), false);
    left = { kind: 'set', at, op: upper as 'UNION', all, left, right: intersection(c) };
  }
  return left;
}

function intersection(c: Cursor): Body {
  let left = term(c);
  while (c.at('INTERSECT')) {
    const { at } = c.next();
    const all = c.accept('ALL') || (c.accept('DISTINCT'), false);
    left = { kind: 'set', at, op: 'INTERSECT', all, left, right: term(c) };
  }
  return left;
}

function term(c: Cursor): Body {
  const { at } = c.peek();
  if (c.at('(')) return { kind: 'nested', at, query: c.parenthesized(() => parseQuery(c)) };
  if (c.accept('VALUES')) return { kind: 'values', at, rows: c.list(() => parseExpr(c)) };
  if (c.at('TABLE')) throw unsupported('TABLE name as a query', at);
  return { kind: 'select', ...select(c) };
}

function select(c: Cursor): Select {
  const { at } = c.peek();
  c.expect('SELECT');
  const distinct = c.accept('DISTINCT') || (c.accept('ALL'), false);
  if (distinct && c.at('ON', '('))
    throw c.mismatch('DISTINCT ON is no Athena SQL: use row_number() or max_by()');
  const items = c.list(() => selectItem(c));
  let from: Select['from'] = null;
  if (c.accept('FROM')) {
    from = parseRelation(c);
    while (c.at(',')) {
      const comma = c.next();
      from = {
        kind: 'join',
        at: comma.at,
        type: 'CROSS',
        left: from,
        right: parseRelation(c),
        on: null,
        using: null,
      };
    }
  }
  const where = c.accept('WHERE') ? parseExpr(c) : null;
  const group = c.accept('GROUP', 'BY') ? groupBy(c) : null;
  const having = c.accept('HAVING') ? parseExpr(c) : null;
  const windows = c.accept('WINDOW')
    ? c.list(() => {
        const name = c.name();
        c.expect('AS');
        return { name, window: parseWindow(c) };
      })
    : [];
  return { at, distinct, items, from, where, group, having, windows };
}

function selectItem(c: Cursor): SelectItem {
  const { at } = c.peek();
  if (c.accept('*')) return { kind: 'star', at, qualifier: [] };
  const mark = c.mark();
  if (c.atName()) {
    const qualifier = [c.name()];
    while (c.at('.') && c.atName(1)) {
      c.next();
      qualifier.push(c.name());
    }
    if (c.accept('.', '*')) return { kind: 'star', at, qualifier };
    c.reset(mark);
  }
  const expr = parseExpr(c);
  const alias = c.accept('AS') || c.atName() ? c.name() : null;
  return { kind: 'expr', expr, alias };
}

function groupBy(c: Cursor): GroupElement[] {
  if (c.at('ALL') || c.at('DISTINCT')) throw unsupported(`GROUP BY ${c.peek().upper}`, c.peek().at);
  return c.list((): GroupElement => {
    if (c.accept('GROUPING', 'SETS'))
      return { kind: 'sets', sets: c.parenthesized(() => c.list(() => groupingSet(c))) };
    if (c.accept('ROLLUP'))
      return { kind: 'rollup', sets: c.parenthesized(() => c.list(() => groupingSet(c))) };
    if (c.accept('CUBE')) return { kind: 'cube', sets: c.parenthesized(() => c.list(() => groupingSet(c))) };
    if (c.accept('(', ')')) return { kind: 'sets', sets: [[]] };
    return { kind: 'plain', expr: parseExpr(c) };
  });
}

function groupingSet(c: Cursor): Expr[] {
  if (c.accept('(', ')')) return [];
  const expr = parseExpr(c);
  return expr.kind === 'row' ? expr.items : [expr];
}
