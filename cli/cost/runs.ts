import { MICROSECONDS_AN_EVENT, SECONDS_A_TASK } from '../../functions/sessionize/planning/rates.ts';
import { S3_SECONDS } from '../../shared/core/prices.ts';
import { affordableBuilds } from './mart-scan.ts';
import { MONTH_DAYS, MONTH_SECONDS, type Traffic } from './traffic.ts';

/** Requests of one run of a function, by operation: docs/requests.md, "Counts", which a test holds them to. */
export interface RunRequests {
  reads: number;
  writes: number;
  lists: number;
  events: number;
}

/** Letters of docs/requests.md. */
export type Letters = Record<'u' | 'r' | 'o' | 'k' | 'n' | 'e' | 'j' | 'x' | 'g', number>;

export const landRequests: RunRequests = { reads: 0, writes: 1, lists: 0, events: 1 };

export const compactRequests = ({ o, r, k, n, u }: Letters): RunRequests => ({
  reads: o + r + k + n,
  writes: 2 * u,
  lists: u,
  events: u,
});

export const sessionizeRequests = ({ u, e, j, x, g }: Letters): RunRequests => ({
  reads: 1 + 5 * u + 3 * e + 2 * j + x,
  writes: 1 + 5 * u + g + 2 * e,
  lists: 3,
  events: 1,
});

/** A run for what arrived of one site today: its day, whose facts and neighbours are there, with a session over midnight. */
export const ARRIVAL: Letters = { u: 1, r: 1, o: 1, k: 1, n: 2, e: 1, j: 0, x: 1, g: 1 };

/** Seconds that messages are gathered (serverless.yml), and the longest that a day rests (`freshness`). */
export const WINDOWS = {
  land: 20,
  compact: 60,
  sessionize: 60,
  publish: 60,
  marts: 900,
  freshness: 900,
} as const;
/** A unit rests for 60 times its compaction, if that is a minute or more (functions/compact/patience.ts). */
const REST = 60;
const LEAST_REST = 60;

/** Compaction, us an event that a generation holds (docs/performance.md). */
const COMPACTION_US = 14.82;

/** How many of the windows of a month hold something, when so many things come evenly but by chance. */
export function filled(windows: number, things: number): number {
  return things === 0 ? 0 : windows * (1 - Math.exp(-things / windows));
}

/** How often functions run in a month, and how long a run lasts, s. */
export interface Runs {
  beacons: number;
  /** Landing objects. */
  landed: number;
  /** Calls of compact and sessionize: each takes all sites that something came of. */
  calls: number;
  /** Days of sites that are brought up to date. */
  updates: number;
  compactSeconds: number;
  sessionizeSeconds: number;
  publishes: number;
  /** Times that marts are built. */
  marts: number;
}

export function runsOf({ events, sites, perBeacon, days, martsEvery, martsPerDay }: Traffic): Runs {
  const beacons = events / perBeacon;
  // What a batch holds is limited as well.
  const landed = Math.max(filled(MONTH_SECONDS / WINDOWS.land, beacons), beacons / 1000);
  // A generation holds half a day on the average: it grows from nothing to a day.
  const rows = events / sites / MONTH_DAYS / 2;
  const requests = ({ reads, writes, lists }: RunRequests): number => reads + writes + lists;
  const compactSeconds =
    SECONDS_A_TASK + requests(compactRequests(ARRIVAL)) * S3_SECONDS + (COMPACTION_US * rows) / 1e6;
  const us = Object.values(MICROSECONDS_AN_EVENT).reduce((sum, n) => sum + n, 0);
  const sessionizeSeconds =
    2 * SECONDS_A_TASK + requests(sessionizeRequests(ARRIVAL)) * S3_SECONDS + (us * rows) / 1e6;
  const rest = Math.min(REST * compactSeconds, WINDOWS.freshness);
  const every = Math.max(WINDOWS.compact, rest < LEAST_REST ? 0 : rest);
  const updates = sites * filled(MONTH_SECONDS / every, beacons / sites);
  return {
    beacons,
    landed,
    calls: filled(MONTH_SECONDS / WINDOWS.compact, updates),
    updates,
    compactSeconds,
    sessionizeSeconds,
    publishes: filled(MONTH_SECONDS / WINDOWS.publish, updates),
    marts: Math.min(
      filled(MONTH_SECONDS / martsEvery, updates),
      MONTH_DAYS * affordableBuilds((events / MONTH_DAYS) * days, martsPerDay),
    ),
  };
}
