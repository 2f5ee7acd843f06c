import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What one run of a row cost. */
export interface Cost {
  /** CPU seconds of the row itself, user and system, all threads. */
  cpu: number;
  /** The process's largest resident size, MB. */
  peak: number;
  /** What the row made, to see that two rows made the same: a count or a digest. */
  made: string;
}

/** Runs a row in a process of its own, so that peaks don't add up and nothing is warm. */
export function measure(row: string, events: number, repeats: number): Cost {
  const script = fileURLToPath(new URL('run-row.ts', import.meta.url));
  const runs = Array.from({ length: repeats }, () => {
    const out = execFileSync(process.execPath, ['--import', 'tsx', script, row, String(events)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return JSON.parse(out) as Cost;
  });
  const median = (of: (cost: Cost) => number): number =>
    runs.map(of).sort((a, b) => a - b)[Math.floor((runs.length - 1) / 2)]!;
  return {
    cpu: median((run) => run.cpu),
    peak: Math.max(...runs.map((run) => run.peak)),
    made: runs[0]!.made,
  };
}
