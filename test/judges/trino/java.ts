import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_JAVA = 24;

/** A Java that this Trino runs on: `JAVA_HOME`, else one beside the one of the PATH; null when there is none. */
export function findJava(): string | null {
  const homes = [process.env['JAVA_HOME'] ?? ''];
  const onPath = spawnSync('readlink', ['-f', `${spawnSync('which', ['java']).stdout}`.trim()]);
  const installed = dirname(dirname(dirname(`${onPath.stdout}`.trim())));
  if (existsSync(installed)) homes.push(...readdirSync(installed).map((name) => join(installed, name)));
  for (const home of homes) {
    const java = join(home, 'bin', 'java');
    if (home === '' || !existsSync(java)) continue;
    const version = /version "(\d+)/.exec(`${spawnSync(java, ['-version']).stderr}`)?.[1];
    if (Number(version) >= OLDEST_JAVA) return java;
  }
  return null;
}

// Asked by the judge before anything is fetched: is there one?
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const java = findJava();
  console.log(java ?? 'none');
  process.exitCode = java === null ? 1 : 0;
}
