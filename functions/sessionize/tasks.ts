import type { FactsRef, ResultRef } from '../../shared/lake/site-index.ts';
import type { PublicTable } from '../../shared/lake/tables.ts';
import { readAdditions } from './additions.ts';
import { computeBoundaries } from './boundaries.ts';
import { computeConversions } from './conversions.ts';
import { computeHits } from './hits.ts';
import { readCrossings, readStitch } from './stitch-units.ts';
import { computeTables } from './tables.ts';
import type { Target } from './target.ts';
import { computeTouches } from './touches.ts';

/** Results that a task makes, by dataset: their keys. */
export type TaskKeys = Partial<Record<'boundaries' | 'hits' | 'touches' | PublicTable, string>>;

/** Work on one unit that needs nothing but what the task names: any worker can do it, at any time. */
export type Task = { unit: string; facts: FactsRef; keys: TaskKeys } & (
  | { stage: 'boundaries' }
  | { stage: 'hits'; stitches: ResultRef; crossings: ResultRef }
  | {
      stage: 'tables';
      stitches: ResultRef;
      crossings: ResultRef;
      hits?: ResultRef | undefined;
      additions?: ResultRef | undefined;
    }
  | { stage: 'touches'; sessions: ResultRef }
  | { stage: 'conversions'; hits: ResultRef; touches: ResultRef[] }
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
  if (task.stage === 'touches') {
    return { touches: await computeTouches(target, unit, keys.touches!, task.sessions) };
  }
  if (task.stage === 'conversions') {
    const { hits, touches } = task;
    return { conversions: await computeConversions(target, unit, facts, keys.conversions!, hits, touches) };
  }
  const { carried } = await readStitch(target, task.stitches);
  const crossing = await readCrossings(target, task.crossings);
  if (task.stage === 'hits') {
    return { hits: await computeHits(target, unit, facts, keys.hits!, carried, crossing) };
  }
  const additions = await readAdditions(target, task.additions);
  return computeTables(target, unit, facts, keys, carried, crossing, { hits: task.hits, additions });
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
