import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'run',
  summary: 'do all pending work and end',
  details:
    'Everything that the collector answered 202 before is visible to queries afterwards, whoever took it, and whatever was cut off is finished.',
  options: {
    redrive: { type: 'boolean', help: 'also try again what was given up after failing five times' },
  },
  examples: ['retcon run', 'retcon run --redrive'],
  run,
};

async function run({ output, home, dir, options }: VerbContext): Promise<number | undefined> {
  const { openLake } = await import('../home.ts');
  const { openWorkspace } = await import('../workspace.ts');
  const { reopenSites } = await import('../../shared/lake/reopening.ts');
  const { reconcile } = await import('../reconcile.ts');
  const { loggerFor, noteWaiting, workDone } = await import('../work.ts');
  const lake = await openLake(home, { log: loggerFor(output) });
  try {
    const { waiting } = await openWorkspace(lake, dir);
    noteWaiting(output, waiting);
    if (options.flag('redrive')) {
      const { redrive } = await import('../redrive.ts');
      for (const [queue, n] of Object.entries(await redrive(lake))) output.note(`${queue}: ${n} tried again`);
    }
    const reopened = await reopenSites(lake.lake);
    if (reopened.length > 0) output.note(`rebuilding from what has landed: ${reopened.join(', ')}`);
    await reconcile(lake);
    const report = await lake.runtime.drain();
    const { failed, words } = workDone(report);
    output.result({ queues: report }, words);
    return failed ? 1 : undefined;
  } finally {
    await lake.close();
  }
}
