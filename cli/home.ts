import { existsSync } from 'node:fs';
import { type LocalLake, type LocalLakeOptions, openLocalLake } from '../local/lake.ts';
import { badInput } from '../shared/core/errors.ts';

/** Opens the lake that must be there already: reading verbs make none. */
export async function openHome(
  home: string,
  options: Omit<LocalLakeOptions, 'home'> = {},
): Promise<LocalLake> {
  if (!existsSync(home)) {
    throw badInput('no_lake', `there is no lake in ${home}`, {
      field: 'home',
      fix: 'import something first (retcon import --help), run retcon demo, or name another folder with --home',
    });
  }
  return openLocalLake({ home, ...options });
}
