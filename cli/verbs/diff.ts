import { RetconError } from '../../shared/core/errors.ts';
import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'diff',
  summary: 'what two releases say differently of the same events',
  details:
    'Compares the sessions of both, as preview does with what is not live yet: totals, days, channels, and what became of every session. A and B are numbers of releases, live, or proposal.',
  arguments: [
    { name: 'A', required: true, help: 'a release' },
    { name: 'B', required: true, help: 'another one' },
  ],
  options: {
    from: { type: 'string', value: 'D', help: 'first local day that is compared' },
    to: { type: 'string', value: 'D', help: 'last local day that is compared' },
    site: { type: 'string', value: 'S', help: 'one site only' },
  },
  examples: ['retcon diff 1 2', 'retcon diff 3 live --site shop'],
  run,
};

async function run({ output, home, positionals, options }: VerbContext): Promise<undefined> {
  const { rangeOptions, rangeWithData } = await import('../preview-range.ts');
  const { openHome } = await import('../home.ts');
  const { namedCandidate, notKept } = await import('../pinned.ts');
  const { previewText } = await import('../preview-text.ts');
  const { changesBetween } = await import('../release-changes.ts');
  const { standingOf } = await import('../../functions/publish/pinned-database.ts');
  const { compareSlices } = await import('../../functions/publish/comparison/compare.ts');
  const { sideOf } = await import('../../functions/publish/comparison/preview-of.ts');
  const asked = rangeOptions(options);
  const lake = await openHome(home);
  try {
    const [a, b] = [await namedCandidate(lake, positionals[0]!), await namedCandidate(lake, positionals[1]!)];
    const range = await rangeWithData(lake.lake, asked);
    for (const [index, one] of [a, b].entries()) {
      const { missing, behind } = await standingOf(lake.lake, one.candidate);
      const lacking = missing.filter((site) => range.sites.includes(site));
      if (lacking.length > 0) throw notKept(one, positionals[index]!, lacking);
      const old = behind.filter((site) => range.sites.includes(site));
      if (old.length === 0) continue;
      throw new RetconError(
        'not_current',
        `${one.words} is not kept up to date any more: it does not know all events of ${old.join(', ')}`,
        {
          exit: 3,
          field: index === 0 ? 'A' : 'B',
          fix: 'compare releases that hold the same events, or roll back to it first',
        },
      );
    }
    const [now, then] = [
      await sideOf(lake.lake, a.candidate, range.sites),
      await sideOf(lake.lake, b.candidate, range.sites),
    ];
    const changes = await changesBetween(lake.objects, positionals[0]!, positionals[1]!);
    const comparison = await compareSlices(lake.queries, now, then, range);
    const preview = {
      ...comparison,
      changes,
      range,
      proposal: '',
      at: new Date(lake.clock.now()).toISOString(),
      base: 0,
      time_zones: {},
    };
    const { queries, bytes_scanned } = comparison.asked;
    const cost = `${queries} queries read ${(bytes_scanned / 1e6).toFixed(1)} MB. Now is ${a.words}, proposed is ${b.words}.`;
    output.result(
      { a: a.words, b: b.words, changes, range, ...comparison },
      previewText(preview, output.style, cost),
    );
    return undefined;
  } finally {
    await lake.close();
  }
}
