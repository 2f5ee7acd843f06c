import { PRICES, scanDollars } from '../../shared/core/prices.ts';

/** What no measurement here can tell about marts. */
export const MARTS = {
  /** Those that are shipped. */
  marts: 4,
  /** Bytes of the columns that all of them read, an event. */
  martBytes: 20,
  /** Statements of a mart: it is made, and its tests asked; all of these as small as Athena charges. */
  statementsAMart: 3,
} as const;

/** Bytes that Athena charges for one build of all marts, which read their columns of all of history. */
export function scannedBy(events: number): number {
  const { marts, martBytes, statementsAMart } = MARTS;
  const made = Math.max((events * martBytes) / marts, PRICES.scannedAtLeast);
  return marts * (made + (statementsAMart - 1) * PRICES.scannedAtLeast);
}

/** How often a day so many dollars build all marts over so many events. */
export function affordableBuilds(events: number, perDay: number): number {
  return perDay / scanDollars(scannedBy(events));
}
