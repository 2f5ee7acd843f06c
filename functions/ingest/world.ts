import type { Clock } from '../../shared/core/clock.ts';
import type { Site } from '../../shared/core/site.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { RateLimiter } from './rate-limit.ts';

/** Which word about the client's address is believed. */
export type AddressSource = 'connection' | 'x-forwarded-for' | 'cloudfront';

/** A site whose unit offset is settled: what its log says, not what its file leaves open. */
export interface OpenSite extends Site {
  day_offset_minutes: number;
}

/** Everything the collector needs from outside. */
export interface CollectWorld {
  clock: Clock;
  /** All sites by id. A rejection is answered 503. */
  sites(): Promise<ReadonlyMap<string, OpenSite>>;
  /** Takes a beacon's message; resolved means durable. */
  queue: Queue;
  /** Longest wait for the queue, real ms; then the beacon is answered 503. */
  queueTimeoutMs: number;
  randomBytes(count: number): Buffer;
  /** The secret salt of a UTC day (`YYYY-MM-DD`) for visitors without a cookie. */
  salt(day: string): string;
  limiter: RateLimiter;
  addressSource: AddressSource;
  /** When set, every request but `/healthz` must carry it as `x-origin-verify`: only our CDN knows it. */
  originSecret: string | null;
  /** The browser script, as served. */
  tracker: string;
  log: Log;
}
