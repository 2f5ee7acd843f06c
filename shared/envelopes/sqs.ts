import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

/** One message of a batch: the queue's id for it and its JSON body, parsed. */
export interface Message<T> {
  id: string;
  body: T;
}

/**
 * Reads a batch of queue messages whose bodies are JSON. A body that isn't JSON is reported by id, so
 * that it alone goes back to the queue and ends in the dead-letter queue.
 */
export function readMessages<T>(event: SQSEvent): { messages: Message<T>[]; malformed: string[] } {
  const messages: Message<T>[] = [];
  const malformed: string[] = [];
  for (const record of event.Records) {
    try {
      messages.push({ id: record.messageId, body: JSON.parse(record.body) as T });
    } catch {
      malformed.push(record.messageId);
    }
  }
  return { messages, malformed };
}

/**
 * The reply that gives the named messages back to the queue and takes the rest. It must be returned:
 * AWS reads a missing or empty reply as complete success.
 */
export function failedMessages(ids: Iterable<string>): SQSBatchResponse {
  return { batchItemFailures: [...new Set(ids)].map((itemIdentifier) => ({ itemIdentifier })) };
}
