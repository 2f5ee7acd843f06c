/**
 * Every metric that the functions emit, and its CloudWatch unit. Each has one series for the whole lake: no dimension
 * per site or visitor, for CloudWatch charges for every series; which site it is stands in `retcon status`.
 */
export const METRICS = {
  /** Events that were landed, and events that were refused, of a batch. */
  EventsLanded: 'Count',
  EventsRejected: 'Count',
  /** Beacons that could not be stored: answered 500 or 503, so that the client sends them again. */
  BeaconsUnstored: 'Count',
  /** How long the oldest event that readers don't see has been there; 0 when they see all, and then rarely sent. */
  FreshnessSeconds: 'Seconds',
  /** Units whose sessions are not those of their facts. Not sent when 0; so too the next two. */
  StaleUnits: 'Count',
  /** Marts of the live release whose last attempt failed. */
  FailedMarts: 'Count',
  /** Messages that were given up. */
  DeadLetters: 'Count',
  /** Events missing in the numbers that visitors give their events, of all that were numbered in the last days. */
  EventsLostPercent: 'Percent',
  /** Doublings between the last full hour's landed bytes and what that hour brings: 1 is half or twice. */
  TrafficDeviation: 'None',
  /** What invocations cost: time, requests, bytes that Athena scanned, at list prices. */
  SpendDollars: 'None',
} as const;

export type MetricName = keyof typeof METRICS;

export const METRIC_NAMESPACE = 'Retcon';

/** The one dimension. Powertools gives every metric one, called so. */
export const METRIC_DIMENSION = { service: 'lake' } as const;
