import { RetconError } from '../../shared/core/errors.ts';
import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'apply',
  summary: 'make the edited files what readers see, for all of history',
  arguments: [{ name: 'PROPOSAL', help: 'with --cancel: which one, when several are being applied' }],
  options: {
    plan: { type: 'string', value: 'FILE', help: 'apply this saved plan (retcon plan --out FILE)' },
    'max-cost': { type: 'string', value: 'USD', help: 'end with 3 if it could cost more' },
    yes: { type: 'boolean', help: 'go on without the question' },
    why: { type: 'string', value: 'TEXT', help: 'the reason, for retcon releases' },
    cancel: { type: 'boolean', help: 'call off what is being applied; readers keep what they see' },
  },
  details:
    'Computes what is missing, builds and tests every mart, then switches all tables in one step; until then readers see nothing of it. What arrives meanwhile is in. Interrupted at any point, the same command goes on where it stopped.',
  examples: [
    'retcon apply --why "15 minutes, as the others count"',
    'retcon apply --plan shorter.plan --max-cost 2 --yes',
  ],
  run,
};

async function run(context: VerbContext): Promise<undefined> {
  const { output, options, positionals, home, dir, signal } = context;
  if (options.flag('cancel')) return cancel(context);
  if (positionals.length > 0) {
    throw new RetconError('unexpected_argument', 'a proposal is named with --cancel only', {
      field: 'PROPOSAL',
      fix: 'apply takes what the files in --dir say, or --plan FILE',
      exit: 2,
    });
  }
  const { openApplying } = await import('../applying/open-applying.ts');
  const { openWorkspace } = await import('../workspace.ts');
  const { proposedByFiles } = await import('../candidates.ts');
  const { applyCandidate, isApplying, nothingApplied } = await import('../applying/apply-candidate.ts');
  const { passGate, proposedBySaved, savedPlanOf } = await import('../applying/gate.ts');
  const { appliedWords } = await import('../applying/words.ts');
  const { changeWords } = await import('../../shared/lake/changes.ts');
  const { storeDefinition } = await import('../../shared/lake/definitions.ts');
  const { storeMarts } = await import('../../shared/lake/marts.ts');
  const { maxCostOf } = await import('../planning.ts');
  const max_cost = maxCostOf(options.text('max-cost'));
  const saved = await savedPlanOf(context);
  const { lake, progress } = await openApplying(home, output);
  try {
    const propose = () => (saved === null ? proposedByFiles(lake.lake, dir) : proposedBySaved(saved));
    let { release: live } = await openWorkspace(lake, dir);
    let proposed = await propose();
    const began = performance.now();
    const about = { live, why: options.text('why') ?? '', changes: [] as string[], max_cost };
    // What was asked for before goes on without a question; before anything new is planned, what waits is done.
    if (!(await isApplying(lake.objects, proposed.candidate, live))) {
      await lake.runtime.drain(signal);
      live = (await openWorkspace(lake, dir)).release;
      proposed = await propose();
      const plan = await passGate(context, lake.lake, proposed, live, saved);
      if (plan === null) {
        output.result(
          nothingApplied(live),
          `nothing to apply: readers see that already, as release ${live.release}`,
        );
        return undefined;
      }
      Object.assign(about, { live, changes: changeWords(plan.changes) });
      await storeDefinition(lake.objects, proposed.definition);
      await storeMarts(lake.objects, proposed.texts);
    }
    await progress.expect(lake.lake, proposed.candidate, live);
    const applied = await applyCandidate(lake, proposed.candidate, about, context);
    output.result(applied, appliedWords(applied, output.style, performance.now() - began));
    return undefined;
  } finally {
    await lake.close();
  }
}

async function cancel({ output, positionals, home }: VerbContext): Promise<undefined> {
  const { openHome } = await import('../home.ts');
  const { callOff } = await import('../applying/call-off.ts');
  const lake = await openHome(home);
  try {
    const { id, changes } = await callOff(lake.objects, positionals[0] ?? null);
    const text = `called off: ${changes.join('; ')}. What was computed is kept for another apply.`;
    output.result({ cancelled: id }, text);
    return undefined;
  } finally {
    await lake.close();
  }
}
