import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding } from '../../local/doctor/finding.ts';
import { nodeVersion } from '../../local/doctor/machine.ts';
import { type LocalLake, openLocalLake } from '../../local/lake.ts';
import { liveRelease, putRelease } from '../../shared/lake/releases.ts';
import { run } from './running.ts';

let dir: string;
const retcon = (...argv: string[]) => run(argv, { cwd: dir });
const file = (name: string, text: string): void => {
  mkdirSync(join(dir, name, '..'), { recursive: true });
  writeFileSync(join(dir, name), text);
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'retcon-doctor-'));
  file('sites/shop.yaml', 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n');
  file('views.csv', 'visitor,time,url\nv,2026-03-01T14:50:00Z,https://shop.example/a\n');
  expect((await retcon('import', 'views.csv', '--site', 'shop', '--format', 'csv')).code).toBe(0);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function wrongs(): Promise<{ code: number; found: Finding[] }> {
  const { code, stdout } = await retcon('doctor', '--json');
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return { code, found: findings.filter(({ ok }) => !ok) };
}

/** Does something to the lake behind everybody's back. */
async function behind(work: (lake: LocalLake) => Promise<unknown>): Promise<void> {
  const lake = await openLocalLake({ home: join(dir, '.retcon') });
  await work(lake);
  await lake.close();
}

it('finds nothing wrong with a lake that is well', async () => {
  expect(await wrongs()).toEqual({ code: 0, found: [] });
});

it('names what is wrong and what mends it, and that mends it', async () => {
  // A message that was given up, a flip that was cut off, a file that somebody removed, a broken definition.
  await behind(async (lake) => {
    const dead = { QueueUrl: lake.queueUrl('publish-dlq'), MessageBody: '{"source":"retcon","detail":{}}' };
    await lake.clients.sqs.send(new SendMessageCommand(dead));
    const live = (await liveRelease(lake.objects))!;
    await putRelease(lake.objects, { ...live, release: 2 });
    const [part] = await lake.objects.list('derived/sessions/');
    await lake.objects.remove(part!.key);
  });
  file('definitions/default.yaml', 'sessions: { inactivty: 30m }\n');
  const { code, found } = await wrongs();
  expect(code).toBe(1);
  expect(found.map(({ check, fix }) => [check, fix])).toEqual([
    ['files at hand', expect.any(String)],
    ['queues', 'retcon run --redrive sends them to work again and says what fails'],
    ['release', 'retcon run finishes it'],
    ['files', expect.stringContaining('restore the bucket')],
  ]);
  expect(found[0]!.what).toContain('inactivity');
  expect(found[1]!.what).toBe('1 messages of publish gave up');
  expect(found[2]!.what).toBe('readers see release 1, and 2 is the newest');

  file('definitions/default.yaml', 'sessions: { inactivity: 30m }\n');
  expect((await retcon('run', '--redrive')).code).toBe(0);
  expect((await wrongs()).found.map(({ check }) => check)).toEqual(['files']);
  await behind(async (lake) => {
    const QueueUrl = lake.queueUrl('publish-dlq');
    expect((await lake.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? []).toEqual([]);
  });
});

it('knows which Node is too old', () => {
  expect(['18.20.1', '20.18.3', '20.19.0', '22.1.0'].map((version) => nodeVersion(version).ok)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
