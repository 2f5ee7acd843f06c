import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Plan } from '../../functions/sessionize/planning/plan.ts';
import { lakeId } from '../../functions/sessionize/planning/read.ts';
import {
  loadPlan,
  ofThisLake,
  readSaved,
  type SavedPlan,
  stillHolds,
} from '../../functions/sessionize/planning/saved-plan.ts';
import { badInput, RetconError } from '../../shared/core/errors.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import type { Release } from '../../shared/lake/releases.ts';
import type { Proposed } from '../candidates.ts';
import { planText } from '../plan-text.ts';
import { checkBudget, maxCostOf, planProposed } from '../planning.ts';
import type { VerbContext } from '../verb.ts';
import { confirm } from './confirm.ts';

/** Reads the plan of `--plan FILE`; null without the option. Throws `bad_plan`, `cannot_read` (exit 2). */
export async function savedPlanOf({ io, options }: VerbContext): Promise<SavedPlan | null> {
  const file = options.text('plan');
  if (file === null) return null;
  try {
    return loadPlan(await readFile(resolve(io.cwd, file), 'utf8'), file);
  } catch (cause) {
    if (cause instanceof RetconError) throw cause;
    const fix = 'name a file that retcon plan --out wrote';
    throw badInput('cannot_read', `${file} can't be read: ${(cause as Error).message}`, {
      field: 'plan',
      fix,
      cause,
    });
  }
}

/** What a saved plan proposes, whatever the files at hand say by now. */
export function proposedBySaved(saved: SavedPlan): Proposed {
  return { ...readSaved(saved), texts: saved.marts };
}

/**
 * Plans what is proposed, shows it, and asks. Null when there is nothing to do.
 *
 * @param saved the plan that somebody read before: where it no longer holds, what differs is shown too
 * @throws exit 3: `over_budget`, `other_lake`, `not_confirmed`
 */
export async function passGate(
  context: VerbContext,
  lake: Lake,
  proposed: Proposed,
  live: Release,
  saved: SavedPlan | null,
): Promise<Plan | null> {
  const { output, options } = context;
  const maxCost = maxCostOf(options.text('max-cost'));
  const other = saved === null ? null : ofThisLake(saved, await lakeId(lake));
  if (other !== null) {
    const fix = 'plan this lake: retcon plan --out FILE';
    throw new RetconError('other_lake', other.sentences.join('; '), { field: 'plan', fix, exit: 3 });
  }
  const planned = await planProposed(lake, proposed, live);
  const { plan } = planned;
  if (plan.changes.length === 0) return null;
  checkBudget(plan, maxCost);
  output.say(planText(plan, output.style, ''));
  const moved = saved === null ? null : stillHolds(saved, planned);
  const question = `Make this release ${live.release + 1}?`;
  if (moved === null) await confirm(context, question);
  else await confirm(context, `The plan no longer holds: ${moved.sentences.join('; ')}. ${question}`);
  return plan;
}
