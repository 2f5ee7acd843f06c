import { availableParallelism } from 'node:os';
import type { Plan, Planned } from '../functions/sessionize/planning/plan.ts';
import { mustBeLive, planCandidate } from '../functions/sessionize/planning/read.ts';
import { badInput, RetconError } from '../shared/core/errors.ts';
import type { Read } from '../shared/lake/changes.ts';
import type { Lake } from '../shared/lake/lake.ts';
import type { Release } from '../shared/lake/releases.ts';
import { dollars } from './amounts.ts';

/** Plans a candidate for this machine, against a release: by default the live one. */
export async function planProposed(lake: Lake, proposed: Read, against?: Release): Promise<Planned> {
  return planCandidate(lake, proposed, against ?? (await mustBeLive(lake)), availableParallelism());
}

/** The budget of `--max-cost`, dollars; null when none was given. Throws `bad_max_cost` (exit 2). */
export function maxCostOf(text: string | null): number | null {
  if (text === null) return null;
  const value = /^\$?\d+(\.\d+)?$/.test(text) ? Number(text.replace('$', '')) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw badInput('bad_max_cost', `--max-cost: "${text}" is no amount`, {
    field: 'max-cost',
    fix: 'write dollars, such as 2 or 0.50',
  });
}

/** Throws `over_budget` (exit 3) when a plan may cost more than the budget. */
export function checkBudget({ estimate }: Pick<Plan, 'estimate'>, maxCost: number | null): void {
  if (maxCost === null || estimate.usd <= maxCost) return;
  throw new RetconError(
    'over_budget',
    `this may cost ${dollars(estimate.usd)}, and the budget is ${dollars(maxCost)}: nothing has been computed`,
    {
      field: 'max-cost',
      exit: 3,
      fix: `give --max-cost ${Math.ceil(estimate.usd * 100) / 100 || 0.01} or more, or change less: a scope with from and to, one site`,
    },
  );
}
