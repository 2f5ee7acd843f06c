import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generateTraffic } from '../../cli/demo/traffic.ts';
import { held, retcon } from './demo-process.ts';

const DAYS = 2;
const SEED = 11;

it('the demo holds what its traffic must come to, and keeps to its seed', async () => {
  const home = mkdtempSync(join(tmpdir(), 'retcon-demo-'));
  const options = ['--seed', String(SEED), '--days', String(DAYS), '--json'];
  const { truth } = generateTraffic({ seed: SEED, days: DAYS, start: '2026-01-01' });

  const first = await retcon(['demo', '--home', home, ...options]);
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
  const reference = await held(home);
  expect(reference.facts).toEqual(truth.facts);

  const other = await retcon(['demo', '--home', home, '--seed', '12', '--days', '2', '--json']);
  expect([other.code, JSON.parse(other.stdout).error]).toEqual([2, 'other_demo']);
  rmSync(home, { recursive: true, force: true });
});
