import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLocalLake } from '../../local/lake.ts';
import { liveRelease } from '../../shared/lake/releases.ts';

const bin = fileURLToPath(new URL('../../bin/retcon.mjs', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs a verb in a process of its own, which may be killed in the middle of it. */
export function retcon(
  argv: string[],
  killWhen?: () => boolean,
): Promise<{ code: number | null; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...argv], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.on('error', reject);
    const watch = killWhen && setInterval(() => killWhen() && child.kill('SIGKILL'), 5);
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, stdout });
    });
  });
}

/** Rows and digests of every unit of both sites; and how many facts there are. */
export async function held(
  home: string,
): Promise<{ digests: Record<string, string>; facts: Record<string, number> }> {
  const lake = await openLocalLake({ home });
  const { slices } = (await liveRelease(lake.objects))!;
  const digests: Record<string, string> = {};
  const facts: Record<string, number> = {};
  for (const site of ['shop', 'blog']) {
    const { units } = await lake.lake.log(site).read();
    for (const [unit, state] of Object.entries(units)) {
      facts[site] = (facts[site] ?? 0) + state.facts!.rows;
      for (const dataset of ['sessions', 'events'] as const) {
        digests[`${site} ${unit} ${dataset}`] = state.results[dataset]![slices[dataset]!]!.digest;
      }
    }
  }
  await lake.close();
  return { digests, facts };
}

/** How many beacons the demo of a home has noted as sent. */
export const beaconsSent = (home: string): number => {
  try {
    return JSON.parse(readFileSync(join(home, 'demo.json'), 'utf8')).beacons as number;
  } catch {
    return 0;
  }
};
