import { join } from 'node:path';
import { type Connection, fileList, withConnection } from '../../shared/duckdb/engine.ts';
import type { FactsRef, SiteIndex } from '../../shared/lake/site-index.ts';
import { isNoSpace } from '../../shared/no-space.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import { withScratch } from '../../shared/scratch.ts';
import { type Arranged, arrange } from './arrange.ts';
import { splitsOf, writeFacts } from './facts-writer.ts';
import { fetchFacts, loadForeign, neighboursOf } from './foreign.ts';
import { removeGeneration, storeGeneration, writeIds } from './generation.ts';
import { judgeLines, type Wanted } from './judge.ts';
import { fetchLanded, type LandedFile, type Landing, type Unreadable } from './landed-files.ts';
import type { CompactLimits } from './limits.ts';
import { acceptedByObject, type Changes, settle } from './settle.ts';
import { totalsAfter } from './totals.ts';

const NOTHING: ReadonlyMap<string, Changes> = new Map();

/** A unit's facts after landing objects were brought in, stored and not yet named by the log. */
export interface Generation {
  facts: FactsRef;
  accepted: Record<string, number>;
  quarantined: Record<string, number>;
  /** Neighbours whose facts change with it. */
  neighbours: { unit: string; facts: FactsRef }[];
}

export interface GenerationDeps {
  objects: ObjectStore;
  limits: CompactLimits;
  /** The gzip member with this unit's rows of a landing object; throws `corrupt_landing` when they are damaged. */
  fetch(object: string): Promise<Buffer>;
  /** Puts lines that can't become facts aside, with their reason; safe to repeat. */
  quarantine(unreadable: Unreadable[]): Promise<void>;
}

/**
 * Makes the next generation of a unit: its facts so far and the rows of `pending`, sorted and without copies. An
 * id that a neighbouring unit holds too is settled between them. Whatever fails, no object of it stays.
 */
export async function nextGeneration(
  deps: GenerationDeps,
  index: SiteIndex,
  unit: string,
  pending: readonly Landing[],
): Promise<Generation> {
  const { objects, limits } = deps;
  const { site } = index;
  const base = index.units[unit]?.facts ?? null;
  const wanted = {
    site,
    unit,
    dayOffsetMinutes: index.opened?.day_offset_minutes ?? 0,
    erased: index.erased ?? {},
  };
  return withScratch((folder) =>
    withConnection(async (connection) => {
      const landed = await fetchLanded(deps.fetch, folder, pending);
      const files = base === null ? null : await fetchFacts(objects, folder, 'known', base);
      const known = files === null ? null : { files, rows: base!.rows };
      const { arranged, unreadable } = await readable(landed.files, wanted, (lines) =>
        arrange(connection, folder, lines, known, wanted, limits),
      );
      unreadable.push(...landed.unreadable);
      if (unreadable.length > 0) await deps.quarantine(unreadable);
      const quarantined = countByObject(unreadable);
      const { written } = arranged;
      const around = neighboursOf(index, unit);
      const touched = await loadForeign(connection, objects, folder, around, written?.ids ?? null);
      const met = await settle(connection, unit, written === null);
      const changes = met ?? NOTHING;
      const totals = await totalsAfter(connection, 'FROM arrived', unit, base, true, changes.has(unit));
      const neighbours: Generation['neighbours'] = [];
      try {
        for (const [name, theirs] of touched) {
          if (!changes.has(name)) continue;
          const facts = `FROM read_parquet(${fileList(theirs)})`;
          const left = await totalsAfter(connection, facts, name, around.get(name)!, false, true);
          const k = splitsOf(left.rows, limits.rowsInFile);
          const out = await writeFacts(connection, folder, `settled-${name}`, k, [{ files: theirs }], {
            settle: name,
          });
          const ref = await storeGeneration(connection, objects, folder, { site, unit: name }, out, left);
          neighbours.push({ unit: name, facts: ref });
        }
        // Nothing but later copies of what is there: the facts stay as they are.
        const noNewFacts = totals.digest === base?.digest;
        if (noNewFacts && totals.received === base.received) {
          return { facts: base, accepted: {}, quarantined, neighbours };
        }
        const settled = await settledFiles(connection, folder, arranged, unit, totals.rows, limits, changes);
        const ids = changes.has(unit)
          ? null
          : (written?.ids ?? (await moreIds(connection, objects, folder, base)));
        const facts = await storeGeneration(
          connection,
          objects,
          folder,
          { site, unit },
          settled,
          totals,
          ids,
        );
        return {
          facts,
          accepted: noNewFacts ? {} : await acceptedByObject(connection, met !== null),
          quarantined,
          neighbours,
        };
      } catch (cause) {
        for (const { facts } of neighbours) await removeGeneration(objects, facts).catch(() => {});
        throw cause;
      }
    }),
  );
}

/** Whether the engine stopped for want of memory or disk, and not for what it read. */
const isEngineLimit = (cause: unknown): boolean =>
  isNoSpace(cause) || (cause instanceof Error && cause.message.startsWith('Out of Memory Error'));

/** Reads what landed; when the engine stumbles over a line, again without those that are no facts. */
async function readable(
  files: LandedFile[],
  wanted: Wanted,
  read: (files: readonly LandedFile[]) => Promise<Arranged>,
): Promise<{ arranged: Arranged; unreadable: Unreadable[] }> {
  try {
    return { arranged: await read(files), unreadable: [] };
  } catch (cause) {
    if (isEngineLimit(cause)) throw cause;
    const judged = await judgeLines(files, wanted);
    if (!judged.amiss) throw cause;
    return { arranged: await read(judged.files), unreadable: judged.unreadable };
  }
}

/** Local files of the new generation: what was written at first, when it may stay, else written with the changes. */
async function settledFiles(
  connection: Connection,
  folder: string,
  { sources, written }: Arranged,
  unit: string,
  rows: number,
  limits: CompactLimits,
  changes: ReadonlyMap<string, Changes>,
): Promise<string[]> {
  const k = splitsOf(rows, limits.rowsInFile);
  const own = changes.get(unit);
  if (written?.k === k && own === undefined) return written.files;
  // Rows that go leave the others in order; a new name may move a row among those of the same moment.
  const sorted = written?.k === k && own?.renamed === 0;
  return writeFacts(connection, folder, 'settled', k, sources, {
    ...(own === undefined ? {} : { settle: unit }),
    sorted,
  });
}

/** The ids of a unit after a little arrived: those that it had, and the new ones. Null when it had no file of them. */
async function moreIds(
  connection: Connection,
  objects: ObjectStore,
  folder: string,
  base: FactsRef | null,
): Promise<string | null> {
  if (!base?.ids) return null;
  const had = join(folder, 'ids-before.parquet');
  await objects.download(base.ids, had);
  const file = join(folder, 'ids.parquet');
  await writeIds(connection, file, 'FROM incoming', had);
  return file;
}

function countByObject(unreadable: readonly Unreadable[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { object } of unreadable) counts[object] = (counts[object] ?? 0) + 1;
  return counts;
}
