import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { RetconError } from '../core/errors.ts';
import type { Announcement, Bus } from '../ports/bus.ts';

const BATCH = 10;

/** The lake's EventBridge bus. */
export class EventBus implements Bus {
  readonly #client: EventBridgeClient;
  readonly #name: string;

  constructor(client: EventBridgeClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async announce(events: readonly Announcement[]): Promise<void> {
    for (let from = 0; from < events.length; from += BATCH) {
      const reply = await this.#client.send(
        new PutEventsCommand({
          Entries: events.slice(from, from + BATCH).map((event) => ({
            EventBusName: this.#name,
            Source: 'retcon',
            DetailType: event.type,
            Detail: JSON.stringify(event.detail),
          })),
        }),
      );
      const failed = reply.Entries?.find((entry) => entry.ErrorCode);
      if (failed) {
        throw new RetconError(
          'bus_failed',
          `the bus refused an event: ${failed.ErrorCode} ${failed.ErrorMessage ?? ''}`,
        );
      }
    }
  }
}
