import type { Clock } from '../../shared/core/clock.ts';

/** Says whether one more request of a site may pass now. */
export interface RateLimiter {
  admit(site: string, requestsPerSecond: number | null): boolean;
}

/**
 * A token bucket per site that holds one second's worth (at least one request) and fills steadily. It
 * knows only its own process; the hard ceiling is the platform's concurrency. A null rate is no limit.
 */
export function createRateLimiter(clock: Clock): RateLimiter {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    admit(site, requestsPerSecond) {
      if (requestsPerSecond === null) return true;
      const now = clock.now();
      const capacity = Math.max(1, requestsPerSecond);
      const bucket = buckets.get(site) ?? { tokens: capacity, at: now };
      const gained = (Math.max(0, now - bucket.at) * requestsPerSecond) / 1_000;
      const tokens = Math.min(capacity, bucket.tokens + gained);
      const admitted = tokens >= 1;
      buckets.set(site, { tokens: admitted ? tokens - 1 : tokens, at: now });
      return admitted;
    },
  };
}
