import { isTime } from '../../shared/core/event/fields.ts';
import { quoted } from '../../shared/core/event/refusal.ts';
import { Refused } from './http.ts';

/** Most events of one beacon. */
export const MAX_EVENTS = 500;

/** One request's worth of events, not yet looked into. */
export interface Beacon {
  site: string;
  key: string | null;
  /** Whole ms by the sender's clock. */
  sentAt: number | null;
  events: readonly unknown[];
}

/**
 * Reads a beacon's envelope: `{site, key, sent_at, events: [..]}`, or one event with site, key and sent_at
 * beside its own fields. Throws `Refused`: 400, or 413 for too many events.
 */
export function readBeacon(content: unknown): Beacon {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new Refused(400, 'bad_beacon', `The body is ${quoted(content)}: send one JSON object.`);
  }
  const { site, key, sent_at, ...event } = content as Record<string, unknown>;
  if (typeof site !== 'string' || site === '') {
    throw new Refused(400, 'missing_site', '`site` is missing: name the site the events belong to.', {
      field: 'site',
    });
  }
  if (key !== undefined && key !== null && typeof key !== 'string') {
    throw new Refused(400, 'bad_key', `\`key\` is ${quoted(key)}: send a string.`, { field: 'key' });
  }
  if (sent_at !== undefined && sent_at !== null && !isTime(sent_at)) {
    const message = `\`sent_at\` is ${quoted(sent_at)}: send milliseconds since 1970 as a number.`;
    throw new Refused(400, 'bad_sent_at', message, { field: 'sent_at' });
  }
  return {
    site,
    key: key || null,
    sentAt: isTime(sent_at) ? Math.floor(sent_at) : null,
    events: eventsOf(event),
  };
}

function eventsOf(event: Record<string, unknown>): readonly unknown[] {
  const { events } = event;
  if (events === undefined && Object.keys(event).length > 0) return [event];
  if (!Array.isArray(events) || events.length === 0) {
    const message = '`events` is missing or empty: send a list of events, or the fields of one event.';
    throw new Refused(400, 'no_events', message, { field: 'events' });
  }
  if (events.length > MAX_EVENTS) {
    const message = `\`events\` holds ${events.length} events and at most ${MAX_EVENTS} are taken: send fewer at a time.`;
    throw new Refused(413, 'too_many_events', message, { field: 'events' });
  }
  return events;
}
