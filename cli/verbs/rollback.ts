import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'rollback',
  summary: 'make an earlier release what readers see, with all that arrived since',
  arguments: [{ name: 'RELEASE', help: 'its number (default: the one before the live one)' }],
  options: {
    'max-cost': { type: 'string', value: 'USD', help: 'end with 3 if it could cost more' },
    yes: { type: 'boolean', help: 'go on without the question' },
    why: { type: 'string', value: 'TEXT', help: 'the reason, for retcon releases' },
  },
  details:
    'The result is a new release. The release before the live one is kept up to date for 7 days: going back to it computes nothing. An older one is brought up to date first.',
  examples: ['retcon rollback', 'retcon rollback 3 --why "the campaign split was a mistake"'],
  run,
};

async function run(context: VerbContext): Promise<undefined> {
  const { output, options, positionals, home } = context;
  const { openHome } = await import('../home.ts');
  const { openApplying } = await import('../applying/open-applying.ts');
  const { earlierRelease, isKept } = await import('../applying/earlier-release.ts');
  const { applyCandidate, isLive, nothingApplied } = await import('../applying/apply-candidate.ts');
  const { passGate } = await import('../applying/gate.ts');
  const { proposedByRelease } = await import('../candidates.ts');
  const { maxCostOf } = await import('../planning.ts');
  const { appliedWords } = await import('../applying/words.ts');
  const { candidateOfRelease } = await import('../../shared/lake/candidate.ts');
  const max_cost = maxCostOf(options.text('max-cost'));
  // Says so when there is no lake, and makes none.
  await (await openHome(home)).close();
  const { lake, progress } = await openApplying(home, output);
  try {
    const { wanted, live } = await earlierRelease(lake.lake, positionals[0] ?? null);
    const candidate = candidateOfRelease(wanted);
    if (isLive(candidate, live)) {
      const same =
        wanted.release === live.release ? 'live already' : `the same as ${live.release}, which is live`;
      output.result(nothingApplied(live), `nothing to do: release ${wanted.release} is ${same}`);
      return undefined;
    }
    if (!(await isKept(lake.lake, wanted))) {
      output.say(`release ${wanted.release} is no longer kept up to date: what it lacks is computed first\n`);
      const proposed = await proposedByRelease(lake.lake, String(wanted.release));
      await passGate(context, lake.lake, proposed, live, null);
    }
    await progress.expect(lake.lake, candidate, live);
    const began = performance.now();
    const changes = [`back to release ${wanted.release}`];
    const about = { live, why: options.text('why') ?? '', changes, max_cost };
    const applied = await applyCandidate(lake, candidate, about, context);
    output.result(applied, appliedWords(applied, output.style, performance.now() - began));
    return undefined;
  } finally {
    await lake.close();
  }
}
