import { gzipSync } from 'node:zlib';
import { type Beacon, HOUR, MINUTE, type SentEvent } from './beacon.ts';
import type { Person } from './people.ts';
import type { Place } from './places.ts';
import type { Prng } from './prng.ts';

const MAX_EVENTS = 20;

/**
 * Packs what a person did into beacons of 1 to 20 events, as the person's client sends them: after a
 * while, at a pause, or, when a phone was offline, hours or days later.
 */
export function delivered(
  place: Place,
  person: Person,
  events: readonly SentEvent[],
  random: Prng,
): Beacon[] {
  const offline = person.client !== 'browser' && random.chance(0.15);
  const patience = random.whole(3 * MINUTE, 9 * MINUTE);
  const backOnline = events.at(-1)!.time + random.whole(2 * HOUR, 70 * HOUR);
  const sent = (sentAt: number, batch: SentEvent[]): Beacon =>
    beaconOf(place, person, batch, { sentAt, latency: random.whole(40, 1800) });
  if (offline) return batchesOf(events, () => false).map((batch, i) => sent(backOnline + i * 2000, batch));
  return batchesOf(events, (first, event) => event.time - first.time > patience).map((batch) =>
    sent(batch.at(-1)!.time + random.whole(300, 5000), batch),
  );
}

function batchesOf(
  events: readonly SentEvent[],
  tooLong: (first: SentEvent, event: SentEvent) => boolean,
): SentEvent[][] {
  const batches: SentEvent[][] = [];
  for (const event of events) {
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === MAX_EVENTS || tooLong(batch[0]!, event))
      batches.push([event]);
    else batch.push(event);
  }
  return batches;
}

/**
 * One POST of a client.
 * @param events with true times; they go out by the client's own clock
 * @param sending.sentAt true time, ms
 */
export function beaconOf(
  place: Place,
  person: Person,
  events: readonly SentEvent[],
  sending: { sentAt: number; latency: number },
): Beacon {
  const { client, clockAhead } = person;
  const onClock = events.map((event) => ({
    ...event,
    time: event.time + clockAhead,
    ...(client === 'browser' ? {} : { visitor: person.id }),
  }));
  const stamp = client === 'old-app' ? {} : { sent_at: sending.sentAt + clockAhead };
  const text = JSON.stringify({ site: place.site, key: place.key, ...stamp, events: onClock });
  const zipped = client === 'app';
  return {
    at: sending.sentAt + sending.latency,
    method: 'POST',
    path: '/v1/events',
    headers: {
      'user-agent': person.userAgent,
      'cloudfront-viewer-country': person.country,
      ...(client === 'browser'
        ? {
            'content-type': 'text/plain;charset=UTF-8',
            origin: `https://${place.host}`,
            cookie: `_rc=${person.id}`,
          }
        : { 'content-type': 'application/json' }),
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    },
    body: zipped ? gzipSync(text) : Buffer.from(text),
    expected: { status: 202, site: place.site, accepted: events.map(({ id }) => id), rejected: [] },
  };
}
