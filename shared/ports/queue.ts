/** A queue of small JSON messages; at least once, in no order. */
export interface Queue {
  /** Resolves once every message is durable; throws when any could not be taken. */
  send(messages: readonly unknown[]): Promise<void>;
}
