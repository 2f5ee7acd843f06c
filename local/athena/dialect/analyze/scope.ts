import { columnNotFound, SqlError } from '../errors.ts';
import type { Expr, Name, Query, Window } from '../parse/ast.ts';
import type { Tables } from '../tables.ts';
import type { Type } from '../types.ts';
import type { Constant, Origin, Scan, Value } from './value.ts';

/** A column that FROM offers. */
export interface Column {
  /** As the catalog or the statement writes it; null when an expression has no name. */
  name: string | null;
  /** What may stand before the name: the alias, or catalog, database and table. */
  qualifier: string[];
  sql: string;
  type: Type;
  constant?: Constant | undefined;
  origins?: Origin[] | undefined;
  /** Not part of `*`: "$path". */
  hidden?: boolean;
}

/** What is the same throughout a statement. */
export interface Statement {
  tables: Tables;
  scans: Scan[];
  parameters: Expr[];
  /** When the statement began: every current_timestamp in it is this. */
  now: Date;
  names: number;
}

export interface Cte {
  query: Query;
  columns: Name[] | null;
  env: Env;
}

/** Where an expression stands: what it can see and what it may hold. */
export interface Env {
  statement: Statement;
  /** Database of names without one. */
  database: string;
  ctes: Map<string, Cte>;
  columns: Column[];
  parent: Env | null;
  lambda: Map<string, Value>;
  /** SQL of the group keys once the SELECT is an aggregation. */
  groupKeys: Set<string> | null;
  windows: Map<string, Window>;
  /** Why aggregates or windows can't stand here, e.g. "WHERE clause"; null when they can. */
  noAggregate: string | null;
  noWindow: string | null;
  depth: number;
}

export const newAlias = (env: Env): string => `t${env.statement.names++}`;

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export interface Found {
  column: Column;
  /** How many of the parts name the column; the rest are fields of a row. */
  used: number;
  outer: boolean;
}

/** Finds the column that `a.b.c` means, looking outwards; the longest reading as a column wins. */
export function resolve(env: Env, parts: Name[]): Found {
  for (let at: Env | null = env; at !== null; at = at.parent) {
    for (let used = Math.min(parts.length, 4); used >= 1; used--) {
      const qualifier = parts.slice(0, used - 1);
      const name = parts[used - 1]!;
      const hits = at.columns.filter(
        (c) => c.name !== null && same(c.name, name.text) && qualifies(c.qualifier, qualifier),
      );
      if (hits.length > 1)
        throw new SqlError('AMBIGUOUS_NAME', `Column '${name.text}' is ambiguous`, parts[0]!.at);
      if (hits.length === 1) return { column: hits[0]!, used, outer: at !== env };
    }
  }
  const shown = parts.map((p) => p.text).join('.');
  throw columnNotFound(shown, parts[0]!.at);
}

/** Whether the written qualifier is a tail of the full one: `t`, `db.t`, `catalog.db.t`. */
export function qualifies(full: string[], written: Name[]): boolean {
  if (written.length > full.length) return false;
  const tail = full.slice(full.length - written.length);
  return written.every((w, i) => same(w.text, tail[i]!));
}
