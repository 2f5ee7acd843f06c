import { expect, test } from 'vitest';
import { SWEPT } from '../../functions/publish/garbage/sweep.ts';
import { type Resource, template } from './package-folder.ts';

const { Resources } = template();
const ofType = (type: string): [string, Resource][] =>
  Object.entries(Resources).filter(([, resource]) => resource.Type === type);

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** What each role allows: `action on resource`, resources as their template text. */
function allowed(role: Resource): { action: string; resource: string }[] {
  return role.Properties.Policies.flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) =>
      PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(
        ({ Action, Resource: on }) =>
          list(Action).flatMap((action) =>
            list(on).map((resource) => ({ action, resource: JSON.stringify(resource) })),
          ),
      ),
  );
}

const roles = ofType('AWS::IAM::Role').filter(([, { Properties }]) => Properties.Policies);

test('every function has a role of its own', () => {
  const used = ofType('AWS::Lambda::Function').map(([, { Properties }]) => Properties.Role['Fn::GetAtt'][0]);
  expect(used).toHaveLength(9);
  expect(new Set(used).size).toBe(9);
  // And one for the schedules.
  expect(roles.map(([id]) => id).sort()).toEqual([...used, 'SchedulerRole'].sort());
});

test('no role may do everything, or anything to everything', () => {
  for (const [id, role] of roles) {
    const rights = allowed(role);
    expect(rights.length, id).toBeGreaterThan(id === 'SchedulerRole' ? 2 : 3);
    for (const { action, resource } of rights) {
      expect(action, id).not.toContain('*');
      expect(resource, `${id}: ${action}`).not.toBe('"*"');
    }
    expect(role.Properties.ManagedPolicyArns, id).toBeUndefined();
  }
});

test('facts are written by compact alone, landing objects by land alone, the catalog by publish alone', () => {
  const who = (test: (right: { action: string; resource: string }) => boolean): string[] =>
    roles.filter(([, role]) => allowed(role).some(test)).map(([id]) => id);
  const puts = (prefix: string) =>
    who((r) => r.action === 's3:PutObject' && r.resource.includes(`}/${prefix}/`));
  expect(puts('facts')).toEqual(['CompactRole']);
  expect(puts('landing')).toEqual(['LandRole']);
  expect(puts('derived')).toEqual(['SessionizeRole', 'WorkRole']);
  expect(puts('state/log')).toEqual(['CollectRole', 'CompactRole', 'SessionizeRole', 'GcRole']);
  expect(puts('marts')).toEqual(['PublishRole']);
  // What people write, no function writes. What they propose by a file is stored by its hash; of a site file they
  // put, the reconciler makes the site that functions read.
  expect(puts('config/proposals')).toEqual([]);
  expect(puts('config/definitions')).toEqual(['SessionizeRole', 'ReconcileRole']);
  for (const what of ['sites', 'marts']) expect(puts(`config/${what}`)).toEqual(['ReconcileRole']);
  // Sessionize marks what is being applied, the reconciler puts a lost mark back and makes the first release; only
  // publish releases what was applied.
  expect(puts('state/releases').sort()).toEqual(['PublishRole', 'ReconcileRole', 'SessionizeRole']);
  expect(puts('state/releases/applying')).toEqual(['SessionizeRole']);
  expect(who(({ action }) => action.startsWith('glue:'))).toEqual(['PublishRole', 'GcRole']);
  expect(who(({ action }) => action.startsWith('athena:'))).toEqual(['PublishRole']);
  expect(who(({ action }) => action === 'sqs:SendMessage')).toEqual([
    'CollectRole',
    'CompactRole',
    'SessionizeRole',
    'WorkRole',
    'ReconcileRole',
    'SchedulerRole',
  ]);
  const removes = roles.flatMap(([, role]) =>
    allowed(role).filter(({ action }) => action.startsWith('s3:Delete')),
  );
  const folder = /\}\/(.*)\/\*"/;
  expect(removes.map(({ resource }) => folder.exec(resource)?.[1])).toEqual([
    'facts',
    'state/ledger',
    'state/releases/applying',
    ...[...SWEPT].map((prefix) => prefix.slice(0, -1)),
  ]);
});

test('data outlives the stack', () => {
  for (const id of ['LakeBucket', 'LakeDatabase', 'IngestQueue', 'IngestDeadLetters', 'VisitorSalt']) {
    expect([Resources[id]?.DeletionPolicy, Resources[id]?.UpdateReplacePolicy], id).toEqual([
      'Retain',
      'Retain',
    ]);
  }
});

test('the bucket is closed to the world and encrypted', () => {
  const { Properties } = Resources.LakeBucket!;
  expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
  expect(Properties.BucketEncryption.ServerSideEncryptionConfiguration).toHaveLength(1);
});

test('the workgroup does not enforce its settings: marts go where their CTAS says', () => {
  const [[, { Properties }]] = ofType('AWS::Athena::WorkGroup') as [[string, Resource]];
  expect(Properties.WorkGroupConfiguration.EnforceWorkGroupConfiguration).toBe(false);
  expect(Properties.WorkGroupConfiguration.BytesScannedCutoffPerQuery).toBeGreaterThanOrEqual(10_000_000);
});

test('logs are kept for a while, not for ever', () => {
  const groups = ofType('AWS::Logs::LogGroup');
  expect(groups).toHaveLength(9);
  for (const [id, { Properties }] of groups) expect(Properties.RetentionInDays, id).toBe(30);
});
