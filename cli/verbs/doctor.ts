import { existsSync } from 'node:fs';
import type { Finding } from '../../local/doctor/finding.ts';
import { RetconError } from '../../shared/core/errors.ts';
import type { Verb, VerbContext } from '../verb.ts';
import { isDeployed } from '../verb.ts';

export const verb: Verb = {
  name: 'doctor',
  summary: 'what is wrong with this set-up, and what mends it',
  details: 'Ends with 0 when nothing is wrong, else with 1. Looks only; changes nothing.',
  examples: ['retcon doctor', 'retcon doctor --json'],
  run,
};

async function run({ output, home, dir }: VerbContext): Promise<number | undefined> {
  const { machineFindings } = await import('../../local/doctor/machine.ts');
  const findings: Finding[] = [
    ...(await machineFindings(isDeployed(home) ? null : home)),
    ...(await workspaceFindings(dir)),
  ];
  if (isDeployed(home) || existsSync(home)) {
    const { openHome } = await import('../home.ts');
    const { lakeFindings } = await import('../../local/doctor/lake.ts');
    const lake = await openHome(home);
    try {
      findings.push(...(await lakeFindings(lake)));
    } finally {
      await lake.close();
    }
  }
  const broken = findings.filter(({ ok }) => !ok).length;
  const lines = findings.flatMap(({ check, ok, what, why, fix }) =>
    ok ? [`ok     ${check}: ${what}`] : [`WRONG  ${check}: ${what}`, `       ${why}`, `       -> ${fix}`],
  );
  lines.push(
    '',
    broken === 0 ? 'nothing is wrong' : `${broken} of ${findings.length} checks found something`,
  );
  output.result({ healthy: broken === 0, findings }, lines.join('\n'));
  return broken === 0 ? undefined : 1;
}

/** Whether the files that a user edits can be read, all of them. */
async function workspaceFindings(dir: string): Promise<Finding[]> {
  const { readWorkspace } = await import('../workspace.ts');
  const { fine, wrong } = await import('../../local/doctor/finding.ts');
  try {
    const { sites, marts } = await readWorkspace(dir);
    const words = `${dir}: ${sites.size} sites, a definition, ${Object.keys(marts).length} marts`;
    if (sites.size > 0) return [fine('files at hand', words)];
    const why = 'events and imports belong to a site';
    return [
      wrong(
        'files at hand',
        `${dir} has no sites/`,
        why,
        'retcon init writes an example; --dir names another folder',
      ),
    ];
  } catch (cause) {
    if (!(cause instanceof RetconError)) throw cause;
    const fix = cause.fix ?? 'mend the file';
    return [wrong('files at hand', cause.message, 'no verb that needs them works until then', fix)];
  }
}
