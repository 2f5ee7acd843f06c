import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../../shared/core/metrics.ts';
import { ALWAYS_FREE, PRICES } from '../../shared/core/prices.ts';
import { evaluateExpression } from './expression.ts';

interface Alarm {
  name: string;
  metric?: string;
  share?: { of: string; among: string[]; at_least: number };
  threshold: number;
  means: string;
  do: string;
}
const { monitoring, idOf, alarms } = createRequire(import.meta.url)('../../infra/monitoring/template.cjs');
const list: Alarm[] = alarms();
const made = (options: object = {}) =>
  monitoring({ stage: 'prod', email: '', parameters: { spendPerDay: 10 }, ...options }).Resources;
const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

it('every alarm watches a metric that functions send, and says what it means and what to do', () => {
  for (const { name, metric, share, means, do: what } of list) {
    for (const each of share?.among ?? [metric!]) expect(Object.keys(METRICS), name).toContain(each);
    expect(Math.min(means.length, what.length), name).toBeGreaterThan(20);
    const { AlarmDescription, AlarmActions, OKActions } = made()[idOf(name)].Properties;
    expect(AlarmDescription).toBe(`${means.trim()} What to do: ${what.trim()}`);
    // CloudWatch takes no more than 1,024 characters.
    expect(AlarmDescription.length).toBeLessThan(1024);
    expect([AlarmActions, OKActions]).toEqual([[{ Ref: 'AlarmTopic' }], [{ Ref: 'AlarmTopic' }]]);
  }
});

it('every metric is watched by an alarm', () => {
  const watched = list.flatMap(({ metric, share }) => share?.among ?? [metric!]);
  expect([...new Set(watched)].sort()).toEqual(Object.keys(METRICS).sort());
});

it('template and functions mean the same series', () => {
  const of = JSON.stringify(made());
  const Dimensions = Object.entries(METRIC_DIMENSION).map(([Name, Value]) => ({ Name, Value }));
  expect(made().FreshnessAlarm.Properties).toMatchObject({ Namespace: METRIC_NAMESPACE, Dimensions });
  expect(of.match(/"Namespace":"[^"]+"/g)!.every((one) => one === `"Namespace":"${METRIC_NAMESPACE}"`)).toBe(
    true,
  );
});

it('alarms over a share can be left out for emulators, and no other alarm', () => {
  const conditional = list.filter(({ name }) => made()[idOf(name)].Condition !== undefined);
  expect(conditional.map(({ share }) => share !== undefined)).toEqual([true]);
  const condition = (options: object) =>
    monitoring({ stage: 'prod', email: '', parameters: { spendPerDay: 10 }, ...options }).Conditions
      .MetricMath;
  expect(condition({})).toEqual({ 'Fn::Equals': ['on', 'on'] });
  expect(condition({ metricMath: 'off' })).toEqual({ 'Fn::Equals': ['off', 'on'] });
});

it('the rejected share, by its expression', () => {
  const { Metrics } = made().RejectedShareAlarm.Properties;
  const { Expression } = Metrics.at(-1);
  const share = (landed?: number, rejected?: number) =>
    evaluateExpression(Expression, { m0: landed, m1: rejected });
  expect(share(94, 6)).toBe(6);
  expect(share(190, 10)).toBe(5);
  expect(share(0, 100)).toBe(100);
  expect(share(undefined, 200)).toBe(100);
  expect(share(100, undefined)).toBe(0);
  // Of so few, none would be a share.
  expect(share(9, 90)).toBe(0);
});

it('the dashboard shows every alarm with its threshold', () => {
  const body = JSON.parse(made().LakeDashboard.Properties.DashboardBody['Fn::Sub']);
  const shown = body.widgets.map(({ properties }: { properties: Record<string, unknown> }) => properties);
  for (const { name, threshold } of list) {
    const widget = shown.find(({ title }: { title: string }) => title === name);
    expect(widget, name).toMatchObject({ annotations: { horizontal: [{ value: threshold }] } });
  }
  for (const one of shown)
    expect(Object.keys(one)).toEqual(
      expect.arrayContaining(['title', 'region', 'metrics', 'stat', 'period']),
    );
});

it('mail is asked for by a parameter; a parameter takes the place of a threshold', () => {
  expect(made().AlarmMail).toBeUndefined();
  expect(made({ email: 'ada@shop.example' }).AlarmMail.Properties).toMatchObject({
    Protocol: 'email',
    Endpoint: 'ada@shop.example',
  });
  expect(made({ parameters: { spendPerDay: '2.5' } }).SpendAlarm.Properties.Threshold).toBe(2.5);
  expect(() => made({ parameters: { spendPerDay: 'much' } })).toThrow('spendPerDay must be a number');
});

it('the table of alarms in docs/operations.md is this list', () => {
  const section = operations.slice(operations.indexOf('## Alarms'));
  const rows = section.split('\n').filter((line) => /^\| `[a-z-]+` \|/.test(line));
  const wanted = list.map(
    ({ name, means, do: what }) =>
      `| \`${name}\` | ${means.trim()} | ${what.trim().replaceAll('|', '\\|')} |`,
  );
  expect(rows).toEqual(wanted);
});

it('watching an idle lake costs what docs/operations.md says', () => {
  const resources = Object.values(made()) as {
    Type: string;
    Properties: { Metrics?: { MetricStat?: object }[] };
  }[];
  const dashboards = resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard').length;
  // An alarm is charged by the metrics that it looks at.
  const looked = resources
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .reduce(
      (sum, { Properties: { Metrics } }) =>
        sum + (Metrics?.filter(({ MetricStat }) => MetricStat).length ?? 1),
      0,
    );
  // FreshnessSeconds alone has values while nothing happens, in one hour of six (functions/watch/handler.ts).
  const dollars = dashboards * PRICES.dashboard + looked * PRICES.alarm + PRICES.metric / 6;
  expect(operations).toContain(`**$${dollars.toFixed(2)} a month**`);
  // All of it fits into what every account has for nothing.
  expect(dashboards).toBeLessThanOrEqual(ALWAYS_FREE.dashboards);
  expect(looked).toBeLessThanOrEqual(ALWAYS_FREE.alarms);
  expect(Object.keys(METRICS).length).toBeLessThanOrEqual(ALWAYS_FREE.metrics);
});
