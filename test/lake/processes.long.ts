import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { SqsQueue } from '../../shared/clients/sqs-queue.ts';
import { startScript } from '../local/processes.ts';
import type { Drained, Plan } from './drainer.ts';
import { FAULTS } from './flaky-aws.ts';
import { type Scattered, scatteredHistory } from './scattered-history.ts';
import { beaconsOf, contents, deadLetters, landPiece, ledger, openSharedLake } from './shared-lake.ts';

/**
 * Four OS processes work on one lake at once while AWS misbehaves (flaky-aws.ts): in the end the lake is the
 * one that a single process makes of the same events undisturbed. One history, on which some processes share
 * out every unit as waves and some don't; RETCON_CHAOS_ROUNDS plays that many, larger, also with all alike.
 */

const PROCESSES = 4;
const ROUNDS = Number(process.env['RETCON_CHAOS_ROUNDS'] ?? 0);
const drainer = fileURLToPath(new URL('./drainer.ts', import.meta.url));

type History = Plan['history'];
/** Units that each process takes on at once. */
const MIXED = [null, 1, null, 1];
const runs: { history: History; units: (number | null)[]; faults: number }[] = [
  { history: [1, 4, 4], units: MIXED, faults: 6 },
];
for (let seed = 2; seed < 2 + ROUNDS; seed++) {
  for (const units of [MIXED, [null], [1]])
    runs.push({ history: [seed, 20, 4 + (seed % 9)], units, faults: 15 });
}

/** The events that come as beacons, beside the pieces. */
function beacons([seed]: History): Scattered {
  const { pieces, facts } = scatteredHistory(seed + 500, 2, 1);
  return { pieces: [pieces[0]!.map((one) => ({ ...one, event_id: `beacon-${one.event_id}` }))], facts };
}

async function alone(history: History) {
  const lake = await openSharedLake();
  const pieces = [...scatteredHistory(...history).pieces, ...beacons(history).pieces];
  for (const [piece, records] of pieces.entries()) await landPiece(lake, piece, records);
  await lake.drain();
  const found = await contents(lake);
  await lake.close();
  return found;
}

async function together({ history, units, faults }: (typeof runs)[number]) {
  const home = mkdtempSync(join(tmpdir(), 'retcon-together-'));
  const lake = await openSharedLake({ home });
  const ingest = new SqsQueue(lake.lake.clients.sqs, lake.lake.queueUrl('ingest'));
  await ingest.send(beaconsOf(beacons(history).pieces[0]!));
  const workers = Array.from({ length: PROCESSES }, (_, i) => {
    const plan: Plan = { seed: history[0] * 10 + i, faults, history, units: units[i % units.length]! };
    return startScript(drainer, home, JSON.stringify(plan));
  });
  const reports = (await Promise.all(workers.map(({ result }) => result))).map(
    (lines) => JSON.parse(lines.at(-1)!) as Drained,
  );
  const after = {
    contents: await contents(lake),
    ledger: await ledger(lake),
    aside: await deadLetters(lake),
  };
  await lake.close();
  rmSync(home, { recursive: true, force: true });
  return { ...after, reports };
}

it.each(runs)(
  'four processes at once: history $history, units at once: $units',
  async (run) => {
    const { history, units } = run;
    const wanted = await alone(history);
    const { contents: found, ledger: books, aside, reports } = await together(run);
    expect(found).toEqual(wanted);
    expect(found.accepted).toBe(scatteredHistory(...history).facts + beacons(history).facts);
    expect(books.consumed).toEqual(books.landed);
    expect(aside).toBe(0);
    // What is shown is shown only if it was really that bad, and if really several did the work.
    const total = (of: (report: Drained) => number): number => reports.reduce((sum, one) => sum + of(one), 0);
    const injected = FAULTS.filter((fault) => total((report) => report.injected[fault]!) > 0);
    expect(injected).toEqual(FAULTS);
    expect(reports.filter(({ done }) => Object.values(done).some((n) => n > 0)).length).toBeGreaterThan(1);
    if (units.includes(1)) expect(total(({ done }) => done['work']!)).toBeGreaterThan(0);
  },
  1_200_000,
);
