import type { BusEvent } from './envelopes/events.ts';
import { createdObjectKey } from './envelopes/events.ts';
import { landingPrefix } from './lake/keys.ts';
import type { Bus } from './ports/bus.ts';
import type { Log } from './ports/log.ts';
import type { Queue } from './ports/queue.ts';

/** Keys of landing objects that led to a piece of work, as log lines and announcements carry them. */
export type Correlation = readonly string[];

/**
 * How many are named: a busy call can stand for thousands, and a message has its limits. What a line doesn't name,
 * `retcon explain` finds in the lake.
 */
export const MOST_NAMED = 10;

/** What received events have come from: the landing object that S3 announces, or what an announcement carries on. */
export function correlationOf(events: readonly BusEvent[]): Correlation {
  const keys = new Set<string>();
  for (const event of events) {
    const key = createdObjectKey(event);
    if (key?.startsWith(landingPrefix)) keys.add(key);
    for (const carried of carriedBy(event)) keys.add(carried);
    if (keys.size >= MOST_NAMED) break;
  }
  return [...keys].slice(0, MOST_NAMED);
}

function carriedBy({ source, detail }: BusEvent): string[] {
  const carried = source === 'retcon' ? detail?.['correlation'] : undefined;
  return Array.isArray(carried) ? carried.filter((key): key is string => typeof key === 'string') : [];
}

/** A log whose every line names what led to it. */
export function correlatedLog(log: Log, correlation: Correlation): Log {
  if (correlation.length === 0) return log;
  return {
    info: (message, fields) => log.info(message, { ...fields, correlation }),
    warn: (message, fields) => log.warn(message, { ...fields, correlation }),
    error: (message, fields) => log.error(message, { ...fields, correlation }),
  };
}

/** A bus whose every announcement names what led to it, for whoever works on. */
export function correlatedBus(bus: Bus, correlation: Correlation): Bus {
  if (correlation.length === 0) return bus;
  return {
    announce: (events) =>
      bus.announce(events.map(({ type, detail }) => ({ type, detail: { ...detail, correlation } }))),
  };
}

/** A queue of work whose every message, an object, names what led to it. */
export function correlatedQueue(queue: Queue, correlation: Correlation): Queue {
  if (correlation.length === 0) return queue;
  return {
    send: (messages, delaySeconds) =>
      queue.send(
        messages.map((message) => ({ ...(message as object), correlation })),
        delaySeconds,
      ),
  };
}
