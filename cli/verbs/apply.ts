import { RetconError } from '../../shared/core/errors.ts';
import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'apply',
  summary: 'make the edited files what readers see, for all of history',
  arguments: [{ name: 'PROPOSAL', help: 'with --cancel: which one, when several are being applied' }],
  options: {
    yes: { type: 'boolean', help: 'go on without the question' },
    why: { type: 'string', value: 'TEXT', help: 'the reason, for retcon releases' },
    cancel: { type: 'boolean', help: 'call off what is being applied; readers keep what they see' },
  },
  details:
    'Computes what is missing, builds and tests every mart, then switches all tables in one step; until then readers see nothing of it. What arrives meanwhile is in. Interrupted at any point, the same command goes on where it stopped.',
  examples: ['retcon apply --why "15 minutes, as the others count"', 'retcon apply --yes --json'],
  run,
};

async function run(context: VerbContext): Promise<undefined> {
  const { output, options, positionals, home, dir } = context;
  if (options.flag('cancel')) return cancel(context);
  if (positionals.length > 0) {
    throw new RetconError('unexpected_argument', 'a proposal is named with --cancel only', {
      field: 'PROPOSAL',
      fix: 'apply takes what the files in --dir say',
      exit: 2,
    });
  }
  const { openApplying } = await import('../applying/open-applying.ts');
  const { openWorkspace, storeWorkspace, workspaceCandidate } = await import('../workspace.ts');
  const { applyCandidate, isLive, nothingApplied } = await import('../applying/apply-candidate.ts');
  const { confirm } = await import('../applying/confirm.ts');
  const { appliedWords } = await import('../applying/words.ts');
  const { lake, progress } = await openApplying(home, output);
  try {
    const workspace = await openWorkspace(lake, dir);
    const { release: live, waiting: changes } = workspace;
    const candidate = workspaceCandidate(lake.lake, workspace, live);
    if (isLive(candidate, live)) {
      output.result(nothingApplied(live), `nothing to apply: release ${live.release} is what the files say`);
      return undefined;
    }
    output.say(changes.map((change) => `  ${change}`).join('\n'));
    await confirm(context, `Make this release ${live.release + 1}?`);
    await storeWorkspace(lake.lake, workspace);
    await progress.expect(lake.lake, candidate, live);
    const began = performance.now();
    const about = { live, why: options.text('why') ?? '', changes, max_cost: null };
    const applied = await applyCandidate(lake, candidate, about, context);
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
