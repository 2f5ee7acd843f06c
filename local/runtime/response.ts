/**
 * Which messages of a batch failed, read from what the function returned exactly as Lambda reads it.
 * Source: AWS Lambda developer guide, "Implementing partial batch responses" for SQS: success and failure
 * conditions.
 *
 * With partial failures, these are complete success: null or nothing, an empty object, a null or empty
 * `batchItemFailures`. These are complete failure: another shape, an item whose `itemIdentifier` is
 * missing, null, empty, or not a message of the batch. Without partial failures a response means nothing.
 */
export function failedMessages(
  response: unknown,
  messageIds: readonly string[],
  partialFailures: boolean,
): ReadonlySet<string> {
  const none: ReadonlySet<string> = new Set();
  if (!partialFailures || response === undefined || response === null) return none;
  const all: ReadonlySet<string> = new Set(messageIds);
  if (typeof response !== 'object' || Array.isArray(response)) return all;
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return none;
  if (!Array.isArray(failures)) return all;
  const failed = new Set<string>();
  for (const failure of failures) {
    const id: unknown =
      typeof failure === 'object' && failure !== null
        ? (failure as { itemIdentifier?: unknown }).itemIdentifier
        : undefined;
    if (typeof id !== 'string' || !all.has(id)) return all;
    failed.add(id);
  }
  return failed;
}
