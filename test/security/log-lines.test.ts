import { afterEach, expect, it, vi } from 'vitest';
import { emfMetrics } from '../../shared/clients/emf-metrics.ts';
import { powertoolsLog } from '../../shared/clients/powertools-log.ts';
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../../shared/core/metrics.ts';

afterEach(() => vi.restoreAllMocks());

const FORGED =
  'a\r\n{"_aws":{"CloudWatchMetrics":[{"Namespace":"Retcon"}]},"level":"ERROR"}\u2028\u0000\u001b[2J';

it('a text from outside stays within its field of its log line', () => {
  const lines: string[] = [];
  // The logger has a console of its own; what it writes is what the function's log takes, line by line.
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((written) => lines.push(String(written)) > 0);
  }
  const log = powertoolsLog('collect');
  for (const level of ['info', 'warn', 'error'] as const) log[level](FORGED, { site: FORGED });
  vi.restoreAllMocks();
  expect(lines).toHaveLength(3);
  for (const [at, level] of ['INFO', 'WARN', 'ERROR'].entries()) {
    // No character that would end the line, or command a terminal.
    for (const byte of Buffer.from(lines[at]!.replace(/\n$/, ''))) expect(byte).toBeGreaterThanOrEqual(32);
    const entry = JSON.parse(lines[at]!) as Record<string, unknown>;
    expect(entry).toMatchObject({ level, message: FORGED, site: FORGED });
    expect(entry['_aws']).toBeUndefined();
  }
});

it('metrics have one dimension, with one value, whatever stands beside them', () => {
  const lines: string[] = [];
  emfMetrics({ now: () => Date.now() }, (line) => lines.push(line)).send(
    Object.fromEntries(Object.keys(METRICS).map((name) => [name, 1])),
    { function: FORGED },
  );
  expect(lines).toHaveLength(1);
  for (const byte of Buffer.from(lines[0]!)) expect(byte).toBeGreaterThanOrEqual(32);
  const { _aws, service } = JSON.parse(lines[0]!) as {
    _aws: { CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[] };
    service: string;
  };
  expect(_aws.CloudWatchMetrics).toHaveLength(1);
  const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics as [(typeof _aws.CloudWatchMetrics)[0]];
  expect([Namespace, Dimensions, service]).toEqual([
    METRIC_NAMESPACE,
    [['service']],
    METRIC_DIMENSION.service,
  ]);
  expect(Metrics.map(({ Name }) => Name).sort()).toEqual(Object.keys(METRICS).sort());
});
