import type { Clock } from '../../shared/core/clock.ts';
import type { Look } from '../../shared/envelopes/events.ts';
import { inParallel } from '../../shared/in-parallel.ts';
import { findResult } from '../../shared/lake/manifests.ts';
import { type OutOfTime, outOfTime } from '../../shared/out-of-time.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import { boundariesKey } from './boundaries.ts';
import { type Reach, reaches } from './reach.ts';
import { tableKey } from './tables.ts';
import type { Target, TargetSettings } from './target.ts';
import { BATCH_LIMITS, type BatchLimits, batchesOf, runTask, type Task, type TaskKeys } from './tasks.ts';
import { type Recomputed, reasonFor, type UnitPlan } from './unit-plan.ts';
import { sendWave } from './waves.ts';

/** Tasks at once: one reads and writes while another computes. */
const AT_ONCE = 2;
const LOOK_UPS_AT_ONCE = 16;

export interface ObtainDeps {
  clock: Clock;
  /** Where batches go that are too much for one invocation. */
  work: Queue;
  limits?: BatchLimits;
  /** Whether to begin no other task: what is left is done when the site comes again. */
  outOfTime?: OutOfTime;
  /** For whom the site is computed, when it is not for what is maintained: workers send it back so. */
  look?: Look | undefined;
  /** Told of every result that is there, for progress; again for one that was told before. */
  onResult?: ((result: ObtainedResult) => void) | undefined;
}

/** A result that a site wants and has now. */
export interface ObtainedResult {
  site: string;
  unit: string;
  dataset: keyof TaskKeys;
  slice: string;
  key: string;
}

/** What a stage wants of a unit, and the task that makes what is missing. */
export interface Stage {
  keys(plan: UnitPlan): TaskKeys;
  task(plan: UnitPlan, missing: TaskKeys): Task;
}

/** Where sessions start in each unit by itself. */
export function boundariesStage(target: Target): Stage {
  return {
    keys: ({ unit, facts }) => ({ boundaries: boundariesKey(target, unit, facts) }),
    task: ({ unit, facts }, keys) => ({ stage: 'boundaries', unit, facts, keys }),
  };
}

/** The public tables of each unit within reach, once its edges are known. */
export function tablesStage(target: Target, _plans: readonly UnitPlan[], reach: Reach): Stage {
  return {
    keys({ unit, facts, results }) {
      if (!reaches(reach, target.context, unit)) return {};
      const tables = reach.tables.filter((table) => table !== 'conversions');
      return Object.fromEntries(
        tables.map((table) => [table, tableKey(target, table, unit, facts, results)]),
      );
    },
    task({ unit, facts, results }, keys) {
      const { stitches, crossings, hits, additions } = results;
      return {
        stage: 'tables',
        unit,
        facts,
        keys,
        stitches: stitches!,
        crossings: crossings!,
        hits,
        additions,
      };
    },
  };
}

/**
 * Fills in what a stage wants of every unit: from the index, from manifests, or by doing it. What fits one
 * batch is done here; more is shared out, and the site comes back when all of it is done.
 */
export async function obtain(
  deps: ObtainDeps,
  target: Target,
  settings: TargetSettings,
  plans: readonly UnitPlan[],
  stage: Stage,
  recomputed: Recomputed[],
): Promise<'done' | 'elsewhere'> {
  const planOf = new Map<Task, UnitPlan>();
  const tell = (unit: string, dataset: keyof TaskKeys, key: string): void =>
    deps.onResult?.({ site: settings.site, unit, dataset, slice: settings.slices[dataset]!, key });
  await inParallel(LOOK_UPS_AT_ONCE, plans, async (plan) => {
    const missing: TaskKeys = {};
    for (const [name, key] of Object.entries(stage.keys(plan))) {
      const dataset = name as keyof TaskKeys;
      const had = plan.had[dataset];
      const found = had?.key === key ? had : (plan.known.get(key) ?? (await findResult(target, key)));
      if (found) {
        plan.results[dataset] = found;
        tell(plan.unit, dataset, key);
      } else missing[dataset] = key;
    }
    if (Object.keys(missing).length > 0) planOf.set(stage.task(plan, missing), plan);
  });
  const tasks = [...planOf.keys()].sort((a, b) => (a.unit < b.unit ? -1 : 1));
  const batches = batchesOf(tasks, deps.limits ?? BATCH_LIMITS);
  if (batches.length > 1) {
    await sendWave(
      { ...deps, objects: target.objects },
      { settings, batches, ...(deps.look ? { look: deps.look } : {}) },
    );
    return 'elsewhere';
  }
  let left = 0;
  await inParallel(AT_ONCE, tasks, async (task) => {
    if (deps.outOfTime?.()) {
      left++;
      return;
    }
    const plan = planOf.get(task)!;
    for (const [name, ref] of Object.entries(await runTask(target, task))) {
      const dataset = name as keyof TaskKeys;
      plan.results[dataset] = ref;
      tell(plan.unit, dataset, ref.key);
      recomputed.push({ dataset, unit: plan.unit, why: reasonFor(plan) });
    }
  });
  if (left > 0) throw outOfTime(`${settings.site}, ${left} of ${tasks.length} tasks left`);
  return 'done';
}
