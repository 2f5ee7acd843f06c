import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generateTraffic } from '../../cli/demo/traffic.ts';
import { beaconsSent, held, retcon } from './demo-process.ts';

const DAYS = 2;
const SEED = 11;

it('a demo that is killed twice and finished holds what an undisturbed one does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'retcon-demo-'));
  const [calm, killed] = [join(folder, 'calm'), join(folder, 'killed')];
  const options = ['--seed', String(SEED), '--days', String(DAYS), '--json', '--first-act'];
  expect((await retcon(['demo', '--home', calm, ...options])).code).toBe(0);
  const reference = await held(calm);

  // Killed while it sends: what was answered 202 is there after `run`, once.
  const cut = await retcon(['demo', '--home', killed, ...options], () => beaconsSent(killed) >= 150);
  expect(cut.code).toBe(null);
  const sent = beaconsSent(killed);
  expect((await retcon(['run', '--home', killed, '--json'])).code).toBe(0);
  const { beacons } = generateTraffic({ seed: SEED, days: DAYS, start: '2026-01-01' });
  const answered = new Set(beacons.slice(0, sent).flatMap(({ expected }) => expected.accepted));
  const rows = await retcon(['query', 'SELECT event_id FROM events', '--home', killed, '--json']);
  const there = (JSON.parse(rows.stdout) as { event_id: string }[]).map((row) => row.event_id);
  expect(new Set(there).size).toBe(there.length);
  expect([...answered].filter((id) => !there.includes(id))).toEqual([]);

  // Killed again while it computes, then finished: as if nothing had happened.
  await retcon(['demo', '--home', killed, ...options], () => beaconsSent(killed) >= beacons.length);
  expect((await retcon(['demo', '--home', killed, ...options])).code).toBe(0);
  expect(await held(killed)).toEqual(reference);
  rmSync(folder, { recursive: true, force: true });
});
