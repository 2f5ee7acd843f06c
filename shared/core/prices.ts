/** Where and when the prices below stood in AWS's lists. */
export const PRICE_LIST = { region: 'us-east-1', date: '2026-11' } as const;

/** Dollars, list prices without any discount; Lambda on arm64, S3 Standard. */
export const PRICES = {
  gigabyteSecond: 0.0000133334,
  start: 0.2 / 1e6,
  /** PUT, LIST. */
  write: 0.005 / 1000,
  /** GET. */
  read: 0.0004 / 1000,
  /** Athena, a byte scanned; a statement pays for no less than `scannedAtLeast` bytes. */
  scanned: 5 / 1e12,
  scannedAtLeast: 10e6,
  /** SQS standard, a request of up to `queueChunk` bytes; ten messages are received or deleted by one. */
  queue: 0.4 / 1e6,
  queueChunk: 64 * 1024,
  /** EventBridge, a custom event, and one that S3 announces. */
  event: 1 / 1e6,
  /** Glue, a request to the catalog. */
  catalog: 1 / 1e6,
  /** S3 Standard, a GB a month. */
  stored: 0.023,
  /** CloudFront, an HTTPS request; its firewall, a request. */
  cdn: 1 / 1e6,
  firewall: 0.6 / 1e6,
  /** By the month: a firewall with one rule, a secret, an alarm, a dashboard, a metric of our own. */
  firewallMonth: 6,
  secret: 0.4,
  alarm: 0.1,
  dashboard: 3,
  metric: 0.3,
  /** CloudWatch Logs, a GB taken in. */
  logged: 0.5,
} as const;

/** What a statement of Athena costs that scanned so many bytes; one that scans none (DDL) is free. */
export function scanDollars(bytes: number): number {
  return bytes > 0 ? Math.max(bytes, PRICES.scannedAtLeast) * PRICES.scanned : 0;
}

/** What AWS gives every account every month for nothing, for ever (not the offers of the first year). */
export const ALWAYS_FREE = {
  starts: 1e6,
  gigabyteSeconds: 400_000,
  queue: 1e6,
  catalog: 1e6,
  cdn: 1e7,
  alarms: 10,
  dashboards: 3,
  metrics: 10,
  loggedGb: 5,
} as const;

/** What a beacon costs until it is landed: a call of the collector of 20 ms at 512 MB, and its message there and back. */
export const BEACON_DOLLARS = PRICES.start + 0.02 * 0.5 * PRICES.gigabyteSecond + (1 + 2 / 10) * PRICES.queue;

/** Memory of the functions that sessionize (infra/functions.yml), GB. */
export const WORKER_GB = 3008 / 1024;

/** What a request to S3 is taken to last, s. */
export const S3_SECONDS = 0.03;
