/** A queue of small JSON messages; at least once, in no order. */
export interface Queue {
  /**
   * Resolves once every message is durable; throws when any could not be taken.
   *
   * @param delaySeconds nobody receives them before; at most 900
   */
  send(messages: readonly unknown[], delaySeconds?: number): Promise<void>;
}
