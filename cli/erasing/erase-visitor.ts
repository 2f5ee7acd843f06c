import { eraseFacts, factsOf } from '../../functions/compact/erasure/erase-facts.ts';
import { eraseLanded, eraseRejected, type FoundLines } from '../../functions/compact/erasure/erase-lines.ts';
import type { ErasedVisitor } from '../../functions/compact/erasure/erased-visitor.ts';
import { takenSql } from '../../functions/compact/incoming.ts';
import { forgetUnmaintained } from '../../functions/publish/erasure/forget-results.ts';
import { holdersOf } from '../../functions/publish/erasure/holders.ts';
import { removeHolders, unshownMartFiles } from '../../functions/publish/erasure/remove-holders.ts';
import { forgetQueries } from '../../local/athena/forget-queries.ts';
import { topology } from '../../local/topology.ts';
import type { WorkingLake } from '../../local/working-lake.ts';
import { GlueCatalog } from '../../shared/clients/glue-catalog.ts';
import { erasedName } from '../../shared/core/erased-visitors.ts';
import { RetconError } from '../../shared/core/errors.ts';
import { erasureKey } from '../../shared/lake/keys.ts';
import { unitsWithFacts } from '../../shared/lake/site-index.ts';
import { reconcile } from '../reconcile.ts';

/** What an erasure found, or removed; kept in the lake without the visitor's id. */
export interface Receipt {
  site: string;
  /** `erasedName` of the visitor. */
  visitor: string;
  /** Nothing that came up to here counts; ISO. */
  until: string;
  who: string;
  /** When all was removed; null while it isn't. */
  finished: string | null;
  removed: {
    facts: number;
    units: string[];
    landed_lines: number;
    landing_objects: number;
    refused_lines: number;
    /** Results and marts of releases and proposals that are not kept up to date. */
    forgotten_results: number;
    forgotten_marts: number;
    previews: number;
    queries: number;
    /** By prefix: files that held the visitor, or counted it in. */
    files: Record<string, { objects: number; bytes: number }>;
  };
  /** Objects that name the visitor and are not the erasure's to change. */
  mentions: string[];
  /** Objects that `gc` takes when nothing refers to them any more, for the visitor has come again. */
  waiting: string[];
  /** Objects that can't be read. */
  unreadable: string[];
}

export interface Erasing {
  site: string;
  visitor: string;
  who: string;
}

/** What an erasure would remove. Changes nothing. */
export async function lookForVisitor(lake: WorkingLake, erasing: Erasing): Promise<Receipt> {
  const erased = { ...erasing, until: lake.clock.now() };
  const receipt = newReceipt(erasing, erased.until);
  const index = await lake.lake.log(erasing.site).read();
  for (const unit of unitsWithFacts(index)) {
    const { taken } = await factsOf(lake.objects, index.units[unit]!.facts!, erased);
    if (taken === 0) continue;
    receipt.removed.facts += taken;
    receipt.removed.units.push(unit);
  }
  noteLines(receipt, await eraseLanded(lake.objects, erased, true));
  receipt.removed.refused_lines = (await eraseRejected(lake.objects, erased, true)).lines;
  const holders = await holdersOf(lake.objects, erased.site, erased.visitor, takenOf(erased));
  const { removed, mentions } = await removeHolders(lake.lake, holders, false, true);
  receipt.removed.files = removed;
  receipt.mentions = mentions;
  return receipt;
}

/**
 * Erases a visitor from a lake. In this order, so that a crash anywhere leaves what the same call again finishes:
 *
 * 1. all that waits is landed and computed; then the log says that nothing of the visitor so far counts, and from
 *    there on no compaction can bring it in;
 * 2. facts are written anew without it, then results that nobody keeps up to date are forgotten: both are found by
 *    what still lies in `landing/`, so that goes after them;
 * 3. lines of landing objects and refused events go;
 * 4. everything that is kept up to date is computed again;
 * 5. every other object of the lake is read, and what holds the visitor and nothing refers to is removed.
 *
 * @throws `not_erased` when something that readers see still holds the visitor
 */
export async function eraseVisitor(lake: WorkingLake, erasing: Erasing): Promise<Receipt> {
  const { objects } = lake;
  const { site, visitor } = erasing;
  const name = erasedName(site, visitor);
  const log = lake.lake.log(site);
  await reconcile(lake);
  await lake.runtime.drain();
  const martFiles = (await objects.list('marts/')).map(({ key }) => key);

  const erased: ErasedVisitor = { site, visitor, until: lake.clock.now() };
  await log.read();
  while ((await log.append({ type: 'erased', visitor: name, until: erased.until })) === 'lost')
    await log.read();
  const receipt = newReceipt(erasing, erased.until);
  const { removed } = receipt;
  const note = () => objects.put(erasureKey(name, erased.until), JSON.stringify(receipt));

  const units = new Set((await eraseLanded(objects, erased, true)).units);
  for (const unit of unitsWithFacts(await log.read())) {
    const gone = await eraseFacts(objects, log, unit, erased);
    if (gone > 0) units.add(unit);
    removed.facts += gone;
  }
  removed.units = [...units].sort();
  const catalog = new GlueCatalog(lake.clients.glue);
  const forgotten = await forgetUnmaintained({ lake: lake.lake, catalog }, site, removed.units);
  removed.forgotten_results = forgotten.results;
  removed.forgotten_marts = forgotten.marts;
  removed.previews = forgotten.previews;
  await note();

  noteLines(receipt, await eraseLanded(objects, erased, false));
  const refused = await eraseRejected(objects, erased, false);
  removed.refused_lines = refused.lines;
  receipt.unreadable.push(...refused.unreadable);
  await note();

  await lake.bus.announce([
    { type: 'Partition Compacted', detail: { site, reason: 'a visitor was erased' } },
  ]);
  await lake.runtime.drain();

  // First what holds it, then whether it came again: facts that came between are younger than what was listed.
  const holders = await holdersOf(objects, site, visitor, takenOf(erased));
  const cameAgain = await hasComeAgain(lake, erased);
  const swept = await removeHolders(lake.lake, holders, cameAgain, false);
  removed.files = swept.removed;
  if (removed.facts > 0) await removeMartFiles(lake, receipt, martFiles);
  Object.assign(receipt, { mentions: swept.mentions, waiting: swept.waiting });
  if (lake.aws) {
    removed.queries = forgetQueries(lake.aws.home, [visitor, JSON.stringify(visitor).slice(1, -1)]);
    lake.aws.purge(topology.bucket);
  }
  if (swept.referenced.length > 0) {
    await note();
    throw new RetconError(
      'not_erased',
      `${swept.referenced.length} objects that readers see still hold the visitor, such as ${swept.referenced[0]}: they could not be computed again`,
      { fix: 'retcon doctor says why; then run the same command again' },
    );
  }
  receipt.finished = new Date(lake.clock.now()).toISOString();
  await note();
  return receipt;
}

function newReceipt({ site, visitor, who }: Erasing, until: number): Receipt {
  return {
    site,
    visitor: erasedName(site, visitor),
    until: new Date(until).toISOString(),
    who,
    finished: null,
    removed: {
      facts: 0,
      units: [],
      landed_lines: 0,
      landing_objects: 0,
      refused_lines: 0,
      forgotten_results: 0,
      forgotten_marts: 0,
      previews: 0,
      queries: 0,
      files: {},
    },
    mentions: [],
    waiting: [],
    unreadable: [],
  };
}

function noteLines({ removed, unreadable }: Receipt, found: FoundLines): void {
  removed.landed_lines = found.lines;
  removed.landing_objects = found.objects.length;
  unreadable.push(...found.unreadable);
}

const takenOf = ({ until }: ErasedVisitor): string => takenSql('f', String(until));

async function hasComeAgain(lake: WorkingLake, erased: ErasedVisitor): Promise<boolean> {
  const index = await lake.lake.log(erased.site).read();
  for (const unit of unitsWithFacts(index)) {
    if ((await factsOf(lake.objects, index.units[unit]!.facts!, erased)).later > 0) return true;
  }
  return false;
}

/** Marts that were replaced counted the visitor in, though none names it. */
async function removeMartFiles(
  lake: WorkingLake,
  receipt: Receipt,
  before: readonly string[],
): Promise<void> {
  const left = new Map((await lake.objects.list('marts/')).map(({ key, size }) => [key, size]));
  const files = receipt.removed.files['marts/'] ?? { objects: 0, bytes: 0 };
  for (const key of await unshownMartFiles(lake.lake, before)) {
    if (!left.has(key)) continue;
    await lake.objects.remove(key);
    files.objects++;
    files.bytes += left.get(key)!;
  }
  if (files.objects > 0) receipt.removed.files['marts/'] = files;
}
