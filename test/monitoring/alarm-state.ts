import { evaluateExpression } from './expression.ts';

/** What of an AWS::CloudWatch::Alarm decides about its state. */
export interface AlarmProperties {
  AlarmName: string;
  AlarmDescription: string;
  Namespace?: string;
  MetricName?: string;
  Dimensions?: { Name: string; Value: string }[];
  Statistic?: string;
  Period?: number;
  Metrics?: {
    Id: string;
    MetricStat?: {
      Metric: { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: string }[] };
      Stat: string;
      Period: number;
    };
    Expression?: string;
    ReturnData: boolean;
  }[];
  EvaluationPeriods: number;
  DatapointsToAlarm: number;
  ComparisonOperator: string;
  Threshold: number;
  TreatMissingData: string;
}

const MINUTE = 60_000;

interface Point {
  at: number;
  value: number;
}

/** Values of one series among lines of the embedded metric format: namespace, name and exactly these dimensions. */
function seriesOf(
  lines: readonly string[],
  of: { Namespace?: string; MetricName?: string; Dimensions?: { Name: string; Value: string }[] },
): Point[] {
  const wanted = of.Dimensions ?? [];
  return lines.flatMap((line) => {
    const parsed = JSON.parse(line);
    const { Timestamp, CloudWatchMetrics } = parsed._aws;
    return CloudWatchMetrics.flatMap(
      (directive: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }) => {
        const matches =
          directive.Namespace === of.Namespace &&
          directive.Metrics.some(({ Name }) => Name === of.MetricName) &&
          directive.Dimensions.some(
            (names) =>
              names.length === wanted.length &&
              wanted.every(({ Name, Value }) => names.includes(Name) && parsed[Name] === Value),
          );
        return matches ? [{ at: Timestamp, value: parsed[of.MetricName!] }] : [];
      },
    );
  });
}

function statisticOf(
  points: readonly Point[],
  from: number,
  to: number,
  statistic: string,
): number | undefined {
  const values = points.filter(({ at }) => at >= from && at < to).map(({ value }) => value);
  if (values.length === 0) return undefined;
  if (statistic === 'Maximum') return Math.max(...values);
  if (statistic === 'Sum') return values.reduce((sum, value) => sum + value, 0);
  throw new Error(`the statistic ${statistic} is not judged here`);
}

/**
 * The state of an alarm at a moment, by the metrics that were written until then: the periods that end at
 * the last whole minute, for the window slides by minutes. Source: CloudWatch user guide, "Evaluating an alarm" and "Configuring how alarms treat missing data".
 * CloudWatch looks a little further back when data is missing, which only delays what is judged here.
 *
 * @param at ms UTC
 */
export function alarmState(alarm: AlarmProperties, lines: readonly string[], at: number): 'OK' | 'ALARM' {
  if (alarm.ComparisonOperator !== 'GreaterThanThreshold') throw new Error(alarm.ComparisonOperator);
  const stats = alarm.Metrics?.filter(({ MetricStat }) => MetricStat) ?? [];
  const period = (alarm.Period ?? stats[0]!.MetricStat!.Period) * 1000;
  const end = Math.floor(at / MINUTE) * MINUTE;
  let breaching = 0;
  for (let back = 1; back <= alarm.EvaluationPeriods; back++) {
    const [from, to] = [end - back * period, end - (back - 1) * period];
    const value = datapoint(alarm, lines, from, to);
    if (value === undefined) breaching += Number(alarm.TreatMissingData === 'breaching');
    else breaching += Number(value > alarm.Threshold);
  }
  return breaching >= alarm.DatapointsToAlarm ? 'ALARM' : 'OK';
}

function datapoint(
  alarm: AlarmProperties,
  lines: readonly string[],
  from: number,
  to: number,
): number | undefined {
  if (alarm.Metrics === undefined) return statisticOf(seriesOf(lines, alarm), from, to, alarm.Statistic!);
  const values: Record<string, number | undefined> = {};
  for (const { Id, MetricStat } of alarm.Metrics) {
    if (MetricStat) values[Id] = statisticOf(seriesOf(lines, MetricStat.Metric), from, to, MetricStat.Stat);
  }
  // An expression has no value where none of its metrics has one, whatever it fills in.
  if (Object.values(values).every((value) => value === undefined)) return undefined;
  return evaluateExpression(alarm.Metrics.find(({ ReturnData }) => ReturnData)!.Expression!, values);
}
