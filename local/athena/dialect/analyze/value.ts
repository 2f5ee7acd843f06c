import type { Type } from '../types.ts';

/** What is known of a value before anything runs: enough to choose partitions. */
export type Constant =
  | { kind: 'scalar'; value: string | number | bigint | boolean | null }
  | { kind: 'list'; items: Constant[] }
  | { kind: 'map'; entries: [Constant, Constant][] };

/** The partition column of a table that a value is a plain copy of. */
export interface Origin {
  scan: Scan;
  column: string;
}

/** One reading of an external table. Its partitions are chosen by the predicates found for it. */
export interface Scan {
  id: number;
  database: string;
  table: string;
  predicates: Predicate[];
  /** Whether the statement asks for the path of each row's file. */
  path: boolean;
}

/** A condition over partition columns; `unknown` may be either, so it excludes nothing. */
export type Predicate =
  | {
      kind: 'compare';
      op: '=' | '<>' | '<' | '<=' | '>' | '>=';
      column: Origin[];
      value: string | number | bigint | boolean;
    }
  | { kind: 'like'; column: Origin[]; pattern: string }
  | { kind: 'isNull'; column: Origin[] }
  | { kind: 'and' | 'or'; parts: Predicate[] }
  | { kind: 'not'; part: Predicate }
  | { kind: 'never' }
  | { kind: 'unknown' };

/** An analysed expression: DuckDB SQL and what is known about it. */
export interface Value {
  sql: string;
  type: Type;
  constant?: Constant;
  /** For a moment whose zone is checked as it is read: SQL of the moment alone. */
  moment?: string;
  origins?: Origin[];
  /** Columns of this SELECT that it reads outside of any aggregate and group key. */
  free: { label: string; at: number }[];
  aggregate: boolean;
  window: boolean;
}

export const value = (sql: string, type: Type, from: Value[] = []): Value => ({
  sql,
  type,
  free: from.flatMap((v) => v.free),
  aggregate: from.some((v) => v.aggregate),
  window: from.some((v) => v.window),
});

export const scalar = (
  sql: string,
  type: Type,
  constant: string | number | bigint | boolean | null,
): Value => ({
  ...value(sql, type),
  constant: { kind: 'scalar', value: constant },
});

/** A text as a DuckDB literal. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** A name as a DuckDB identifier. */
export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The text of a value that is known now, else null. */
export function knownText(v: Value): string | null {
  return v.constant?.kind === 'scalar' && typeof v.constant.value === 'string' ? v.constant.value : null;
}
