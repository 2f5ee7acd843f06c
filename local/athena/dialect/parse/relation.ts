import { unsupported } from '../errors.ts';
import type { Alias, Relation } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseExpr, startsQuery } from './expression.ts';
import { parseQuery } from './query.ts';

/** One element of FROM with all its joins. */
export function parseRelation(c: Cursor): Relation {
  let left = primary(c);
  for (;;) {
    const { at } = c.peek();
    if (c.at('NATURAL')) throw unsupported('NATURAL JOIN', at);
    if (c.accept('CROSS', 'JOIN')) {
      left = { kind: 'join', at, type: 'CROSS', left, right: primary(c), on: null, using: null };
      continue;
    }
    const type = joinType(c);
    if (type === null) return left;
    const right = primary(c);
    if (c.accept('USING')) {
      const using = c.parenthesized(() => c.list(() => c.name()));
      left = { kind: 'join', at, type, left, right, on: null, using };
    } else {
      c.expect('ON');
      left = { kind: 'join', at, type, left, right, on: parseExpr(c), using: null };
    }
  }
}

function joinType(c: Cursor): 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | null {
  if (c.accept('JOIN') || c.accept('INNER', 'JOIN')) return 'INNER';
  for (const side of ['LEFT', 'RIGHT', 'FULL'] as const)
    if (c.accept(side, 'JOIN') || c.accept(side, 'OUTER', 'JOIN')) return side;
  return null;
}

function primary(c: Cursor): Relation {
  const { at } = c.peek();
  if (c.accept('UNNEST', '(')) {
    const args = c.list(() => parseExpr(c));
    c.expect(')');
    const ordinality = c.accept('WITH', 'ORDINALITY');
    return { kind: 'unnest', at, args, ordinality, alias: alias(c) };
  }
  if (c.at('LATERAL')) throw unsupported('LATERAL', at);
  if (c.at('(')) {
    const mark = c.mark();
    if (startsQuery(c)) {
      try {
        const query = c.parenthesized(() => parseQuery(c));
        return { kind: 'query', at, query, alias: alias(c) };
      } catch (error) {
        // `((SELECT 1) AS a JOIN b ON ..)` begins like a query too.
        c.reset(mark);
        if (!c.at('(', '(')) throw error;
      }
    }
    return c.parenthesized(() => parseRelation(c));
  }
  if (c.at('TABLE', '(')) throw unsupported('a table function', at);
  const parts = c.qualified();
  if (c.at('(')) throw unsupported(`the table function ${parts.map((p) => p.text).join('.')}`, at);
  const table: Relation = { kind: 'table', at, parts, alias: null };
  if (c.at('FOR')) throw unsupported('reading an older version of a table', c.peek().at);
  if (c.at('MATCH_RECOGNIZE')) throw unsupported('MATCH_RECOGNIZE', c.peek().at);
  table.alias = alias(c);
  if (c.at('MATCH_RECOGNIZE')) throw unsupported('MATCH_RECOGNIZE', c.peek().at);
  if (c.at('TABLESAMPLE')) throw unsupported('TABLESAMPLE', c.peek().at);
  return table;
}

function alias(c: Cursor): Alias | null {
  if (c.at('TABLESAMPLE') || c.at('MATCH_RECOGNIZE')) return null;
  const explicit = c.accept('AS');
  if (!explicit && !(c.atName() && !c.at('WINDOW') && !c.at('LIMIT') && !c.at('OFFSET') && !c.at('FETCH')))
    return null;
  const name = c.name();
  const columns = c.at('(') ? c.parenthesized(() => c.list(() => c.name())) : null;
  return { name, columns };
}
