import type { Query } from './parse/ast.ts';
import type { Type } from './types.ts';

/** What a name in FROM can mean, as the catalog knows it. */
export type TableMeaning =
  | { kind: 'table'; database: string; table: string; columns: TableColumn[] }
  | { kind: 'view'; database: string; table: string; query: Query; columns: number }
  /** Its database doesn't exist. */
  | { kind: 'nowhere' };

export interface TableColumn {
  name: string;
  type: Type;
  /** Its values come from the catalog. */
  partition: boolean;
}

/** Looked up before analysis: `database.table` in lower case. A name that isn't there doesn't exist. */
export type Tables = Map<string, TableMeaning>;
