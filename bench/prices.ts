/** Dollars, us-east-1, 2026: Lambda on arm64 and S3 Standard. */
export const PRICES = {
  gigabyteSecond: 0.0000133334,
  start: 0.2 / 1e6,
  /** PUT, LIST. */
  write: 0.005 / 1000,
  /** GET. */
  read: 0.0004 / 1000,
} as const;
