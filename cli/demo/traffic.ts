import { gunzipSync, gzipSync } from 'node:zlib';
import { unitOf } from '../../shared/core/unit.ts';
import { type Beacon, DAY, HOUR, MINUTE, type SentEvent } from './beacon.ts';
import { crawl } from './crawler.ts';
import { delivered } from './delivery.ts';
import { refusedBeacons, retried, spoil } from './faults.ts';
import { newsletter } from './mail.ts';
import { newPerson, type Person } from './people.ts';
import { PLACES, type Place, SHOP } from './places.ts';
import { Prng } from './prng.ts';
import { visitOf } from './visit.ts';

export interface TrafficOptions {
  seed: number;
  days: number;
  /** First local day of every site, `YYYY-MM-DD`. */
  start: string;
}

/** What all of it must come to in the lake, counted while it was made up. */
export interface Truth {
  /** Beacons by the status they must be answered with. */
  answers: Record<number, number>;
  /** Events in taken beacons that are good, copies included. */
  accepted: number;
  /** Different ones of these, by site. */
  facts: Record<string, number>;
  /** Events that are refused inside taken beacons, by reason, copies included. */
  rejected: Record<string, number>;
}

export interface Traffic {
  /** In order of arrival. */
  beacons: Beacon[];
  truth: Truth;
}

/**
 * Makes up the traffic of two sites: visits with the rhythm of day and week in local time, returning
 * visitors, sessions over midnight, campaigns, phones that were offline, wrong clocks, retries, a robot,
 * newsletters and faulty clients. The same options give the same bytes.
 */
export function generateTraffic({ seed, days, start }: TrafficOptions): Traffic {
  const beacons: Beacon[] = [];
  for (const place of PLACES) {
    const people: Person[] = [];
    for (let day = 0; day < days; day++) {
      const midnight = Date.parse(start) + day * DAY - place.offsetMinutes * MINUTE;
      const random = new Prng(seed, `${place.site} ${day}`);
      beacons.push(...visitsOfDay(place, midnight, people, random));
      if (place.site === 'blog')
        beacons.push(...withRetries(newsletter(midnight, people, random), place, random));
      beacons.push(...refusedBeacons(place, midnight, random.pick(people), random));
    }
  }
  const first = Date.parse(start) - SHOP.offsetMinutes * MINUTE;
  beacons.push(...crawl(first, days, new Prng(seed, 'crawler')));
  beacons.sort((a, b) => a.at - b.at);
  return { beacons, truth: truthOf(beacons) };
}

function visitsOfDay(place: Place, midnight: number, people: Person[], random: Prng): Beacon[] {
  const weekday = (new Date(midnight + place.offsetMinutes * MINUTE).getUTCDay() + 6) % 7;
  const visits = Math.round(place.visitsADay * place.week[weekday]! * (0.85 + 0.3 * random.share()));
  const hours = place.hours.map((weight, hour) => [hour, weight] as const);
  const starts = Array.from({ length: visits }, () =>
    // Night owls, more of them than life has: it is midnight that the demo is about.
    random.chance(0.06)
      ? midnight + DAY - random.whole(MINUTE, 20 * MINUTE)
      : midnight + random.weighted(hours) * HOUR + random.whole(0, HOUR - 1),
  ).sort((a, b) => a - b);
  return starts.flatMap((start) => {
    const known = people.length > 0 && random.chance(0.45) ? random.pick(people.slice(-400)) : null;
    const person = known ?? newPerson(place, random);
    if (known === null) people.push(person);
    const events = visitOf(place, person, start, random);
    return withRetries(
      delivered(place, person, events, random).map((beacon) => withFault(beacon, random)),
      place,
      random,
      person,
    );
  });
}

/** Now and then, a bad event among the good ones. */
function withFault(beacon: Beacon, random: Prng): Beacon {
  if (!random.chance(0.025)) return beacon;
  const zipped = beacon.headers['content-encoding'] === 'gzip';
  const content = JSON.parse((zipped ? gunzipSync(beacon.body) : beacon.body).toString()) as {
    events: SentEvent[];
  };
  const { events, rejected } = spoil(content.events, random);
  const text = JSON.stringify({ ...content, events });
  const body = zipped ? gzipSync(text) : Buffer.from(text);
  return { ...beacon, body, expected: { ...beacon.expected, rejected } };
}

/**
 * Now and then, a beacon comes twice. Of a client whose clock is wrong the copy's corrected times differ
 * by the delay; such a pair stays within one unit here.
 */
function withRetries(beacons: Beacon[], place: Place, random: Prng, person?: Person): Beacon[] {
  const stamped = person !== undefined && person.client !== 'old-app';
  const unit = (at: number): string => unitOf(at, place.offsetMinutes);
  return beacons.flatMap((beacon) => {
    const often = stamped ? 0.025 : 0.15;
    if (!random.chance(often)) return [beacon];
    if (person?.clockAhead && unit(beacon.at - 6 * HOUR) !== unit(beacon.at + MINUTE)) return [beacon];
    return [beacon, retried(beacon, stamped, random)];
  });
}

function truthOf(beacons: readonly Beacon[]): Truth {
  const truth: Truth = { answers: {}, accepted: 0, facts: {}, rejected: {} };
  const ids = new Map<string, Set<string>>();
  for (const { expected } of beacons) {
    truth.answers[expected.status] = (truth.answers[expected.status] ?? 0) + 1;
    truth.accepted += expected.accepted.length;
    for (const { reason } of expected.rejected) truth.rejected[reason] = (truth.rejected[reason] ?? 0) + 1;
    if (expected.site === null) continue;
    const known = ids.get(expected.site) ?? new Set<string>();
    ids.set(expected.site, known);
    for (const id of expected.accepted) known.add(id);
  }
  for (const [site, known] of ids) truth.facts[site] = known.size;
  return truth;
}
