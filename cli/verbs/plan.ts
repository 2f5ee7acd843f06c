import type { Planned } from '../../functions/sessionize/planning/plan.ts';
import { badInput } from '../../shared/core/errors.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import type { Proposed } from '../candidates.ts';
import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'plan',
  summary: 'what the edited files would change in all of history, and what it would cost',
  options: {
    out: { type: 'string', value: 'FILE', help: 'save the plan, for apply --plan FILE' },
    'max-cost': { type: 'string', value: 'USD', help: 'end with 3 if it could cost more' },
    'from-ref': { type: 'string', value: 'REF', help: 'plan the files as they are in a git commit' },
    'from-release': { type: 'string', value: 'N', help: 'plan going back to what release N showed' },
    against: { type: 'string', value: 'N', help: 'hold it against release N in place of the live one' },
  },
  details: `Nothing is computed and nothing is written. A result is a table's part of one site and one unit (24 hours); a mart
is one result. "Certain" is what is known not to be what readers see now, "at most" adds what hangs on results that
nobody has computed yet: it may turn out to be the same.`,
  examples: [
    'retcon plan',
    'retcon plan --out shorter.plan --max-cost 2',
    'retcon plan --from-ref main --json',
  ],
  run,
};

async function run(context: VerbContext): Promise<undefined> {
  const { output, home, options } = context;
  const [out, against] = [options.text('out'), options.text('against')];
  if (out !== null && against !== null) {
    throw badInput(
      'not_to_be_applied',
      'a plan against another release than the live one can never be applied',
      {
        field: 'out',
        fix: 'leave out --out or --against',
      },
    );
  }
  const { openHome } = await import('../home.ts');
  const { checkBudget, maxCostOf, planProposed } = await import('../planning.ts');
  const { releaseNamed } = await import('../candidates.ts');
  const { planText } = await import('../plan-text.ts');
  const maxCost = maxCostOf(options.text('max-cost'));
  const { lake, close } = await openHome(home);
  try {
    const base = against === null ? undefined : await releaseNamed(lake, against, 'against');
    const proposed = await proposedBy(context, lake);
    const planned = await planProposed(lake, proposed, base);
    const { plan } = planned;
    if (out !== null) await save(context, lake, proposed, planned, out);
    const apply = out === null ? 'retcon apply' : `retcon apply --plan ${out}`;
    const next = base === undefined ? `Next: retcon preview shows the numbers, ${apply} does it.` : '';
    const text = planText(plan, output.style, next);
    try {
      checkBudget(plan, maxCost);
    } catch (refused) {
      if (!output.json) output.say(text);
      throw refused;
    }
    output.result(plan, text);
    return undefined;
  } finally {
    await close();
  }
}

async function proposedBy({ dir, options }: VerbContext, lake: Lake): Promise<Proposed> {
  const { proposedByFiles, proposedByRef, proposedByRelease } = await import('../candidates.ts');
  const [ref, release] = [options.text('from-ref'), options.text('from-release')];
  if (ref !== null && release !== null) {
    throw badInput('two_proposals', '--from-ref and --from-release each say what to plan', {
      field: 'from-ref',
      fix: 'give one of them',
    });
  }
  if (release !== null) return proposedByRelease(lake, release);
  return ref === null ? proposedByFiles(lake, dir) : proposedByRef(lake, dir, ref);
}

async function save(
  { io }: VerbContext,
  lake: Lake,
  { candidate, definition, texts }: Proposed,
  { plan, keys }: Planned,
  out: string,
): Promise<void> {
  const { writeFile } = await import('node:fs/promises');
  const { resolve } = await import('node:path');
  const { lakeId } = await import('../../functions/sessionize/planning/read.ts');
  const { savedPlan } = await import('../../functions/sessionize/planning/saved-plan.ts');
  const at = new Date(lake.clock.now()).toISOString();
  const text = savedPlan({ lake: await lakeId(lake), at, plan, candidate, definition, marts: texts, keys });
  try {
    await writeFile(resolve(io.cwd, out), text);
  } catch (cause) {
    throw badInput('cannot_write', `${out} can't be written: ${(cause as Error).message}`, {
      field: 'out',
      cause,
    });
  }
}
