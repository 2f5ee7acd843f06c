import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BATCH_LIMITS } from '../functions/sessionize/tasks.ts';
import { openLocalLake } from '../local/lake.ts';
import { type HistorySize, historyLake, SITE } from './history-lake.ts';
import type { Worked } from './history-worker.ts';

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

/**
 * Sessionizes a generated history from its facts: in one call of one process, then shared out to two
 * processes. Throws when they don't agree on every unit.
 */
export async function runHistory(size: HistorySize): Promise<{ serial: HistoryRun; parallel: HistoryRun }> {
  const serial = await run(size, 1, 0);
  const parallel = await run(size, 2, batchOf(size));
  const [one, other] = [serial, parallel].map(({ made }) => JSON.stringify(made));
  if (one !== other) throw new Error(`serial and parallel differ: ${one} ${other}`);
  return { serial, parallel };
}

async function run(size: HistorySize, processes: number, batch: number): Promise<HistoryRun> {
  const home = await historyLake(size);
  try {
    const from = performance.now();
    const workers = await Promise.all(Array.from({ length: processes }, () => worker(home, batch)));
    const seconds = (performance.now() - from) / 1000;
    return { processes, batch, seconds, workers, made: await made(home) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function worker(home: string, batch: number): Promise<Worked> {
  const script = fileURLToPath(new URL('history-worker.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, home, String(batch)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  let out = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out) as Worked);
      else reject(new Error(`a worker of the history ended with ${code}`));
    });
  });
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
