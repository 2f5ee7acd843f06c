import type { MetricName } from '../core/metrics.ts';

/** Numbers for alarms and charts. */
export interface Metrics {
  /**
   * Sends values that belong together.
   *
   * @param about fields to look at beside them, which make no series of their own
   */
  send(values: Partial<Record<MetricName, number>>, about?: Record<string, unknown>): void;
}

/** Where nobody looks at them: on a laptop. */
export const noMetrics: Metrics = { send() {} };
