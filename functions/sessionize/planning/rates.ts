/**
 * What work costs, for estimates: docs/redefining.md, "Where an estimate comes from", says where each figure is from,
 * and test/docs/rates.test.ts holds them to that table and to the pages it names.
 */

/** CPU, us an event: the rows of docs/performance.md. Tables that are made together share some of it. */
export const MICROSECONDS_AN_EVENT: Record<string, number> = {
  boundaries: 1.1,
  sessions: 3.09,
  events: 7.5,
};

/** CPU of a task whatever its size, s: opening an engine, the files, the statements. */
export const SECONDS_A_TASK = 0.2;

/** Requests to S3 of one unit (docs/requests.md, "Counts"). */
export const REQUESTS = {
  /** Look-up of the manifest and the facts; manifest and border file. */
  boundaries: { reads: 2, writes: 2 },
  /** The facts, once for all tables of a unit. */
  facts: { reads: 1, writes: 0 },
  /** Look-up of the manifest; the file and the manifest. */
  table: { reads: 1, writes: 2 },
  /** Border files of both sides of an edge, what comes in and what runs out; a stitch and a crossing. */
  edge: { reads: 7, writes: 2 },
} as const;

/** A mart: what its statements take besides reading, s, and bytes of its inputs read in a second. */
export const SECONDS_A_MART = 1;
export const MART_BYTES_A_SECOND = 50e6;
