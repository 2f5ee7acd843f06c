import { analyzeQuery, type Output } from './analyze/query.ts';
import type { Env } from './analyze/scope.ts';
import type { Scan } from './analyze/value.ts';
import { SqlError } from './errors.ts';
import type { Expr, Query } from './parse/ast.ts';
import { parseParameter } from './parse/statement.ts';
import type { Tables } from './tables.ts';
import { type Type, VARCHAR } from './types.ts';

export interface Compiled {
  /** DuckDB SQL whose result columns are c0, c1, ..; a scan is marked by `scanMark`. */
  sql: string;
  columns: { name: string; type: Type }[];
  scans: Scan[];
}

export interface Surroundings {
  /** Database of names without one. */
  database: string;
  tables: Tables;
  now: Date;
  /** Values for `?`, each a literal of Athena SQL. */
  parameters: string[];
}

/** Checks a query against the catalog as Athena does and says it in DuckDB's SQL. Throws `SqlError`. */
export function compile(query: Query, question: Surroundings): Compiled {
  const env = topLevel(question);
  const { sql, columns } = analyzeQuery(query, env);
  return { sql, columns: columns.map(named), scans: env.statement.scans };
}

const named = (o: Output, i: number): { name: string; type: Type } => ({
  name: o.name ?? `_col${i}`,
  type: o.type,
});

/** The columns that a view would have: each needs a name of its own. */
export function viewColumns(query: Query, question: Surroundings): { name: string; type: Type }[] {
  const { columns } = analyzeQuery(query, topLevel(question));
  return storable(columns, query.at);
}

/** Columns that are to be stored under their names: given, distinct, of a known type. */
export function storable(
  columns: Pick<Output, 'name' | 'type'>[],
  at?: number,
): { name: string; type: Type }[] {
  const seen = new Set<string>();
  return columns.map(({ name, type }, i) => {
    if (name === null || /^_col\d+$/.test(name))
      throw new SqlError('MISSING_COLUMN_NAME', `Column name not specified at position ${i + 1}`, at);
    const key = name.toLowerCase();
    if (seen.has(key))
      throw new SqlError('DUPLICATE_COLUMN_NAME', `Column name '${name}' specified more than once`, at);
    seen.add(key);
    return { name: key, type: type.kind === 'unknown' ? VARCHAR : type };
  });
}

/** The values given for `?`; how many are wanted is known from the statement. Without any `?` they are ignored. */
export function readParameters(given: string[], wanted: number): Expr[] {
  if (wanted === 0) return [];
  if (given.length !== wanted)
    throw new SqlError(
      'INVALID_PARAMETER_USAGE',
      `Incorrect number of parameters: expected ${wanted} but found ${given.length}`,
    );
  return given.map(parseParameter);
}

function topLevel({ database, tables, now, parameters }: Surroundings): Env {
  return {
    statement: { tables, scans: [], parameters: parameters.map(parseParameter), now, names: 0 },
    database: database.toLowerCase(),
    ctes: new Map(),
    columns: [],
    parent: null,
    lambda: new Map(),
    groupKeys: null,
    windows: new Map(),
    noAggregate: null,
    noWindow: null,
    depth: 0,
  };
}
