import { dollars } from '../amounts.ts';
import { table } from '../table.ts';
import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'status',
  summary: 'what the lake holds, what waits, what is stale',
  examples: ['retcon status', 'retcon status --json'],
  run,
};

/** A number that alarms watch, as a line. */
function watched([name, value]: [string, number | null]): [string, string] {
  if (value === null) return [name.replaceAll('_', ' '), '- (too little to tell)'];
  const text = name === 'spent_dollars' ? dollars(value) : String(Math.round(value * 100) / 100);
  return [name.replaceAll('_', ' '), text];
}

const PHASES = ['open', 'settling', 'settled', 'reopened'];

async function run({ output, home }: VerbContext): Promise<undefined> {
  const { openHome } = await import('../home.ts');
  const { lakeStatus } = await import('../../local/lake-status.ts');
  const lake = await openHome(home);
  try {
    const status = await lakeStatus(lake);
    const sites = status.sites.map((site) => [
      site.site,
      site.units,
      site.facts,
      site.sessions,
      site.first ?? '-',
      site.last ?? '-',
      site.stale,
      ...Object.values(site.phases),
    ]);
    const lines = [
      status.release === null ? 'no release yet' : `release ${status.release.release}, ${status.release.at}`,
      '',
      table(['site', 'units', 'facts', 'sessions', 'from', 'to', 'stale units', ...PHASES], sites),
      table(
        ['queue', 'waiting', 'in work', 'gave up'],
        status.queues.map((q) => [q.queue, q.waiting, q.in_work, q.gave_up]),
      ),
      table(
        ['mart', 'built', 'a build', 'error'],
        status.marts.map((m) => [
          m.mart,
          m.at ?? '-',
          m.dollars === null ? '-' : dollars(m.dollars),
          m.error ?? '',
        ]),
      ),
      table(['watched', 'is'], Object.entries(status.health).map(watched)),
      ...status.stale.map(({ site, unit, reason }) => `stale: ${site} ${unit}: ${reason}`),
    ];
    output.result(status, lines.join('\n'));
    return undefined;
  } finally {
    await lake.close();
  }
}
