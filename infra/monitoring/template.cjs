// CloudFormation of the alarms, of where they are told, and of the dashboard, made of alarms.yml.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');

const NAMESPACE = 'Retcon';
const DIMENSIONS = [{ Name: 'service', Value: 'lake' }];
// Filled in by Fn::Sub.
// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's form, not ours
const REGION = '${AWS::Region}';
const QUEUES = ['ingest', 'compact', 'sessionize', 'work', 'publish'];

/** The list, as it stands in alarms.yml. */
const alarms = () => parse(readFileSync(join(__dirname, 'alarms.yml'), 'utf8'));

/** `dead-letters` -> `DeadLettersAlarm` */
const idOf = (name) => `${name.replace(/(^|-)(.)/g, (_, _dash, letter) => letter.toUpperCase())}Alarm`;

const numbered = (names) => names.map((name, i) => [`m${i}`, name]);

/** A percentage of two sums; 0 while there is too little of which to tell. */
function shareExpression({ of, among, at_least }) {
  const ids = Object.fromEntries(numbered(among).map(([id, name]) => [name, id]));
  const sum = among.map((name) => `FILL(${ids[name]}, 0)`).join(' + ');
  return `IF(${sum} >= ${at_least}, 100 * FILL(${ids[of]}, 0) / (${sum}), 0)`;
}

const metric = (name) => ({ Namespace: NAMESPACE, MetricName: name, Dimensions: DIMENSIONS });

function what({ metric: name, share, statistic, period }) {
  if (share === undefined) return { ...metric(name), Statistic: statistic, Period: period };
  return {
    Metrics: [
      ...numbered(share.among).map(([Id, each]) => ({
        Id,
        MetricStat: { Metric: metric(each), Stat: 'Sum', Period: period },
        ReturnData: false,
      })),
      { Id: 'share', Label: 'share', Expression: shareExpression(share), ReturnData: true },
    ],
  };
}

function alarmResource(alarm, stage, threshold) {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    ...(alarm.share === undefined ? {} : { Condition: 'MetricMath' }),
    Properties: {
      AlarmName: `retcon-${stage}-${alarm.name}`,
      AlarmDescription: `${alarm.means.trim()} What to do: ${alarm.do.trim()}`,
      ...what(alarm),
      EvaluationPeriods: alarm.periods,
      DatapointsToAlarm: alarm.periods,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: threshold,
      TreatMissingData: alarm.missing,
      AlarmActions: [{ Ref: 'AlarmTopic' }],
      OKActions: [{ Ref: 'AlarmTopic' }],
    },
  };
}

function widget(alarm, threshold) {
  const { name, metric: metricName, share, statistic = 'Sum', period, means } = alarm;
  const at = Object.entries(DIMENSIONS[0]).map(([, value]) => value);
  const metrics =
    share === undefined
      ? [[NAMESPACE, metricName, ...at]]
      : [
          ...numbered(share.among).map(([id, each]) => [NAMESPACE, each, ...at, { id, visible: false }]),
          [{ expression: shareExpression(share), label: 'share', id: 'share' }],
        ];
  return {
    type: 'metric',
    width: 8,
    height: 6,
    properties: {
      title: name,
      region: REGION,
      view: 'timeSeries',
      stat: statistic,
      period,
      metrics,
      annotations: { horizontal: [{ label: means.trim().slice(0, 60), value: threshold }] },
    },
  };
}

/** What AWS measures itself: how long the queues wait, and which functions fail. */
function awsWidgets(stage, functions) {
  const line = (title, stat, metrics) => ({
    type: 'metric',
    width: 12,
    height: 6,
    properties: { title, region: REGION, view: 'timeSeries', stat, period: 300, metrics },
  });
  return [
    line(
      'oldest message, seconds',
      'Maximum',
      QUEUES.map((queue) => [
        'AWS/SQS',
        'ApproximateAgeOfOldestMessage',
        'QueueName',
        `retcon-${stage}-${queue}`,
      ]),
    ),
    line(
      'failed invocations',
      'Sum',
      functions.map((name) => ['AWS/Lambda', 'Errors', 'FunctionName', `retcon-${stage}-${name}`]),
    ),
  ];
}

/**
 * @param {{ stage: string, email: string, parameters: Record<string, number>, metricMath?: string }} options
 *   `email`: empty for nobody; `metricMath`: `on`, or `off` without the alarms over a share
 */
function monitoring({ stage, email, parameters, metricMath = 'on' }) {
  const list = alarms().map((alarm) => ({ alarm, threshold: thresholdOf(alarm, parameters) }));
  const functions = ['collect', 'land', 'compact', 'sessionize', 'work', 'publish', 'watch'];
  const widgets = [...list.map((one) => widget(one.alarm, one.threshold)), ...awsWidgets(stage, functions)];
  const Resources = {
    // Not encrypted by a key: alarms can't publish to a topic under AWS's own key, and one of ours is $1 a month.
    AlarmTopic: {
      Type: 'AWS::SNS::Topic',
      Properties: { TopicName: `retcon-${stage}-alarms` },
    },
    LakeDashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: `retcon-${stage}`,
        DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets }) },
      },
    },
  };
  if (email !== '') {
    Resources.AlarmMail = {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'AlarmTopic' }, Protocol: 'email', Endpoint: email },
    };
  }
  for (const { alarm, threshold } of list)
    Resources[idOf(alarm.name)] = alarmResource(alarm, stage, threshold);
  // Emulators of AWS refuse a template that has such an alarm.
  return { Conditions: { MetricMath: { 'Fn::Equals': [metricMath, 'on'] } }, Resources };
}

function thresholdOf(alarm, parameters) {
  if (alarm.parameter === undefined) return alarm.threshold;
  const given = Number(parameters[alarm.parameter]);
  if (!Number.isFinite(given)) throw new Error(`The parameter ${alarm.parameter} must be a number.`);
  return given;
}

module.exports = { alarms, idOf, monitoring };
