import { existsSync } from 'node:fs';
import { openDeployedLake } from '../local/deployed-lake.ts';
import { type LocalLakeOptions, openLocalLake } from '../local/lake.ts';
import type { WorkingLake } from '../local/working-lake.ts';
import { badInput } from '../shared/core/errors.ts';
import type { Log } from '../shared/ports/log.ts';
import { isDeployed } from './verb.ts';

const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Opens the lake in a folder, which is made when it isn't there, or that of a bucket, which must be. */
export async function openLake(
  home: string,
  options: Omit<LocalLakeOptions, 'home'> = {},
): Promise<WorkingLake> {
  if (!isDeployed(home)) return openLocalLake({ home, ...options });
  return openDeployedLake({ uri: home, log: options.log ?? SILENT, env: process.env });
}

/** Opens the lake that must be there already: reading verbs make none. */
export async function openHome(
  home: string,
  options: Omit<LocalLakeOptions, 'home'> = {},
): Promise<WorkingLake> {
  if (!isDeployed(home) && !existsSync(home)) {
    throw badInput('no_lake', `there is no lake in ${home}`, {
      field: 'home',
      fix: 'import something first (retcon import --help), run retcon demo, or name another folder with --home',
    });
  }
  return openLake(home, options);
}
