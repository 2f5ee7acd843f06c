import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Records } from './api/records.ts';

/**
 * Removes the queries of a folder whose statement or rows hold any of these texts, as if they had never been asked;
 * those that are running stay. (On AWS the history of queries is Athena's, which keeps it for 45 days.)
 *
 * @returns how many
 */
export function forgetQueries(home: string, texts: readonly string[]): number {
  const root = join(resolve(home), 'athena.queries');
  const records = new Records(root);
  let forgotten = 0;
  for (const id of records.ids()) {
    const record = records.load(id);
    if (record === null || record.state === 'QUEUED' || record.state === 'RUNNING') continue;
    const folder = join(root, id);
    const holds = readdirSync(folder).some((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return texts.some((one) => text.includes(one));
    });
    if (!holds) continue;
    rmSync(folder, { recursive: true, force: true });
    forgotten++;
  }
  return forgotten;
}
