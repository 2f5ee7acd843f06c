/** Dollars, us-east-1, list prices of 2026: Lambda on arm64, S3 Standard, Athena. */
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
} as const;

/** Memory of the functions that sessionize (infra/functions.yml), GB. */
export const WORKER_GB = 3008 / 1024;

/** What a request to S3 is taken to last, s. */
export const S3_SECONDS = 0.03;
