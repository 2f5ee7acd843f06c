import { badInput } from '../../shared/core/errors.ts';
import { table } from '../table.ts';
import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'gc',
  summary: 'remove what no release that is kept refers to',
  details:
    'Results of releases that ended long ago, files of attempts that were cut off, generations of facts that newer ones replaced. Nothing goes before it has been garbage for a day, so the first call only takes note. Facts that count and what was landed stay for ever.',
  options: {
    'dry-run': { type: 'boolean', help: 'say what would go, and change nothing' },
    'keep-days': {
      type: 'string',
      value: 'N',
      default: '30',
      help: 'how long results of a release are kept after another took its place',
    },
  },
  examples: ['retcon gc --dry-run', 'retcon gc --keep-days 7'],
  run,
};

async function run({ output, home, options }: VerbContext): Promise<undefined> {
  const days = Number(options.text('keep-days'));
  if (!Number.isFinite(days) || days < 0) {
    throw badInput('bad_days', `--keep-days ${options.text('keep-days')} is no number of days`, {
      field: 'keep-days',
      fix: 'write a number from 0 on, such as 30',
    });
  }
  const dryRun = options.flag('dry-run');
  const { openHome } = await import('../home.ts');
  const { collectGarbage } = await import('../../functions/publish/garbage/collect-garbage.ts');
  const { KEEP } = await import('../../functions/publish/garbage/kept.ts');
  const { GlueCatalog } = await import('../../shared/clients/glue-catalog.ts');
  const lake = await openHome(home);
  try {
    const catalog = new GlueCatalog(lake.clients.glue);
    const deps = { lake: lake.lake, catalog, bucketUri: lake.bucketUri };
    const collected = await collectGarbage(deps, { ...KEEP, releases_ms: days * 86_400_000 }, dryRun);
    const rows = Object.entries({ ...collected.waiting, ...collected.removed }).map(([prefix]) => [
      prefix,
      collected.removed[prefix]?.objects ?? 0,
      collected.removed[prefix]?.bytes ?? 0,
      collected.waiting[prefix]?.objects ?? 0,
      collected.waiting[prefix]?.bytes ?? 0,
    ]);
    const gone = dryRun ? 'would go' : 'removed';
    const lines = [
      ...Object.entries(collected.forgotten).map(
        ([site, slices]) => `${site}: ${slices.length} slices ${dryRun ? 'would be forgotten' : 'forgotten'}`,
      ),
      rows.length === 0
        ? 'nothing is garbage'
        : table(['under', gone, 'bytes', 'garbage for less than a day', 'bytes'], rows),
    ];
    output.result(collected, lines.join('\n'));
    return undefined;
  } finally {
    await lake.close();
  }
}
