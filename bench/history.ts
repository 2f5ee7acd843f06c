import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { BATCH_LIMITS } from '../functions/sessionize/tasks.ts';
import { openLocalLake } from '../local/lake.ts';
import { runChild } from './child.ts';
import type { Worked } from './counted-lake.ts';
import { type HistorySize, historyLake, SITE } from './history-lake.ts';
import type { Act } from './history-redefine.ts';

/** What a run made, to see that two made the same. */
export interface Made {
  units: number;
  events: number;
  sessions: number;
  /** Over the digests of both tables of every unit. */
  digest: string;
}

export interface HistoryRun {
  processes: number;
  /** The most units that one call took on; 0: all of them. */
  batch: number;
  /** Wall clock, s. */
  seconds: number;
  workers: Worked[];
  made: Made;
}

/** The usual batch, or a smaller one: workers are to have some to share. */
const batchOf = ({ units }: HistorySize): number =>
  Math.min(BATCH_LIMITS.units, Math.max(1, Math.ceil(units / 8)));

export interface History {
  serial: HistoryRun;
  parallel: HistoryRun;
  /** What a change of the timeout took, there and back. */
  acts: Act[];
}

/**
 * Sessionizes a generated history from its facts: in one call of one process, then shared out to two
 * processes; then changes its mind. Throws when the two don't agree on every unit, or when what was there
 * already is computed again.
 */
export async function runHistory(size: HistorySize): Promise<History> {
  const serial = await onLake(size, (home) => run(home, 1, 0));
  return onLake(size, async (home) => {
    const parallel = await run(home, 2, batchOf(size));
    const [one, other] = [serial, parallel].map(({ made }) => JSON.stringify(made));
    if (one !== other) throw new Error(`serial and parallel differ: ${one} ${other}`);
    const acts = await runChild<Act[]>('history-redefine.ts', [home]);
    for (const { what, computed } of acts.slice(-2)) {
      if (Object.values(computed).some((count) => count > 0))
        throw new Error(`${what} computed ${JSON.stringify(computed)}`);
    }
    return { serial, parallel, acts };
  });
}

async function onLake<T>(size: HistorySize, work: (home: string) => Promise<T>): Promise<T> {
  const home = await historyLake(size);
  try {
    return await work(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function run(home: string, processes: number, batch: number): Promise<HistoryRun> {
  const from = performance.now();
  const workers = await Promise.all(
    Array.from({ length: processes }, () => runChild<Worked>('history-worker.ts', [home, String(batch)])),
  );
  const seconds = (performance.now() - from) / 1000;
  return { processes, batch, seconds, workers, made: await made(home) };
}

async function made(home: string): Promise<Made> {
  const lake = await openLocalLake({ home });
  const { units } = await lake.lake.log(SITE).read();
  await lake.close();
  const digest = createHash('sha256');
  const sums = { units: 0, events: 0, sessions: 0 };
  for (const [unit, { facts, results }] of Object.entries(units).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [sessions, events] = (['sessions', 'events'] as const).map(
      (table) => Object.values(results[table] ?? {})[0],
    );
    if (!sessions || !events || events.rows !== facts!.rows) throw new Error(`${unit} was not computed`);
    digest.update(`${unit} ${sessions.digest} ${events.digest}\n`);
    sums.units += 1;
    sums.events += events.rows;
    sums.sessions += sessions.rows;
  }
  return { ...sums, digest: digest.digest('hex').slice(0, 32) };
}
