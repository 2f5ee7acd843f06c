import { AwsError } from '../errors.ts';
import { inputReader } from '../input.ts';
import type { Input } from '../json.ts';

/** SQS's wording for parameters. */
export const read = inputReader('InvalidParameterValue');

/**
 * Runs a batch's entries one by one: each has its own result. Throws EmptyBatchRequest,
 * TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct.
 */
export function runBatch(
  input: Input,
  accepts: readonly string[],
  run: (entry: Input) => Record<string, unknown>,
): { Successful: Record<string, unknown>[]; Failed: Record<string, unknown>[] } {
  const successful: Record<string, unknown>[] = [];
  const failed: Record<string, unknown>[] = [];
  for (const entry of batchEntries(input)) {
    const Id = read.text(entry, 'Id');
    try {
      const other = Object.keys(entry).find((name) => name !== 'Id' && !accepts.includes(name));
      if (other) {
        throw new AwsError(
          'UnsupportedOperation',
          `The in-process AWS does not support ${other} of an entry.`,
        );
      }
      successful.push({ Id, ...run(entry) });
    } catch (error) {
      const known = error instanceof AwsError ? error : new AwsError('InternalError', String(error), 500);
      failed.push({ Id, SenderFault: known.status < 500, Code: known.code, Message: known.message });
    }
  }
  return { Successful: successful, Failed: failed };
}

/** The entries of a batch request, checked as a whole. */
export function batchEntries(input: Input): Input[] {
  const entries = read.list(input, 'Entries') as Input[];
  if (entries.length === 0) {
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > 10) {
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  const ids = new Set<string>();
  for (const entry of entries) {
    const id = read.text(entry, 'Id');
    if (!/^[\w-]{1,80}$/.test(id)) {
      throw new AwsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (ids.has(id)) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
    ids.add(id);
  }
  return entries;
}
