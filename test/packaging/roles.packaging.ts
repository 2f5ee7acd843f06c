import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { type Flowed, fullFlow } from './rights/full-flow.ts';
import { type Asked, rememberingJudge, roleArn, verdictOn } from './rights/judge.ts';
import {
  bucketPolicy,
  functionPolicies,
  type Policy,
  queuePolicies,
  ruleTargets,
} from './rights/policies.ts';
import { openRoleLake } from './rights/role-lake.ts';

/**
 * Every call of every function, judged by the policy of its role as the packaged template has it. The judge is
 * iam-simulate, which also knows which actions, resources and condition keys there are.
 */
const policies = functionPolicies();
const onBucket = bucketPolicy();
const statements = Object.entries(policies).flatMap(([role, { Statement }]) =>
  Statement.map(({ Sid }) => ({ role, Sid })),
);
const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

let flowed: Flowed;
let asked: Asked[];
beforeAll(async () => {
  const judge = rememberingJudge(policies, onBucket);
  flowed = await fullFlow(judge);
  asked = await judge.asked();
  const about = new URL('../../node_modules/@cloud-copilot/iam-simulate/package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(about, 'utf8'));
  console.log(`iam-simulate ${version}: ${asked.length} questions, ${statements.length} statements`);
}, 180_000);

test('a full flow passes under the roles of the template: no call of it is denied', () => {
  expect(asked.filter(({ allowed }) => !allowed)).toEqual([]);
  expect(flowed).toEqual({
    gaveUp: {},
    problems: [],
    // The newest first: back, by hand, by a file, the first.
    releases: ['ada', 'ada', 'config/proposals/shorter.yaml', 'reconcile'],
    outcomes: [
      { is: 'released', release: 3 },
      { is: 'released', release: 4 },
    ],
    // With 15 minutes: the two page views of yesterday's visitor, what came late, today's, two of days ago.
    sessions: '6',
    // The refused event, and what nobody can read.
    rejected: '2',
    batchesDelayed: 1,
  });
});

test.each(statements)('without $Sid of $role a call of the flow is denied', ({ role, Sid }) => {
  const denied = asked.filter(({ principal, by }) => principal === role && by.length === 1 && by[0] === Sid);
  expect(denied.length).toBeGreaterThan(0);
});

/** Why a right stands in a policy that the flow never asks for. */
const UNUSED: Record<string, string[]> = {
  'a log of many entries has checkpoints': [
    'collect ReadSites on state/checkpoints/*',
    'collect OpenSites on state/checkpoints/*',
    'compact Read on state/checkpoints/*',
    'compact Write on state/checkpoints/*',
    'sessionize Write on state/checkpoints/*',
    'gc Forget on state/checkpoints/*',
    'watch Read on state/checkpoints/*',
  ],
  'a part of the ledger that came too late is removed': ['compact RemoveOwnLosers on state/ledger/*'],
  'the watch asks whether an object that it misses is in an older part': ['watch Read on state/ledger/*'],
  'a site that is open already is read': ['collect ReadSites on state/log/*'],
  'landed rows that are no facts are put aside': [
    'compact Read on rejected/*',
    'compact Write on rejected/*',
  ],
  'a result of another call is read on': ['sessionize Read on derived/*', 'work Read on derived/*'],
  'a preview is compared in SQL': ['publish Read on results/*', 'publish Write on state/previews/*'],
  'Athena itself asks for it, with the rights of who asks it': [
    'publish Write s3:AbortMultipartUpload',
    'publish Write s3:ListMultipartUploadParts',
    'publish FollowTheLog glue:GetPartition',
    'publish FollowTheLog glue:BatchGetPartition',
  ],
  'what moved while garbage is collected is shown': [
    'gc FollowTheLog glue:GetTable',
    'gc FollowTheLog glue:BatchCreatePartition',
    'gc FollowTheLog glue:BatchUpdatePartition',
  ],
  'slices that nobody keeps leave the catalog': ['publish FollowTheLog glue:BatchDeletePartition'],
};

test('the flow asks for all actions and folders of the policies, but for those that are known', () => {
  const covers = (pattern: string, resource: string): boolean =>
    pattern.endsWith('*') ? resource.startsWith(pattern.slice(0, -1)) : pattern === resource;
  const unused = Object.entries(policies).flatMap(([role, { Statement }]) =>
    Statement.flatMap(({ Sid, Action, Resource }) => {
      const uses = asked.filter(({ principal, by }) => principal === role && by.includes(Sid));
      return [
        ...list(Action)
          .filter((action) => !uses.some((use) => use.action === action))
          .map((action) => `${role} ${Sid} ${action}`),
        ...list(Resource)
          .filter((resource) => !uses.some((use) => covers(resource, use.resource)))
          .map((resource) => `${role} ${Sid} on ${resource.replace('arn:aws:s3:::lake/', '')}`),
      ];
    }),
  );
  expect(unused.sort()).toEqual(Object.values(UNUSED).flat().sort());
});

test('what no statement allows is denied as AWS denies it, and the message comes back', async () => {
  const without = (role: string, sid: string): Record<string, Policy> => ({
    ...policies,
    [role]: { ...policies[role]!, Statement: policies[role]!.Statement.filter(({ Sid }) => Sid !== sid) },
  });
  const lake = await openRoleLake(rememberingJudge(without('land', 'Land'), onBucket));
  try {
    await lake.openWith('site: shop\ntime_zone: UTC\nhosts: [shop.example]\nwrite_keys: [k]\n');
    await lake.send('shop', [{ id: 'a', visitor: 'v', time: Date.now(), url: 'https://shop.example/' }]);
    expect(await lake.drain()).toEqual({ ingest: 1 });
    const denial =
      /User: arn:aws:sts::\d+:assumed-role\/land\/land is not authorized to perform: s3:(Put|Get)Object on resource: arn:aws:s3:::lake\/landing\//;
    expect(lake.problems[0]).toMatch(denial);
  } finally {
    await lake.close();
  }
});

test('what is not a function’s business is denied to it', async () => {
  const may = async (role: string, action: string, resource: string): Promise<boolean> => {
    const onResource = action.startsWith('s3:') ? { onResource: onBucket } : {};
    const question = { principal: roleArn(role), identity: policies[role]!, ...onResource, action, resource };
    return (await verdictOn(question)).allowed;
  };
  const object = (key: string): string => `arn:aws:s3:::lake/${key}`;
  // The collector faces the world: what was collected is not for it to read, and nothing for it to write.
  expect(await may('collect', 's3:GetObject', object('config/sites/shop.json'))).toBe(true);
  for (const key of ['landing/x', 'facts/x', 'derived/x', 'rejected/x', 'config/definitions/x']) {
    expect(await may('collect', 's3:GetObject', object(key)), key).toBe(false);
    expect(await may('collect', 's3:PutObject', object(key)), key).toBe(false);
  }
  for (const role of Object.keys(policies)) {
    for (const key of ['landing/x', 'config/sites/x', 'state/log/shop/0000000001.json', 'state/releases/1']) {
      expect(await may(role, 's3:DeleteObject', object(key)), `${role} ${key}`).toBe(false);
    }
    const takesSites = role === 'reconcile';
    expect(await may(role, 's3:PutObject', object('config/sites/shop.json')), role).toBe(takesSites);
    expect(await may(role, 's3:PutBucketPolicy', 'arn:aws:s3:::lake'), role).toBe(false);
    expect(await may(role, 's3:GetObject', 'arn:aws:s3:::another/state/x'), role).toBe(false);
  }
});

test('the bucket answers nobody over an open connection, whatever their rights', async () => {
  const asks = {
    principal: roleArn('land'),
    identity: policies['land']!,
    onResource: onBucket,
    action: 's3:PutObject',
    resource: 'arn:aws:s3:::lake/landing/x',
  };
  expect((await verdictOn(asks)).allowed).toBe(true);
  expect((await verdictOn({ ...asks, context: { 'aws:SecureTransport': 'false' } })).allowed).toBe(false);
});

test('each rule may send to its queue and to where that falls back to, and to no other', async () => {
  const queues = queuePolicies();
  const rules = ruleTargets();
  expect(rules.length).toBeGreaterThan(3);
  for (const { rule, targets } of rules) {
    for (const [resource, onResource] of queues) {
      const { allowed } = await verdictOn({
        principal: 'events.amazonaws.com',
        identity: null,
        onResource,
        action: 'sqs:SendMessage',
        resource,
        context: { 'aws:SourceArn': rule },
      });
      expect(allowed, `${rule} to ${resource}`).toBe(targets.includes(resource));
    }
  }
});
