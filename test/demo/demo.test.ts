import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { generateTraffic } from '../../cli/demo/traffic.ts';
import { openLocalLake } from '../../local/lake.ts';
import { liveRelease } from '../../shared/lake/releases.ts';

const bin = fileURLToPath(new URL('../../bin/retcon.mjs', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));
const DAYS = 2;
const SEED = 11;

function retcon(argv: string[], killWhen?: () => boolean): Promise<{ code: number | null; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...argv], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.on('error', reject);
    const watch = killWhen && setInterval(() => killWhen() && child.kill('SIGKILL'), 5);
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, stdout });
    });
  });
}

/** Rows and digests of every unit of both sites; and how many facts there are. */
async function held(
  home: string,
): Promise<{ digests: Record<string, string>; facts: Record<string, number> }> {
  const lake = await openLocalLake({ home });
  const { slices } = (await liveRelease(lake.objects))!;
  const digests: Record<string, string> = {};
  const facts: Record<string, number> = {};
  for (const site of ['shop', 'blog']) {
    const { units } = await lake.lake.log(site).read();
    for (const [unit, state] of Object.entries(units)) {
      facts[site] = (facts[site] ?? 0) + state.facts!.rows;
      for (const dataset of ['sessions', 'events'] as const) {
        digests[`${site} ${unit} ${dataset}`] = state.results[dataset]![slices[dataset]!]!.digest;
      }
    }
  }
  await lake.close();
  return { digests, facts };
}

const beaconsSent = (home: string): number => {
  try {
    return JSON.parse(readFileSync(join(home, 'demo.json'), 'utf8')).beacons as number;
  } catch {
    return 0;
  }
};

it('the demo holds what its traffic must come to, and a killed one ends the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'retcon-demo-'));
  const [calm, killed] = [join(folder, 'calm'), join(folder, 'killed')];
  const options = ['--seed', String(SEED), '--days', String(DAYS), '--json'];
  const { truth } = generateTraffic({ seed: SEED, days: DAYS, start: '2026-01-01' });

  const first = await retcon(['demo', '--home', calm, ...options]);
  expect(first.code).toBe(0);
  const told = JSON.parse(first.stdout);
  expect(told.answers).toEqual(Object.fromEntries(Object.entries(truth.answers).map(([k, n]) => [k, n])));
  const refused = Object.fromEntries(
    told.rejected.map((row: { reason: string; events: number }) => [row.reason, row.events]),
  );
  expect(refused).toEqual(truth.rejected);
  // The second act: what was previewed is what readers see, and what was taken back is what there was.
  const { before, previewed, applied, back } = told.redefined.sessions;
  expect([applied, back]).toEqual([previewed, before]);
  expect(applied).toBeGreaterThan(before);
  const reference = await held(calm);
  expect(reference.facts).toEqual(truth.facts);

  // Killed while it sends: what was answered 202 is there after `run`, once.
  options.push('--first-act');
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

  const other = await retcon(['demo', '--home', killed, '--seed', '12', '--days', '2', '--json']);
  expect([other.code, JSON.parse(other.stdout).error]).toEqual([2, 'other_demo']);
  rmSync(folder, { recursive: true, force: true });
}, 180_000);
