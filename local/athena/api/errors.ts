import { AwsError } from '../../aws/errors.ts';

export const INVALID = 'InvalidRequestException';

/** An InvalidRequestException with Athena's own code for it, which clients read as `AthenaErrorCode`. */
export const invalid = (message: string, code = 'INVALID_INPUT'): AwsError =>
  new AwsError(INVALID, message, 400, { AthenaErrorCode: code });

/** `ErrorType` of a failed query by the name of its error (docs.aws.amazon.com/athena/latest/ug/error-reference.html). */
const TYPES: { [errorName: string]: number } = {
  DIVISION_BY_ZERO: 1001,
  TYPE_MISMATCH: 1002,
  COLUMN_NOT_FOUND: 1006,
  INVALID_CAST_ARGUMENT: 1100,
  NOT_SUPPORTED: 1200,
  TABLE_NOT_FOUND: 1301,
  SCHEMA_NOT_FOUND: 1301,
  FUNCTION_NOT_FOUND: 1303,
};
const USER_ERROR = 1000;
const ENGINE_FAILED = 200;

/** What GetQueryExecution says of a failure: category 1 is the engine's fault, 2 the statement's. */
export function athenaError(
  errorName: string,
  message: string,
): { category: 1 | 2; type: number; message: string } {
  return errorName === 'GENERIC_INTERNAL_ERROR'
    ? { category: 1, type: ENGINE_FAILED, message }
    : { category: 2, type: TYPES[errorName] ?? USER_ERROR, message };
}
