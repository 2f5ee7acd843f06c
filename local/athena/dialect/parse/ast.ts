import type { Type } from '../types.ts';

/** A name as written; `at` is its offset in the statement. Names compare without regard to case. */
export interface Name {
  text: string;
  at: number;
}

export type Expr = { at: number } & (
  | { kind: 'number'; text: string }
  | { kind: 'string'; text: string }
  | { kind: 'binaryText'; hex: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' }
  | { kind: 'typed'; type: 'date' | 'timestamp' | 'decimal' | 'json' | 'double' | 'bigint'; text: string }
  | { kind: 'interval'; negative: boolean; text: string; unit: string }
  | { kind: 'parameter'; index: number }
  | { kind: 'name'; parts: Name[] }
  | { kind: 'negate'; arg: Expr }
  | { kind: 'arithmetic'; op: '+' | '-' | '*' | '/' | '%' | '||'; left: Expr; right: Expr }
  | { kind: 'compare'; op: '=' | '<>' | '<' | '<=' | '>' | '>='; left: Expr; right: Expr }
  | { kind: 'and' | 'or'; left: Expr; right: Expr }
  | { kind: 'not'; arg: Expr }
  | { kind: 'between'; arg: Expr; low: Expr; high: Expr }
  | { kind: 'in'; arg: Expr; items: Expr[] }
  | { kind: 'inQuery'; arg: Expr; query: Query }
  | { kind: 'like'; arg: Expr; pattern: Expr; escape: Expr | null }
  | { kind: 'isNull'; arg: Expr }
  | { kind: 'isDistinct'; left: Expr; right: Expr }
  | { kind: 'case'; operand: Expr | null; whens: { when: Expr; then: Expr }[]; otherwise: Expr | null }
  | { kind: 'cast'; arg: Expr; type: Type; length: number | null; safe: boolean }
  | { kind: 'call'; call: Call }
  | { kind: 'lambda'; params: Name[]; body: Expr }
  | { kind: 'array'; items: Expr[] }
  | { kind: 'row'; items: Expr[] }
  | { kind: 'subscript'; base: Expr; index: Expr }
  | { kind: 'field'; base: Expr; name: Name }
  | { kind: 'atTimeZone'; arg: Expr; zone: Expr }
  | { kind: 'subquery'; query: Query }
  | { kind: 'exists'; query: Query }
  | {
      kind: 'quantified';
      op: '=' | '<>' | '<' | '<=' | '>' | '>=';
      quantifier: 'ANY' | 'ALL';
      arg: Expr;
      query: Query;
    }
);

export interface Call {
  /** In lower case. */
  name: string;
  at: number;
  args: Expr[];
  /** count(*) */
  star: boolean;
  distinct: boolean;
  order: SortItem[];
  filter: Expr | null;
  ignoreNulls: boolean;
  over: Window | null;
}

export interface SortItem {
  expr: Expr;
  descending: boolean;
  nullsFirst: boolean;
}

export interface Window {
  base: Name | null;
  partition: Expr[];
  order: SortItem[];
  frame: Frame | null;
}

export interface Frame {
  unit: 'ROWS' | 'RANGE' | 'GROUPS';
  start: Bound;
  end: Bound | null;
}

export type Bound =
  | { kind: 'UNBOUNDED PRECEDING' | 'UNBOUNDED FOLLOWING' | 'CURRENT ROW' }
  | { kind: 'PRECEDING' | 'FOLLOWING'; offset: Expr };

export interface Query {
  at: number;
  with: { name: Name; columns: Name[] | null; query: Query }[];
  body: Body;
  order: SortItem[];
  offset: Expr | null;
  limit: Expr | null;
}

export type Body =
  | ({ kind: 'select' } & Select)
  | { kind: 'set'; at: number; op: 'UNION' | 'INTERSECT' | 'EXCEPT'; all: boolean; left: Body; right: Body }
  | { kind: 'values'; at: number; rows: Expr[] }
  | { kind: 'nested'; at: number; query: Query };

export interface Select {
  at: number;
  distinct: boolean;
  items: SelectItem[];
  from: Relation | null;
  where: Expr | null;
  /** null: no GROUP BY at all. Each element is a list of grouping sets. */
  group: GroupElement[] | null;
  having: Expr | null;
  windows: { name: Name; window: Window }[];
}

export type SelectItem =
  | { kind: 'expr'; expr: Expr; alias: Name | null }
  | { kind: 'star'; at: number; qualifier: Name[] };

export type GroupElement =
  | { kind: 'plain'; expr: Expr }
  | { kind: 'sets' | 'rollup' | 'cube'; sets: Expr[][] };

export type Relation = { at: number } & (
  | { kind: 'table'; parts: Name[]; alias: Alias | null }
  | { kind: 'query'; query: Query; alias: Alias | null }
  | { kind: 'unnest'; args: Expr[]; ordinality: boolean; alias: Alias | null }
  | {
      kind: 'join';
      type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS';
      left: Relation;
      right: Relation;
      on: Expr | null;
      using: Name[] | null;
    }
);

export interface Alias {
  name: Name;
  columns: Name[] | null;
}

export type Statement = { at: number } & (
  | { kind: 'query'; query: Query }
  | {
      kind: 'createTableAs';
      name: Name[];
      ifNotExists: boolean;
      properties: Property[];
      query: Query;
      withData: boolean;
    }
  | { kind: 'insert'; name: Name[]; columns: Name[] | null; query: Query }
  | { kind: 'unload'; query: Query; location: string; properties: Property[] }
  | {
      kind: 'createExternal';
      name: Name[];
      ifNotExists: boolean;
      /** Types in Hive's words, as written. */
      columns: HiveColumn[];
      keys: HiveColumn[];
      serde: string | null;
      format: string | null;
      location: string;
      serdeProperties: Record<string, string>;
      properties: Record<string, string>;
    }
  | { kind: 'addPartitions'; name: Name[]; ifNotExists: boolean; partitions: PartitionSpec[] }
  | { kind: 'dropPartitions'; name: Name[]; ifExists: boolean; partitions: PartitionSpec[] }
  | { kind: 'repair'; name: Name[] }
  | { kind: 'createView'; name: Name[]; replace: boolean; query: Query; sql: string }
  | { kind: 'dropTable' | 'dropView'; name: Name[]; ifExists: boolean }
  | { kind: 'showTables' | 'showViews'; schema: Name | null; like: string | null }
  | { kind: 'showDatabases'; like: string | null }
  | { kind: 'showColumns' | 'showPartitions' | 'describe' | 'showCreateView'; name: Name[] }
);

export interface HiveColumn {
  name: Name;
  type: string;
}

/** `PARTITION (a = 'x', b = 'y') LOCATION 's3://..'` */
export interface PartitionSpec {
  at: number;
  values: { name: Name; value: string }[];
  location: string | null;
}

export interface Property {
  name: Name;
  value: Expr;
}
