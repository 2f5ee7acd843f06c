import { MICROSECONDS_AN_EVENT, SECONDS_A_TASK } from '../../functions/sessionize/planning/rates.ts';
import { ALWAYS_FREE, PRICES, WORKER_GB } from '../../shared/core/prices.ts';
import { scannedBy } from './mart-scan.ts';
import {
  ARRIVAL,
  compactRequests,
  landRequests,
  type RunRequests,
  type Runs,
  runsOf,
  sessionizeRequests,
} from './runs.ts';
import { MONTH_DAYS, MONTH_SECONDS, type Traffic } from './traffic.ts';

export const HOPS = ['collection', 'computing', 'reading', 'storing', 'standing', 'monitoring'] as const;
export type Hop = (typeof HOPS)[number];

/** One sum of the bill: price x count = dollars. */
export interface Line {
  hop: Hop;
  what: string;
  count: number;
  /** Dollars each. */
  price: number;
  usd: number;
  /** What AWS doesn't ask for in any month, of this. */
  free: number;
}

/**
 * What no measurement here can tell. A call of the collector waits for SQS; the rest are sizes and memories of
 * infra/functions.yml.
 */
export const ASSUMED = {
  collectSeconds: 0.01,
  collectGb: 0.5,
  landSeconds: 0.15,
  landSecondsAnEvent: 10e-6,
  landGb: 1,
  /** Bytes of an event in a queue, and stored in landing, facts and tables. */
  queued: 1000,
  stored: { landing: 150, facts: 65, tables: 110 },
  /** A call of publish: seconds at 1 GB; requests to S3 and the catalog, and of these for each site that moved. */
  publishSeconds: 2,
  publishReads: 14,
  publishWrites: 6,
  publishCatalog: 16,
  siteWrites: 3,
  siteReads: 2,
  siteCatalog: 4,
  /** Log bytes of a call. */
  logged: 400,
} as const;

/** What is there whether anybody sends or not: `infra/`; a test counts. */
export const STANDING = {
  /** Lambda asks every queue by five long polls of 20 s at once. */
  mappings: 5,
  pollers: 5,
  pollSeconds: 20,
  secrets: 2,
  reconciles: 24 * MONTH_DAYS + MONTH_DAYS,
  collects: MONTH_DAYS,
  /** Calls of the watch, a second each at half a GB. */
  watches: 48 * MONTH_DAYS,
  alarms: 10,
  dashboards: 1,
  metrics: 10,
} as const;

/** The bill of a month, line by line. */
export function linesOf(traffic: Traffic): Line[] {
  const runs = runsOf(traffic);
  return [
    ...collection(traffic, runs),
    ...computing(traffic, runs),
    ...reading(traffic, runs),
    ...storing(traffic),
    ...standing(traffic),
    ...(traffic.monitoring ? monitoring(traffic) : []),
  ].filter(({ count }) => count > 0);
}

function line(hop: Hop, what: string, count: number, price: number): Line {
  return { hop, what, count, price, usd: count * price, free: 0 };
}

function lambda(hop: Hop, name: string, calls: number, seconds: number, gigabytes: number): Line[] {
  return [
    line(hop, `Lambda ${name}: calls`, calls, PRICES.start),
    line(
      hop,
      `Lambda ${name}: GB-seconds (${gigabytes.toFixed(2)} GB)`,
      seconds * gigabytes,
      PRICES.gigabyteSecond,
    ),
  ];
}

/** Sent one by one; received and deleted ten at a time when they come in crowds, else one by one. */
function queue(hop: Hop, name: string, messages: number, calls: number, bytes = 1): Line {
  const chunks = Math.max(1, Math.ceil(bytes / PRICES.queueChunk));
  const batches = Math.max(messages / 10, Math.min(calls, messages));
  return line(
    hop,
    `SQS ${name}: send, receive, delete`,
    messages * chunks + 2 * batches * chunks,
    PRICES.queue,
  );
}

function s3(hop: Hop, name: string, times: number, { reads, writes, lists }: RunRequests): Line[] {
  return [
    line(hop, `S3 ${name}: PUT and LIST`, times * (writes + lists), PRICES.write),
    line(hop, `S3 ${name}: GET`, times * reads, PRICES.read),
  ];
}

function collection({ events, perBeacon, cdn, firewall }: Traffic, { beacons, landed }: Runs): Line[] {
  const hop = 'collection';
  return [
    ...(cdn ? [line(hop, 'CloudFront: requests', beacons, PRICES.cdn)] : []),
    ...(firewall ? [line(hop, 'WAF: requests', beacons, PRICES.firewall)] : []),
    ...lambda(hop, 'collect', beacons, beacons * ASSUMED.collectSeconds, ASSUMED.collectGb),
    queue(hop, 'ingest', beacons, landed, perBeacon * ASSUMED.queued),
    ...lambda(
      hop,
      'land',
      landed,
      landed * ASSUMED.landSeconds + events * ASSUMED.landSecondsAnEvent,
      ASSUMED.landGb,
    ),
    ...s3(hop, 'landing objects', landed, landRequests),
    // What land says on the bus, and what S3 says, which goes into the queue of compact.
    line(hop, 'EventBridge: landed', landed * (landRequests.events + 1), PRICES.event),
  ];
}

function computing(_: Traffic, runs: Runs): Line[] {
  const hop = 'computing';
  const { landed, calls, updates, compactSeconds, sessionizeSeconds, publishes } = runs;
  const compact = compactRequests(ARRIVAL);
  const sessionize = sessionizeRequests(ARRIVAL);
  return [
    queue(hop, 'compact', landed, calls),
    ...lambda(hop, 'compact', calls, updates * compactSeconds, WORKER_GB),
    ...s3(hop, 'compact', updates, compact),
    line(
      hop,
      'EventBridge: compacted, sessionized',
      updates * (compact.events + sessionize.events),
      PRICES.event,
    ),
    queue(hop, 'sessionize, publish', 2 * updates, calls + publishes),
    ...lambda(hop, 'sessionize', calls, updates * sessionizeSeconds, WORKER_GB),
    ...s3(hop, 'sessionize', updates, sessionize),
    ...lambda(hop, 'publish', publishes, publishes * ASSUMED.publishSeconds, 1),
    ...s3(hop, 'publish', publishes, {
      reads: ASSUMED.publishReads,
      writes: ASSUMED.publishWrites,
      lists: 0,
      events: 0,
    }),
    ...s3(hop, 'publish, sites', updates, {
      reads: ASSUMED.siteReads,
      writes: ASSUMED.siteWrites,
      lists: 0,
      events: 0,
    }),
    line(
      hop,
      'Glue: catalog',
      publishes * ASSUMED.publishCatalog + updates * ASSUMED.siteCatalog,
      PRICES.catalog,
    ),
    line(
      hop,
      'CloudWatch: logs, GB',
      ((runs.beacons + landed + 2 * calls + publishes) * ASSUMED.logged) / 1e9,
      PRICES.logged,
    ),
  ];
}

function reading({ events, days }: Traffic, { marts }: Runs): Line[] {
  const aBuild = scannedBy((events / MONTH_DAYS) * days);
  return [line('reading', 'Athena: TB scanned for marts', (marts * aBuild) / 1e12, PRICES.scanned * 1e12)];
}

function storing({ events, days }: Traffic): Line[] {
  const gigabytes = (bytes: number): number => ((events / MONTH_DAYS) * days * bytes) / 1e9;
  const { landing, facts, tables } = ASSUMED.stored;
  return [
    line('storing', `S3: GB of ${days} days landed`, gigabytes(landing), PRICES.stored),
    line('storing', 'S3: GB of facts', gigabytes(facts), PRICES.stored),
    line('storing', 'S3: GB of tables, live and previous', gigabytes(2 * tables), PRICES.stored),
  ];
}

function standing({ sites, firewall, martsEvery }: Traffic): Line[] {
  const { mappings, pollers, pollSeconds, secrets, reconciles, collects, watches } = STANDING;
  const martLooks = MONTH_SECONDS / martsEvery;
  const polls = (mappings * pollers * MONTH_SECONDS) / pollSeconds;
  const looks = reconciles * sites;
  return [
    line('standing', 'SQS: empty polls', polls, PRICES.queue),
    line('standing', 'Secrets Manager: secrets', secrets, PRICES.secret),
    ...(firewall ? [line('standing', 'WAF: the firewall', 1, PRICES.firewallMonth)] : []),
    ...lambda(
      'standing',
      'reconcile, gc, watch, looks at marts',
      reconciles + collects + watches + martLooks,
      (reconciles + collects) * 2 + watches / 2 + martLooks,
      1,
    ),
    ...s3('standing', 'reconcile, gc', reconciles + collects, { reads: 4, writes: 1, lists: 10, events: 0 }),
    ...s3('standing', 'a look at each site', looks, { reads: 2, writes: 0, lists: 5, events: 0 }),
    line('standing', 'EventBridge: a look at each site', 2 * looks, PRICES.event),
    line('standing', 'Glue: looks at marts', martLooks * ASSUMED.publishCatalog, PRICES.catalog),
  ];
}

/** A metric is paid for in the hours in which it is told. */
function monitoring({ events }: Traffic): Line[] {
  return [
    line('monitoring', 'CloudWatch: alarms', STANDING.alarms, PRICES.alarm),
    line('monitoring', 'CloudWatch: dashboard', STANDING.dashboards, PRICES.dashboard),
    line('monitoring', 'CloudWatch: metrics', events > 0 ? STANDING.metrics : 0, PRICES.metric),
  ];
}

/** What AWS gives for nothing, taken off the lines in their order. */
export function lessFree(lines: readonly Line[]): Line[] {
  const left: Record<string, number> = {
    [PRICES.start]: ALWAYS_FREE.starts,
    [PRICES.gigabyteSecond]: ALWAYS_FREE.gigabyteSeconds,
    [PRICES.queue]: ALWAYS_FREE.queue,
  };
  const named: [RegExp, number][] = [
    [/^CloudFront/, ALWAYS_FREE.cdn],
    [/^Glue/, ALWAYS_FREE.catalog],
    [/alarms$/, ALWAYS_FREE.alarms],
    [/dashboard$/, ALWAYS_FREE.dashboards],
    [/metrics$/, ALWAYS_FREE.metrics],
    [/logs, GB$/, ALWAYS_FREE.loggedGb],
  ];
  return lines.map((one) => {
    const match = named.find(([pattern]) => pattern.test(one.what));
    const of = match ? match[1] : one.what.startsWith('EventBridge') ? 0 : (left[one.price] ?? 0);
    const count = Math.min(one.count, of);
    if (match) match[1] -= count;
    else if (count > 0) left[one.price]! -= count;
    return { ...one, free: count * one.price };
  });
}

/** Dollars of restating all of history once, by a redefinition of sessions: time of workers, requests, what marts scan. */
export function restatement({ events, sites, days }: Traffic): { events: number; usd: number } {
  const all = (events / MONTH_DAYS) * days;
  const units = all === 0 ? 0 : sites * days;
  const us = Object.values(MICROSECONDS_AN_EVENT).reduce((sum, n) => sum + n, 0);
  const { reads, writes } = sessionizeRequests({ ...ARRIVAL, u: 1 });
  const seconds = (all * us) / 1e6 + units * 2 * SECONDS_A_TASK;
  return {
    events: all,
    usd:
      seconds * WORKER_GB * PRICES.gigabyteSecond +
      units * (reads * PRICES.read + writes * PRICES.write) +
      scannedBy(all) * PRICES.scanned,
  };
}
