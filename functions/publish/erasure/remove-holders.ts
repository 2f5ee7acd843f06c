import { inParallel } from '../../../shared/in-parallel.ts';
import { manifestPrefix } from '../../../shared/lake/keys.ts';
import type { Lake } from '../../../shared/lake/lake.ts';
import { everyMart, readState } from '../../../shared/lake/mart-state.ts';
import type { ResultRef } from '../../../shared/lake/site-index.ts';
import { everySite } from '../../../shared/lake/sites.ts';
import { Referenced } from '../garbage/referenced.ts';
import type { Holder } from './holders.ts';

const AT_ONCE = 16;

/** What became of objects that hold an erased visitor. */
export interface Removed {
  /** By prefix. */
  removed: Record<string, { objects: number; bytes: number }>;
  /** That a log refers to: not computed again yet. */
  referenced: string[];
  /** That may be the new work of somebody who saw the visitor come again: garbage collection decides. */
  waiting: string[];
  /** That is none of ours to remove: somebody's definition, say. */
  mentions: string[];
}

/**
 * Removes what holds an erased visitor and no log refers to: generations that were replaced, attempts that were cut
 * off, results of queries. Unlike garbage they don't wait: nobody can come to refer to them any more, for facts with
 * these rows can't enter a log, and what was computed from such facts has a key that nobody wants.
 *
 * @param cameAgain facts hold the visitor anew: then what was computed of these looks the same
 * @param dryRun says what would go
 */
export async function removeHolders(
  lake: Lake,
  holders: readonly Holder[],
  cameAgain: boolean,
  dryRun: boolean,
): Promise<Removed> {
  const told: Removed = { removed: {}, referenced: [], waiting: [], mentions: [] };
  const kept = new Referenced();
  for (const site of await everySite(lake)) kept.addSite(await lake.log(site).read());
  for (const mart of await everyMart(lake)) kept.addMart(await readState(lake, mart));
  const going: Holder[] = [];
  for (const holder of holders) {
    const { key, erased } = holder;
    const prefix = key.slice(0, key.indexOf('/') + 1);
    const computed = prefix === 'derived/' || prefix === 'marts/';
    if (prefix === 'results/') going.push(holder);
    else if (prefix !== 'facts/' && !computed) told.mentions.push(key);
    else if (kept.has(key)) {
      if (dryRun) going.push(holder);
      else if (!cameAgain) told.referenced.push(key);
    } else if (computed ? !cameAgain : erased! > 0) going.push(holder);
    else told.waiting.push(key);
  }
  if (!dryRun) {
    await removeManifests(lake, new Set(going.map(({ key }) => key)));
    await inParallel(AT_ONCE, going, ({ key }) => lake.objects.remove(key));
  }
  for (const { key, bytes } of going) {
    const prefix = key.slice(0, key.indexOf('/') + 1);
    const sum = told.removed[prefix] ?? { objects: 0, bytes: 0 };
    told.removed[prefix] = { objects: sum.objects + 1, bytes: sum.bytes + bytes };
  }
  return told;
}

/** A manifest that outlived its files would be taken for a result by whoever wants its key again. */
async function removeManifests({ objects }: Lake, files: ReadonlySet<string>): Promise<void> {
  const folders = new Set([...files].map((key) => key.slice(0, key.lastIndexOf('/') + 1)));
  if (![...files].some((key) => key.startsWith('derived/'))) return;
  await inParallel(AT_ONCE, await objects.list(manifestPrefix), async ({ key }) => {
    const found = await objects.get(key);
    if (found === null) return;
    const { object, parts } = JSON.parse(found.body.toString('utf8')) as ResultRef;
    const gone = object ? files.has(object) : (parts ?? []).some(({ folder }) => folders.has(folder));
    if (gone) await objects.remove(key);
  });
}

/** Folders of marts that nothing shows. What was there before an erasure counts its visitor in. */
export async function unshownMartFiles(lake: Lake, before: readonly string[]): Promise<string[]> {
  const kept = new Referenced();
  for (const mart of await everyMart(lake)) kept.addMart(await readState(lake, mart));
  return before.filter((key) => !kept.has(key));
}
