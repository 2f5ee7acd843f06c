import { ChangeMessageVisibilityBatchCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';

/**
 * How long a claim lasts without being renewed, seconds. Short, so that what a killed process held is back
 * soon; a claim of a running function is renewed until it ends.
 */
export const LEASE_SECONDS = 20;
const RENEW_EVERY_MS = 5_000;

/** Keeps received messages claimed until the returned function is called. */
export function holdMessages(sqs: SQSClient, queueUrl: string, messages: readonly Message[]): () => void {
  const renew = (): void => {
    // A renewal that fails means that somebody else has the message: at least once is what queues promise.
    void setVisibility(sqs, queueUrl, messages, LEASE_SECONDS).catch(() => {});
  };
  const timer = setInterval(renew, RENEW_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Makes messages visible after some seconds; those that aren't ours any more are left alone. */
export async function setVisibility(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly Message[],
  seconds: number,
): Promise<void> {
  for (let from = 0; from < messages.length; from += 10) {
    const Entries = messages.slice(from, from + 10).map((message, index) => ({
      Id: String(index),
      ReceiptHandle: message.ReceiptHandle,
      VisibilityTimeout: seconds,
    }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}
