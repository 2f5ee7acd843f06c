import { RetconError } from '../../../shared/core/errors.ts';

/** Trino's names of what can be wrong with a statement (StandardErrorCode), as far as they occur here. */
export type SqlErrorName =
  | 'SYNTAX_ERROR'
  | 'NOT_SUPPORTED'
  | 'COLUMN_NOT_FOUND'
  | 'AMBIGUOUS_NAME'
  | 'TABLE_NOT_FOUND'
  | 'TABLE_ALREADY_EXISTS'
  | 'SCHEMA_NOT_FOUND'
  | 'CATALOG_NOT_FOUND'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'TYPE_MISMATCH'
  | 'FUNCTION_NOT_FOUND'
  | 'INVALID_FUNCTION_ARGUMENT'
  | 'INVALID_CAST_ARGUMENT'
  | 'INVALID_LITERAL'
  | 'INVALID_ARGUMENTS'
  | 'INVALID_LIMIT_CLAUSE'
  | 'INVALID_COLUMN_REFERENCE'
  | 'INVALID_VIEW'
  | 'INVALID_PARAMETER_USAGE'
  | 'DIVISION_BY_ZERO'
  | 'NUMERIC_VALUE_OUT_OF_RANGE'
  | 'EXPRESSION_NOT_AGGREGATE'
  | 'EXPRESSION_NOT_SCALAR'
  | 'MISSING_OVER'
  | 'NESTED_AGGREGATION'
  | 'DUPLICATE_NAMED_QUERY'
  | 'EXPRESSION_NOT_IN_DISTINCT'
  | 'MISSING_COLUMN_NAME'
  | 'DUPLICATE_COLUMN_NAME'
  | 'MISMATCHED_COLUMN_ALIASES'
  | 'SUBQUERY_MULTIPLE_ROWS'
  | 'INVALID_TABLE_PROPERTY'
  | 'HIVE_PATH_ALREADY_EXISTS'
  | 'HIVE_TOO_MANY_OPEN_PARTITIONS'
  | 'HIVE_CURSOR_ERROR'
  | 'GENERIC_USER_ERROR'
  | 'EXCEEDED_LIMIT'
  | 'GENERIC_INTERNAL_ERROR';

/** A statement that Athena would refuse, or that is refused here by name rather than answered wrongly. */
export class SqlError extends RetconError {
  readonly errorName: SqlErrorName;
  /** Offset into the statement, for "line 1:8:"; undefined when the fault has no place. */
  readonly at: number | undefined;

  constructor(errorName: SqlErrorName, message: string, at?: number) {
    super(errorName, message, { exit: 2 });
    this.errorName = errorName;
    this.at = at;
  }
}

/** "line 1:8: " for an offset into a statement (lines and columns from 1, as Trino counts them). */
export function place(sql: string, at: number): string {
  const before = sql.slice(0, at).split('\n');
  return `line ${before.length}:${(before.at(-1)?.length ?? 0) + 1}: `;
}

/** What Athena says of a refused statement: errors of analysis carry their place, all others their name. */
export function describe(error: SqlError, sql: string): string {
  const where = error.at === undefined ? '' : place(sql, error.at);
  return `${error.errorName}: ${where}${error.message}`;
}

/** Something right in Athena that this engine can't answer faithfully, refused by name. */
export function unsupported(what: string, at?: number): SqlError {
  return new SqlError('NOT_SUPPORTED', `${what} is not supported by the embedded Athena`, at);
}

/** Athena says of a column that isn't there what it says of one that may not be seen. */
export function columnNotFound(name: string, at: number): SqlError {
  const hidden = 'cannot be resolved or requester is not authorized to access requested resources';
  return new SqlError('COLUMN_NOT_FOUND', `Column '${name}' ${hidden}`, at);
}
