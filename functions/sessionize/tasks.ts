import type { FactsRef, ResultRef } from '../../shared/lake/site-index.ts';
import type { PublicTable } from '../../shared/lake/tables.ts';
import { computeBoundaries } from './boundaries.ts';
import { readCrossings, readStitch } from './stitch-units.ts';
import { computeTables } from './tables.ts';
import type { Target } from './target.ts';

/** Results that a task makes, by dataset: their keys. */
export type TaskKeys = Partial<Record<'boundaries' | PublicTable, string>>;

/** Work on one unit that needs nothing but what the task names: any worker can do it, at any time. */
export type Task = { unit: string; facts: FactsRef; keys: TaskKeys } & (
  | { stage: 'boundaries' }
  | { stage: 'tables'; stitches: ResultRef; crossings: ResultRef }
);

/** Does a task; its results stand in manifests under their keys when this resolves. */
export async function runTask(
  target: Target,
  task: Task,
): Promise<Partial<Record<keyof TaskKeys, ResultRef>>> {
  const { unit, facts, keys } = task;
  if (task.stage === 'boundaries') {
    return { boundaries: await computeBoundaries(target, unit, facts, keys.boundaries!) };
  }
  const { carried } = await readStitch(target, task.stitches);
  const crossing = await readCrossings(target, task.crossings);
  return computeTables(target, unit, facts, keys, carried, crossing);
}

/** How much one invocation takes on. */
export interface BatchLimits {
  units: number;
  rows: number;
}

export const BATCH_LIMITS: BatchLimits = { units: 64, rows: 12_000_000 };

/** Cuts tasks into batches, each within the limits or of a single task. */
export function batchesOf(tasks: readonly Task[], limits: BatchLimits): Task[][] {
  const batches: Task[][] = [];
  let batch: Task[] = [];
  let rows = 0;
  for (const task of tasks) {
    if (batch.length > 0 && (batch.length >= limits.units || rows + task.facts.rows > limits.rows)) {
      batches.push(batch);
      batch = [];
      rows = 0;
    }
    batch.push(task);
    rows += task.facts.rows;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
