import { isTime } from './fields.ts';

/** Clocks that differ by no more than this are believed (docs/semantics.md "event_time"). */
export const TRUSTED_SKEW_MS = 60_000;

/**
 * When an event happened, in whole ms UTC (docs/semantics.md "event_time"): without `sentAt` its own
 * `time`; with it the sender's clock is off by skew = received - sent, and beyond 60 s either way the event
 * is moved by that much; without a time, when it was received. Times are floored before they are moved.
 * Null when the result lies outside 1970..9999.
 */
export function eventTime(time: number | null, sentAt: number | null, receivedAt: number): number | null {
  if (time === null) return receivedAt;
  const own = Math.floor(time);
  if (sentAt === null) return own;
  const skew = receivedAt - Math.floor(sentAt);
  const moved = Math.abs(skew) <= TRUSTED_SKEW_MS ? own : own + skew;
  return isTime(moved) ? moved : null;
}
