import { SqlError, unsupported } from '../errors.ts';
import type { Body, Expr, Name, Query } from '../parse/ast.ts';
import { commonType, display, type Type, UNKNOWN } from '../types.ts';
import { coerce } from './convert.ts';
import { analyze } from './expression.ts';
import { orderBy } from './order.ts';
import { type Column, type Env, newAlias } from './scope.ts';
import { analyzeSelect } from './select.ts';
import { type Constant, type Origin, value } from './value.ts';

/** A column of a result. In the SQL it is called c0, c1, .. */
export interface Output {
  name: string | null;
  type: Type;
  constant?: Constant | undefined;
  origins?: Origin[] | undefined;
}

export interface Analyzed {
  sql: string;
  columns: Output[];
}

/** A query inside `outer` (whose columns it may refer to), as SQL that needs no name from outside. */
export function analyzeQuery(query: Query, outer: Env): Analyzed {
  if (outer.depth > 60)
    throw new SqlError('NOT_SUPPORTED', 'views or queries are nested too deeply', query.at);
  const ctes = new Map(outer.ctes);
  const env: Env = { ...blank(outer), ctes };
  for (const cte of query.with) {
    const key = cte.name.text.toLowerCase();
    if (query.with.filter((w) => w.name.text.toLowerCase() === key).length > 1)
      throw new SqlError(
        'DUPLICATE_NAMED_QUERY',
        `WITH query name '${cte.name.text}' specified more than once`,
        cte.name.at,
      );
    // Each reference analyses the query again: so every reading gets the partitions that it needs.
    ctes.set(key, { query: cte.query, columns: cte.columns, env: { ...env, ctes: new Map(ctes) } });
    analyzeQuery(cte.query, scratch(env));
  }
  const cut = query.limit !== null || query.offset !== null;
  let result: Analyzed;
  if (query.body.kind === 'select') result = analyzeSelect(query.body, query.order, env);
  else {
    result = analyzeBody(query.body, env);
    if (query.order.length > 0) {
      const t = newAlias(env);
      const columns = asColumns(result.columns, t, null);
      const list = result.columns.map((_, i) => `${t}.c${i}`).join(', ');
      result = {
        ...result,
        sql: `SELECT ${list} FROM (${result.sql}) AS ${t}${orderBy(query.order, result.columns, [], { ...env, columns }, false)}`,
      };
    }
  }
  if (!cut) return result;
  const rows = (e: Expr | null): string | null => (e === null ? null : wholeNumber(e, env));
  const [limit, offset] = [rows(query.limit), rows(query.offset)];
  const wrapped =
    query.body.kind === 'select' || query.order.length > 0
      ? result.sql
      : `SELECT * FROM (${result.sql}) AS ${newAlias(env)}`;
  const sql = `${wrapped}${limit === null ? '' : ` LIMIT ${limit}`}${offset === null ? '' : ` OFFSET ${offset}`}`;
  return { sql, columns: result.columns.map((c) => ({ ...c, origins: undefined })) };
}

/** The environment of a query that sees the columns of `outer` from inside. */
function blank(outer: Env): Env {
  return {
    ...outer,
    columns: [],
    parent: outer,
    lambda: outer.lambda,
    groupKeys: null,
    windows: new Map(),
    noAggregate: null,
    noWindow: null,
    depth: outer.depth + 1,
  };
}

/** The same surroundings with scans of its own: for a check whose result is thrown away. */
const scratch = (env: Env): Env => ({ ...env, statement: { ...env.statement, scans: [] } });

function wholeNumber(expr: Expr, env: Env): string {
  const v = analyze(expr, env);
  const n = v.constant?.kind === 'scalar' ? v.constant.value : null;
  if (typeof n !== 'bigint' || n < 0n)
    throw new SqlError('INVALID_LIMIT_CLAUSE', 'LIMIT and OFFSET take a whole number', expr.at);
  return String(n);
}

function analyzeBody(body: Body, env: Env): Analyzed {
  switch (body.kind) {
    case 'select':
      return analyzeSelect(body, [], env);
    case 'nested':
      return analyzeQuery(body.query, env);
    case 'values':
      return values(body.rows, env);
    case 'set':
      return setOperation(body, env);
  }
}

function values(rows: Expr[], env: Env): Analyzed {
  const table = rows.map((r) => (r.kind === 'row' ? r.items : [r]).map((e) => analyze(e, env)));
  const width = table[0]!.length;
  const types: Type[] = table[0]!.map((v) => v.type);
  for (const [r, row] of table.entries()) {
    if (row.length !== width)
      throw new SqlError(
        'TYPE_MISMATCH',
        `Values rows have mismatched sizes: ${width} vs ${row.length}`,
        rows[r]!.at,
      );
    for (const [i, v] of row.entries()) {
      const type = commonType(types[i]!, v.type);
      if (type === null)
        throw new SqlError(
          'TYPE_MISMATCH',
          `Values rows have mismatched types: ${display(types[i]!)} vs ${display(v.type)}`,
          rows[r]!.at,
        );
      types[i] = type;
    }
  }
  const lines = table.map(
    (row, r) => `(${row.map((v, i) => coerce(v, types[i]!, rows[r]!.at).sql).join(', ')})`,
  );
  const t = newAlias(env);
  const names = types.map((_, i) => `c${i}`).join(', ');
  return {
    sql: `SELECT ${names} FROM (VALUES ${lines.join(', ')}) AS ${t}(${names})`,
    columns: types.map((type) => ({ name: null, type })),
  };
}

function setOperation(body: Extract<Body, { kind: 'set' }>, env: Env): Analyzed {
  const [left, right] = [analyzeBody(body.left, env), analyzeBody(body.right, env)];
  if (left.columns.length !== right.columns.length)
    throw new SqlError(
      'TYPE_MISMATCH',
      `${body.op} query has different number of fields: ${left.columns.length}, ${right.columns.length}`,
      body.at,
    );
  const columns = left.columns.map((l, i): Output => {
    const r = right.columns[i]!;
    const type = commonType(l.type, r.type);
    if (type === null)
      throw new SqlError(
        'TYPE_MISMATCH',
        `column ${i + 1} in ${body.op} query has incompatible types: ${display(l.type)}, ${display(r.type)}`,
        body.at,
      );
    if (type.kind === 'map' && !(body.op === 'UNION' && body.all))
      throw unsupported(`${body.op} over maps`, body.at);
    const origins =
      body.op === 'UNION' && (l.origins || r.origins)
        ? [...(l.origins ?? []), ...(r.origins ?? [])]
        : undefined;
    return { name: l.name, type, origins };
  });
  const side = (q: Analyzed): string => {
    const t = newAlias(env);
    const list = q.columns.map(
      (c, i) => `${coerce(value(`${t}.c${i}`, c.type), columns[i]!.type, body.at).sql} AS c${i}`,
    );
    return `SELECT ${list.join(', ')} FROM (${q.sql}) AS ${t}`;
  };
  return { sql: `(${side(left)}) ${body.op}${body.all ? ' ALL' : ''} (${side(right)})`, columns };
}

/** The columns of a query that stands in FROM as `(query) AS t`. */
export function asColumns(
  outputs: Output[],
  t: string,
  qualifier: string | null,
  names: Name[] | null = null,
): Column[] {
  return outputs.map((o, i) => ({
    name: names?.[i]?.text ?? o.name,
    qualifier: qualifier === null ? [] : [qualifier],
    sql: `${t}.c${i}`,
    type: o.type.kind === 'unknown' ? UNKNOWN : o.type,
    constant: o.constant,
    origins: o.origins,
  }));
}
