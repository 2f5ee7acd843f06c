import { lookDetail } from '../../shared/envelopes/events.ts';
import { inParallel } from '../../shared/in-parallel.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { findResult } from '../../shared/lake/manifests.ts';
import { type OutOfTime, outOfTime } from '../../shared/out-of-time.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { ObtainDeps } from './obtain.ts';
import { targetOf } from './target.ts';
import { runTask } from './tasks.ts';
import { type BatchMessage, finishBatch, loadWave } from './waves.ts';

export interface WorkDeps {
  lake: Lake;
  log: Log;
  /** Where planning goes on: the queue of sessionize. */
  plan: Queue;
  onResult?: ObtainDeps['onResult'];
  /** Whether to begin no other task: the batch comes again, and finds what was done. */
  outOfTime?: OutOfTime;
}

/** Tasks at once: one reads and writes while another computes. */
const AT_ONCE = 2;

/**
 * Does a batch of tasks and, when it was the last of its wave, sends the site back to planning. What
 * somebody did already (a crashed attempt, another wave) is found by its manifest and not done again.
 */
export async function work(deps: WorkDeps, message: BatchMessage): Promise<void> {
  const { objects } = deps.lake;
  const wave = await loadWave(objects, message.site, message.wave);
  if (wave === null) return;
  const target = await targetOf(deps.lake, wave.settings);
  const tasks = wave.batches[message.batch] ?? [];
  let left = 0;
  await inParallel(AT_ONCE, tasks, async (task) => {
    if (deps.outOfTime?.()) {
      left++;
      return;
    }
    const found = await Promise.all(Object.values(task.keys).map((key) => findResult(deps.lake, key)));
    if (found.includes(null)) await runTask(target, task);
    const { site, slices } = wave.settings;
    for (const [name, key] of Object.entries(task.keys)) {
      const dataset = name as keyof typeof task.keys;
      deps.onResult?.({ site, unit: task.unit, dataset, slice: slices[dataset]!, key });
    }
  });
  if (left > 0) throw outOfTime(`batch ${message.batch}, ${left} of ${tasks.length} tasks left`);
  if (await finishBatch(objects, wave, message)) {
    const { site, correlation = [] } = message;
    const again = wave.look
      ? { 'detail-type': 'Definition Changed', detail: { site, correlation, ...lookDetail(wave.look) } }
      : { 'detail-type': 'Wave Done', detail: { site, correlation } };
    await deps.plan.send([{ source: 'retcon', ...again }]);
  }
}
