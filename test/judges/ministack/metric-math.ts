/** An alarm over a sum, which ministack refuses. */
export const METRIC_MATH = {
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 1,
    Metrics: [
      {
        Id: 'm',
        MetricStat: { Metric: { Namespace: 'N', MetricName: 'M' }, Stat: 'Sum', Period: 60 },
        ReturnData: false,
      },
      { Id: 'twice', Expression: '2 * m', ReturnData: true },
    ],
  },
};
