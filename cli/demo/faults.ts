import { type Beacon, DAY, HOUR, type SentEvent } from './beacon.ts';
import type { Person } from './people.ts';
import { addressOf, type Place } from './places.ts';
import type { Prng } from './prng.ts';

/** Events that no collector should take, and the reason it must give. */
const BAD_EVENTS: readonly (readonly [
  reason: string,
  spoil: (event: SentEvent) => Record<string, unknown>,
])[] = [
  ['bad_type', (event) => ({ ...event, type: 'pageview' })],
  ['bad_time', (event) => ({ ...event, time: -1 })],
  ['bad_time', (event) => ({ ...event, time: new Date(event.time).toISOString() })],
  ['too_long', (event) => ({ ...event, url: `${event.url ?? 'https://x.example/'}?${'x'.repeat(9000)}` })],
  ['bad_value', (event) => ({ ...event, value: '1200' })],
  ['bad_seq', (event) => ({ ...event, seq: 1.5 })],
  ['bad_properties', (event) => ({ ...event, properties: ['size', 'M'] })],
];

/** The same events with a few bad ones among them, as a faulty page sends; times on the client's clock. */
export interface Spoilt {
  events: unknown[];
  rejected: { index: number; reason: string }[];
}

/** Puts a copy of one event, spoilt and under an id of its own, somewhere among the others. */
export function spoil(events: readonly SentEvent[], random: Prng): Spoilt {
  const [reason, bad] = random.pick(BAD_EVENTS);
  const index = random.whole(0, events.length);
  const copy = { ...random.pick(events), id: random.hex(32) };
  return {
    events: [...events.slice(0, index), bad(copy), ...events.slice(index)],
    rejected: [{ index, reason }],
  };
}

/** Beacons of a day that are refused as a whole. @param midnight of the local day */
export function refusedBeacons(place: Place, midnight: number, person: Person, random: Prng): Beacon[] {
  const event = (): SentEvent => ({
    id: random.hex(32),
    type: 'page_view',
    time: midnight + 12 * HOUR,
    seq: 0,
    url: addressOf(place, '/'),
  });
  const envelope = { site: place.site, key: place.key };
  const own = `https://${place.host}`;
  const refusals: (readonly [daily: number, status: number, origin: string, body: () => string])[] = [
    [1, 400, own, () => JSON.stringify({ ...envelope, events: [event()] }).slice(0, -random.whole(2, 30))],
    [0.3, 400, own, () => JSON.stringify({ ...envelope, events: [] })],
    [0.7, 403, own, () => JSON.stringify({ ...envelope, key: 'wk_guessed', events: [event()] })],
    [0.5, 403, own, () => JSON.stringify({ ...envelope, site: `${place.site}-old`, events: [event()] })],
    [
      0.3,
      413,
      own,
      () => JSON.stringify({ ...envelope, events: [{ ...event(), dump: 'x'.repeat(70_000) }] }),
    ],
    [
      0.1,
      413,
      own,
      () => JSON.stringify({ ...envelope, events: Array.from({ length: 501 }, () => ({ type: 'event' })) }),
    ],
  ];
  return refusals.flatMap(([daily, status, origin, body]) => {
    if (!random.chance(daily)) return [];
    return [
      {
        at: midnight + random.whole(0, DAY - 1),
        method: 'POST' as const,
        path: '/v1/events',
        headers: {
          'content-type': 'text/plain;charset=UTF-8',
          'user-agent': person.userAgent,
          cookie: `_rc=${person.id}`,
          origin,
        },
        body: Buffer.from(body()),
        expected: { status, site: null, accepted: [], rejected: [] },
      },
    ];
  });
}

/**
 * The same request once more, as clients do that heard no answer: within the minute, or, when nothing in
 * the body says when it was sent, about a day later.
 */
export function retried(beacon: Beacon, stamped: boolean, random: Prng): Beacon {
  const later =
    !stamped && random.chance(0.5) ? random.whole(20 * HOUR, 30 * HOUR) : random.whole(2000, 45_000);
  return { ...beacon, at: beacon.at + later };
}
