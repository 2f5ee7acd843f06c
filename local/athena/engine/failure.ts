import { SqlError, type SqlErrorName } from '../dialect/errors.ts';

/** Whether a file vanished between being listed and being opened: the query may be planned anew. */
export const isStale = (error: unknown): boolean =>
  /No such file|Cannot open file|No files found|does not exist/i.test(message(error)) &&
  /IO Error/i.test(message(error));

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What went wrong while a query ran, in Athena's words; DuckDB's own are kept out. */
export function failureOf(error: unknown): SqlError {
  if (error instanceof SqlError) return error;
  const text = message(error);
  const own =
    /(?:string '|Invalid Input Error: |Error: )?([A-Z][A-Z_]{6,}): ([\s\S]*?)(?:' to BOOL[\s\S]*)?$/.exec(
      text.replace(/^Conversion Error: Could not convert /, ''),
    );
  if (own !== null) return new SqlError(own[1] as SqlErrorName, own[2]!.split('\n\nLINE')[0]!);
  if (/Out of Range|overflow/i.test(text))
    return new SqlError('NUMERIC_VALUE_OUT_OF_RANGE', 'a number is out of the range of its type');
  if (/Map keys must be unique/i.test(text))
    return new SqlError('INVALID_FUNCTION_ARGUMENT', 'Duplicate map keys are not allowed');
  if (/more than one row returned by a subquery/i.test(text))
    return new SqlError('SUBQUERY_MULTIPLE_ROWS', 'Scalar sub-query has returned multiple rows');
  if (/Out of Memory/i.test(text))
    return new SqlError('EXCEEDED_LIMIT', 'the query needs more memory than this machine gives it');
  if (/invalid regular expression|RE2|regex/i.test(text))
    return new SqlError(
      'INVALID_FUNCTION_ARGUMENT',
      'the pattern is no regular expression that the embedded Athena can run',
    );
  if (/Malformed JSON|JSON transform|Invalid JSON/i.test(text))
    return new SqlError('HIVE_CURSOR_ERROR', 'a row of the table is not a valid JSON Object');
  if (/Conversion Error/i.test(text))
    return new SqlError(
      'INVALID_CAST_ARGUMENT',
      'a value can not be converted to the type that is asked for',
    );
  if (/INTERRUPT/i.test(text)) return new SqlError('GENERIC_USER_ERROR', 'Query was canceled');
  const first = text
    .split('\n')[0]!
    .replace(/^(?:\w+ )+Error: /, '')
    .slice(0, 300);
  return new SqlError('NOT_SUPPORTED', `the embedded Athena could not run this statement (${first})`);
}
