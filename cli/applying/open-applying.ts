import type { WorkingLake } from '../../local/working-lake.ts';
import { openLake } from '../home.ts';
import type { Output } from '../output.ts';
import { loggerFor } from '../work.ts';
import { ApplyProgress } from './apply-progress.ts';
import { Spending } from './spending.ts';

/** Opens a lake whose work is shown as it goes on: how far an apply is, and what it would cost so far. */
export async function openApplying(
  home: string,
  output: Output,
): Promise<{ lake: WorkingLake; progress: ApplyProgress; spending: Spending }> {
  const spending = new Spending();
  const progress = new ApplyProgress(output, spending);
  const lake = await openLake(home, {
    log: loggerFor(output),
    meter: spending.meter,
    onInvoked: spending.onInvoked,
    onResult: progress.onResult,
  });
  return { lake, progress, spending };
}
