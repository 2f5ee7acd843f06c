import { expect, test } from 'vitest';
import { MARTS_DUE } from '../../shared/envelopes/events.ts';
import { type Resource, STAGE, template } from './package-folder.ts';

const { Resources } = template();
const named = (name: string): string => `retcon-${STAGE}-${name}`;
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const ofType = (type: string): [string, Resource][] =>
  Object.entries(Resources).filter(([, resource]) => resource.Type === type);
const propertiesOf = (type: string, name: string) =>
  ofType(type).find(([, { Properties }]) => Properties.Name === named(name))?.[1].Properties;

test('schedules: the reconciler near and far, marts, garbage, the watch, each with what it says', () => {
  const schedules = ofType('AWS::Scheduler::Schedule').map(([, { Properties }]) => [
    Properties.Name,
    Properties.ScheduleExpression,
    Properties.Target.Arn,
    JSON.parse(Properties.Target.Input),
  ]);
  expect(schedules).toEqual([
    [named('reconcile'), 'rate(1 hour)', arnOf('ReconcileLambdaFunction'), { reach: 'recent' }],
    [named('reconcile-all'), 'cron(20 3 * * ? *)', arnOf('ReconcileLambdaFunction'), { reach: 'all' }],
    [named('marts'), 'rate(15 minutes)', arnOf('PublishQueue'), MARTS_DUE],
    [named('gc'), 'cron(40 4 * * ? *)', arnOf('GcLambdaFunction'), {}],
    [named('watch'), 'rate(30 minutes)', arnOf('WatchLambdaFunction'), {}],
  ]);
  for (const [id, { Properties }] of ofType('AWS::Scheduler::Schedule')) {
    expect([Properties.State, Properties.Target.RoleArn], id).toEqual(['ENABLED', arnOf('SchedulerRole')]);
  }
  const variables = Resources['PublishLambdaFunction']!.Properties.Environment.Variables;
  expect(variables.RETCON_MARTS).toBe('schedule');
});

test('the scheduler may do what its schedules ask for, and no more', () => {
  const [{ PolicyDocument }] = Resources['SchedulerRole']!.Properties.Policies;
  expect(
    PolicyDocument.Statement.map(({ Action, Resource: on }: Record<string, unknown>) => [Action, on]),
  ).toEqual([
    [
      'lambda:InvokeFunction',
      ['ReconcileLambdaFunction', 'GcLambdaFunction', 'WatchLambdaFunction'].map(arnOf),
    ],
    ['sqs:SendMessage', arnOf('PublishQueue')],
  ]);
});

test('a site file and the end of a deployment call the reconciler, and may', () => {
  expect(propertiesOf('AWS::Events::Rule', 'site-file').EventPattern).toEqual({
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: {
      bucket: { name: [{ Ref: 'LakeBucket' }] },
      object: { key: [{ wildcard: 'config/sites/*.yaml' }] },
    },
  });
  expect(propertiesOf('AWS::Events::Rule', 'deployed').EventPattern).toEqual({
    source: ['aws.cloudformation'],
    'detail-type': ['CloudFormation Stack Status Change'],
    detail: {
      'stack-id': [{ Ref: 'AWS::StackId' }],
      'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE'] },
    },
  });
  const callers = ofType('AWS::Lambda::Permission').filter(
    ([, { Properties }]) => Properties.Principal === 'events.amazonaws.com',
  );
  const reconcile = arnOf('ReconcileLambdaFunction');
  expect(callers.map(([, { Properties }]) => [Properties.FunctionName, Properties.SourceArn])).toEqual([
    [reconcile, arnOf('SiteFileRule')],
    [reconcile, arnOf('DeployedRule')],
  ]);
  for (const name of ['site-file', 'deployed']) {
    const { Targets } = propertiesOf('AWS::Events::Rule', name);
    expect(Targets.map(({ Arn }: { Arn: unknown }) => Arn)).toEqual([reconcile]);
  }
});

test('the CDN says to the collector what it asks for, and hands on every header that it reads', () => {
  const { DistributionConfig } = Resources['CollectorDistribution']!.Properties;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of CloudFormation's
  const secret = { 'Fn::Sub': '{{resolve:secretsmanager:${OriginSecret}}}' };
  const [origin] = DistributionConfig.Origins;
  expect(origin.OriginCustomHeaders).toEqual([{ HeaderName: 'x-origin-verify', HeaderValue: secret }]);
  expect(origin.CustomOriginConfig.OriginProtocolPolicy).toBe('https-only');
  const { Variables } = Resources['CollectLambdaFunction']!.Properties.Environment;
  expect(Variables.RETCON_ORIGIN_SECRET['Fn::If'].slice(0, 2)).toEqual(['Cdn', secret]);
  expect(Variables.RETCON_ADDRESS_SOURCE['Fn::If']).toEqual(['Cdn', 'cloudfront', 'connection']);
  const { OriginRequestPolicyConfig: policy } = Resources['CollectorRequestPolicy']!.Properties;
  const read = [
    'access-control-request-headers',
    'access-control-request-method',
    'cloudfront-viewer-address',
    'cloudfront-viewer-country',
    'content-encoding',
    'content-type',
    'origin',
    'sec-gpc',
    'user-agent',
  ];
  expect(policy.HeadersConfig.Headers.map((name: string) => name.toLowerCase())).toEqual(read);
  // More than ten need a larger quota; Host would make the Function URL refuse.
  expect(read.length).toBeLessThanOrEqual(10);
  expect(policy.QueryStringsConfig.QueryStringBehavior).toBe('all');
  expect(policy.CookiesConfig.Cookies).toEqual(['_rc']);
});

test('every prefix that grows has a lifecycle, and nothing but results of queries expires', () => {
  const { Rules } = Resources['LakeBucket']!.Properties.LifecycleConfiguration;
  const expiring = Rules.filter((rule: Record<string, unknown>) => rule['ExpirationInDays'] !== undefined);
  expect(expiring.map(({ Prefix }: { Prefix: string }) => Prefix)).toEqual(['results/']);
  const cooling = Rules.filter((rule: Record<string, unknown>) => rule['Transitions'] !== undefined);
  expect(cooling.map(({ Prefix }: { Prefix: string }) => Prefix)).toEqual([
    'landing/',
    'rejected/',
    'facts/',
    'derived/',
  ]);
});
