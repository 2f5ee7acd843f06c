import middy from '@middy/core';
import { lakeHealth } from '../../shared/lake/health.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Metrics } from '../../shared/ports/metrics.ts';

export interface WatchDeps {
  lake: Lake;
  /** Messages in all queues of what was given up. */
  deadLetters(): Promise<number>;
  metrics: Metrics;
  log: Log;
}

/** Every so many hours of the day freshness is sent though it is 0. */
const HEARTBEAT_HOURS = 6;

/**
 * The clock calls it; it measures the lake and changes nothing. What can be 0 for months is sent only when it isn't: a
 * series costs by the hours in which it has values, and no data means that all is well. Only freshness is sent all the
 * same, in one hour of six: its alarm looks at six hours, so that silence of the watch itself is noticed.
 */
export function createWatchHandler({ lake, deadLetters, metrics, log }: WatchDeps) {
  return middy<unknown, void>().handler(async () => {
    const health = await lakeHealth(lake);
    const dead_letters = await deadLetters();
    const amiss = {
      FreshnessSeconds: health.freshness_seconds,
      StaleUnits: health.stale_units,
      FailedMarts: health.failed_marts,
      DeadLetters: dead_letters,
    };
    const alive = new Date(lake.clock.now()).getUTCHours() % HEARTBEAT_HOURS === 0;
    const values = {
      ...(alive ? { FreshnessSeconds: health.freshness_seconds } : {}),
      ...Object.fromEntries(Object.entries(amiss).filter(([, value]) => value > 0)),
      ...(health.events_lost_percent === null ? {} : { EventsLostPercent: health.events_lost_percent }),
      ...(health.traffic_deviation === null ? {} : { TrafficDeviation: health.traffic_deviation }),
    };
    if (Object.keys(values).length > 0) metrics.send(values);
    log.info('watched', { ...health, dead_letters });
  });
}
