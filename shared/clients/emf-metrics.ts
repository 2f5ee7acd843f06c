import { Metrics as Powertools } from '@aws-lambda-powertools/metrics';
import type { Clock } from '../core/clock.ts';
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS, type MetricName } from '../core/metrics.ts';
import type { Metrics } from '../ports/metrics.ts';

/**
 * Metrics as lines of CloudWatch's embedded metric format: whatever writes the function's log makes them metrics,
 * without a request.
 */
export function emfMetrics(
  clock: Clock,
  write: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Metrics {
  return {
    send(values, about = {}) {
      const powertools = new Powertools({
        namespace: METRIC_NAMESPACE,
        serviceName: METRIC_DIMENSION.service,
      });
      powertools.setTimestamp(clock.now());
      for (const [name, value] of Object.entries(values)) {
        powertools.addMetric(name, METRICS[name as MetricName], value);
      }
      for (const [key, value] of Object.entries(about)) powertools.addMetadata(key, value as string);
      write(JSON.stringify(powertools.serializeMetrics()));
    },
  };
}
