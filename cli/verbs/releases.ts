import { table } from '../table.ts';
import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'releases',
  summary: 'every release: who, when, what, why, and what it counts',
  details:
    'Sessions are those of all sites as the release counts them, of all that has arrived; - where a release is no longer kept up to date.',
  examples: ['retcon releases', 'retcon query "SELECT * FROM releases"'],
  run,
};

async function run({ output, home }: VerbContext): Promise<undefined> {
  const { openHome } = await import('../home.ts');
  const { listReleases } = await import('../applying/list-releases.ts');
  const lake = await openHome(home);
  try {
    const releases = await listReleases(lake.lake);
    const rows = releases.map((one) => [
      `${one.release}${one.is_current ? ' live' : ''}`,
      one.at,
      one.who,
      one.changes.join('; '),
      one.why,
      one.sessions ?? '-',
    ]);
    const columns = ['release', 'at', 'who', 'what', 'why', { name: 'sessions', align: 'right' as const }];
    output.result(releases, releases.length === 0 ? 'no release yet' : table(columns, rows));
    return undefined;
  } finally {
    await lake.close();
  }
}
