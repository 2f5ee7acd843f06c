import { SqlError } from '../errors.ts';
import type { Expr, SortItem } from '../parse/ast.ts';
import { display, orderable } from '../types.ts';
import { analyze } from './expression.ts';
import type { Output } from './query.ts';
import type { Env } from './scope.ts';
import type { Value } from './value.ts';

/** ` ASC NULLS LAST` and so on, always said in full: DuckDB's defaults are others. */
export const direction = (item: SortItem): string =>
  `${item.descending ? ' DESC' : ' ASC'} NULLS ${item.nullsFirst ? 'FIRST' : 'LAST'}`;

/**
 * ` ORDER BY ..` of a query, or ''. An item is the number of an output column, its name, or an
 * expression over what FROM offers. `exprs` are the SELECT's values, empty for a set operation.
 */
export function orderBy(
  items: SortItem[],
  outputs: Output[],
  exprs: Value[],
  env: Env,
  distinct: boolean,
): string {
  const parts = items.flatMap((item) => {
    const place = outputPlace(item.expr, outputs, exprs);
    if (place !== null) {
      sortable(outputs[place]!.type, item.expr);
      return [`${place + 1}${direction(item)}`];
    }
    const v = analyze(item.expr, withOutputs(env, outputs, exprs));
    sortable(v.type, item.expr);
    const same = exprs.findIndex((e) => e.sql === v.sql);
    if (same >= 0) return [`${same + 1}${direction(item)}`];
    if (distinct)
      throw new SqlError(
        'EXPRESSION_NOT_IN_DISTINCT',
        'For SELECT DISTINCT, ORDER BY expressions must appear in select list',
        item.expr.at,
      );
    checkGrouped(v, env);
    return v.constant ? [] : [`${v.sql}${direction(item)}`];
  });
  return parts.length === 0 ? '' : ` ORDER BY ${parts.join(', ')}`;
}

function sortable(type: Output['type'], expr: Expr): void {
  if (!orderable(type) && type.kind !== 'unknown')
    throw new SqlError(
      'TYPE_MISMATCH',
      `Type ${display(type)} is not orderable, and therefore cannot be used in ORDER BY`,
      expr.at,
    );
}

function outputPlace(expr: Expr, outputs: Output[], exprs: Value[]): number | null {
  if (expr.kind === 'number' && /^\d+$/.test(expr.text)) {
    const n = Number(expr.text);
    if (n < 1 || n > outputs.length)
      throw new SqlError('INVALID_COLUMN_REFERENCE', `ORDER BY position ${n} is not in select list`, expr.at);
    return n - 1;
  }
  if (expr.kind !== 'name' || expr.parts.length !== 1) return null;
  const name = expr.parts[0]!.text.toLowerCase();
  const hits = outputs.flatMap((o, i) => (o.name?.toLowerCase() === name ? [i] : []));
  const different = new Set(hits.map((i) => exprs[i]?.sql ?? i));
  if (different.size > 1)
    throw new SqlError('AMBIGUOUS_NAME', `'${expr.parts[0]!.text}' is ambiguous`, expr.at);
  return hits[0] ?? null;
}

/** Inside an expression of ORDER BY, names of the output come before those of FROM. */
function withOutputs(env: Env, outputs: Output[], exprs: Value[]): Env {
  if (exprs.length === 0) return env;
  const lambda = new Map(env.lambda);
  for (const [i, o] of outputs.entries())
    if (o.name !== null && exprs[i]) lambda.set(o.name.toLowerCase(), exprs[i]!);
  return { ...env, lambda };
}

/** In an aggregation every column must be a group key or stand in an aggregate. */
export function checkGrouped(v: Value, env: Env): void {
  const first = v.free[0];
  if (env.groupKeys !== null && first !== undefined)
    throw new SqlError(
      'EXPRESSION_NOT_AGGREGATE',
      `'${first.label}' must be an aggregate expression or appear in GROUP BY clause`,
      first.at,
    );
}
