import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalLake } from '../local/lake.ts';
import { fillSql, sqlText } from '../shared/sql-text.ts';
import { runChild } from './child.ts';
import type { Worked } from './counted-lake.ts';
import { fillLake } from './history-lake.ts';

const EVENTS = sqlText(import.meta.url, 'robot-events.sql');

/** Days that the robot lasts: it comes in over an edge, and runs out over the next. */
const DAYS = 3;

/**
 * Sessionizes, in a process of its own, three days of a visitor who never pauses.
 *
 * @param events of each day
 * @param engineMemory what the engine may take before it spills, as DuckDB has it
 */
export async function runRobot(events: number, engineMemory: string): Promise<Worked> {
  const parent = join(tmpdir(), 'retcon-bench');
  mkdirSync(parent, { recursive: true });
  const home = mkdtempSync(join(parent, 'robot-'));
  try {
    const lake = await openLocalLake({ home });
    await fillLake(lake, DAYS, (day) => fillSql(EVENTS, { day: String(day), events: String(events) }));
    await lake.close();
    const env = { RETCON_DUCKDB_MEMORY: engineMemory };
    return await runChild<Worked>('history-worker.ts', [home, '0'], env);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
