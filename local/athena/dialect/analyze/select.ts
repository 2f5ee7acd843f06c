import { SqlError, unsupported } from '../errors.ts';
import type { Expr, GroupElement, Name, Select, SelectItem, SortItem } from '../parse/ast.ts';
import { display, MIXED_ZONES } from '../types.ts';
import { containsAggregate } from './call.ts';
import { analyze, condition } from './expression.ts';
import { checkGrouped, orderBy } from './order.ts';
import { conditionOnPartitions } from './prune.ts';
import type { Analyzed, Output } from './query.ts';
import { analyzeRelation } from './relation.ts';
import { type Column, type Env, qualifies, resolve } from './scope.ts';
import { type Value, value } from './value.ts';

/** SELECT .. FROM .. WHERE .. GROUP BY .. HAVING .. with the ORDER BY that belongs to it. */
export function analyzeSelect(select: Select, order: SortItem[], outer: Env): Analyzed {
  const from = select.from === null ? null : analyzeRelation(select.from, outer);
  const env: Env = { ...outer, columns: from?.columns ?? [] };
  for (const w of select.windows) env.windows.set(w.name.text.toLowerCase(), w.window);
  let where = '';
  if (select.where !== null) {
    const inWhere = { ...env, noAggregate: 'WHERE clause', noWindow: 'WHERE clause' };
    where = ` WHERE ${condition(select.where, inWhere, 'WHERE clause').sql}`;
    conditionOnPartitions(select.where, inWhere);
  }
  const aggregated =
    select.group !== null ||
    select.having !== null ||
    containsAggregate([
      ...select.items.flatMap((i) => (i.kind === 'expr' ? [i.expr] : [])),
      ...order.map((o) => o.expr),
    ]);
  const group = aggregated ? groupBy(select.group ?? [], select.items, env) : null;
  const inner: Env = group === null ? env : { ...env, groupKeys: new Set(group.keys.map((k) => k.sql)) };
  const items = select.items.flatMap((item) => expand(item, inner));
  for (const i of items) checkGrouped(i.value, inner);
  let having = '';
  if (select.having !== null) {
    const v = condition(select.having, { ...inner, noWindow: 'HAVING clause' }, 'HAVING clause');
    checkGrouped(v, inner);
    having = ` HAVING ${v.sql}`;
  }
  const windowed = items.some((i) => i.value.window);
  const columns = items.map(({ name, value: v }): Output => {
    fixedZone(v, select.at);
    const key = group === null || group.pushable.has(v.sql);
    return { name, type: v.type, constant: v.constant, origins: key && !windowed ? v.origins : undefined };
  });
  const unequal = select.distinct && columns.find((c) => c.type.kind === 'map' || c.type.kind === 'json');
  if (unequal) throw unsupported(`DISTINCT over a column of type ${display(unequal.type)}`, select.at);
  const list = items.map((i, n) => `${i.value.sql} AS c${n}`).join(', ');
  const sorted = orderBy(
    order,
    columns,
    items.map((i) => i.value),
    inner,
    select.distinct,
  );
  const sql = `SELECT ${select.distinct ? 'DISTINCT ' : ''}${list}${from === null ? '' : ` FROM ${from.sql}`}${where}${group?.sql ?? ''}${having}${sorted}`;
  return { sql, columns };
}

/** A column's values share one zone, and it must be known: a zone that differs by row is lost in a column. */
function fixedZone(v: Value, at: number): void {
  if (v.type.kind === 'timestamptz' && v.type.zone !== MIXED_ZONES && !/^'[^']*'$/.test(v.type.zone))
    throw unsupported('a column of timestamps whose time zone differs by row (cast it to timestamp)', at);
}

interface Item {
  name: string | null;
  value: Value;
}

function expand(item: SelectItem, env: Env): Item[] {
  if (item.kind === 'expr') {
    const v = analyze(item.expr, env);
    return [{ name: item.alias?.text ?? impliedName(item.expr), value: v }];
  }
  const columns = env.columns.filter((c) => !c.hidden && qualifies(c.qualifier, item.qualifier));
  if (columns.length === 0) {
    if (item.qualifier.length === 0)
      throw new SqlError('COLUMN_NOT_FOUND', 'SELECT * not allowed in queries without FROM clause', item.at);
    throw new SqlError(
      'TABLE_NOT_FOUND',
      `Unable to resolve reference ${item.qualifier.map((q) => q.text).join('.')}`,
      item.at,
    );
  }
  return columns.map((c) => starred(c, item.at, env));
}

function starred(c: Column, at: number, env: Env): Item {
  const v: Value = {
    ...value(c.sql, c.type),
    free: env.groupKeys?.has(c.sql) ? [] : [{ label: c.name ?? '_col', at }],
  };
  if (c.constant) v.constant = c.constant;
  if (c.origins) v.origins = c.origins;
  return { name: c.name, value: v };
}

/** A column keeps its name, a field of it that field's; any other expression is _col0, _col1, .. at the end. */
function impliedName(expr: Expr): string | null {
  return expr.kind === 'name' ? (expr.parts.at(-1) as Name).text : null;
}

interface Group {
  sql: string;
  keys: Value[];
  /** Keys of every grouping set: a filter on them may run before the aggregation. */
  pushable: Set<string>;
}

function groupBy(elements: GroupElement[], items: SelectItem[], env: Env): Group {
  const keys: Value[] = [];
  const plain = new Set<string>();
  const key = (expr: Expr): string => {
    const v = groupKey(expr, items, { ...env, noAggregate: 'GROUP BY clause', noWindow: 'GROUP BY clause' });
    if (v.type.kind === 'map' || v.type.kind === 'json')
      throw unsupported(`GROUP BY over a value of type ${display(v.type)}`, expr.at);
    keys.push(v);
    return /^[(-]*\d+\)*$/.test(v.sql) ? `CAST(${v.sql} AS INTEGER)` : v.sql;
  };
  const parts = elements.map((e) => {
    if (e.kind === 'plain') {
      const sql = key(e.expr);
      plain.add(sql);
      return sql;
    }
    for (const expr of e.sets.flat()) columnOnly(expr, env);
    const sets = e.sets.map((s) => `(${s.map(key).join(', ')})`).join(', ');
    return e.kind === 'sets' ? `GROUPING SETS (${sets})` : `${e.kind.toUpperCase()} (${sets})`;
  });
  return { sql: parts.length === 0 ? '' : ` GROUP BY ${parts.join(', ')}`, keys, pushable: plain };
}

/** In GROUPING SETS, ROLLUP and CUBE stands nothing but columns. */
function columnOnly(expr: Expr, env: Env): void {
  if (expr.kind === 'name' && resolve(env, expr.parts).used === expr.parts.length) return;
  throw new SqlError('INVALID_COLUMN_REFERENCE', 'GROUP BY expression must be a column reference', expr.at);
}

function groupKey(expr: Expr, items: SelectItem[], env: Env): Value {
  if (expr.kind !== 'number' || !/^\d+$/.test(expr.text)) return analyze(expr, env);
  const n = Number(expr.text);
  if (items.some((i) => i.kind === 'star')) {
    const all = items.flatMap((i) => expand(i, env));
    if (all[n - 1]) return all[n - 1]!.value;
  }
  const item = items[n - 1];
  if (item?.kind !== 'expr')
    throw new SqlError('INVALID_COLUMN_REFERENCE', `GROUP BY position ${n} is not in select list`, expr.at);
  return analyze(item.expr, env);
}
