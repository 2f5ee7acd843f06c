import { type Connection, literal, rows, withConnection } from '../../shared/duckdb/engine.ts';
import type { FactsRef, SiteIndex } from '../../shared/lake/site-index.ts';
import type { SiteLog } from '../../shared/lake/site-log.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import { withScratch } from '../../shared/scratch.ts';
import { neighboursOf, settleNeighbour } from './foreign.ts';
import { removeGeneration, totalsOf, writeGeneration } from './generation.ts';
import { loadIncoming, type Source, type Unreadable } from './incoming.ts';
import { merge } from './merge.ts';

export interface CompactUnitDeps {
  objects: ObjectStore;
  log: SiteLog;
  /** The rows of this unit in a landing object; throws `corrupt_landing` when they can't be unpacked. */
  fetch(object: string): Promise<Buffer>;
  /** Puts lines that can't become facts aside, with their reason; safe to repeat. */
  quarantine(unreadable: Unreadable[]): Promise<void>;
}

export type CompactUnitOutcome =
  | {
      outcome: 'compacted';
      facts: FactsRef;
      added: number;
      changed: boolean;
      /** Neighbours whose facts changed with it. */
      neighbours: { unit: string; facts: FactsRef }[];
    }
  | { outcome: 'nothing to do' };

/**
 * Brings landing objects into the facts of one unit: one new generation, sorted and without copies,
 * then one log entry that names it and notes the objects as consumed. Objects consumed before are
 * skipped. An id that a neighbouring unit holds too is settled between them, in the same entry. When the
 * log moved meanwhile and any of these facts with it, all is done again on what is there now, so that
 * concurrent calls end in the same facts.
 *
 * Starts from the index that the log has at hand: whoever calls has just read it, and one that is old
 * costs a lost entry and another round, never a wrong one.
 *
 * @param landing landing objects that hold rows of this unit
 */
export async function compactUnit(
  deps: CompactUnitDeps,
  unit: string,
  landing: readonly string[],
): Promise<CompactUnitOutcome> {
  const { log } = deps;
  for (let index = log.folded; ; index = await log.read()) {
    const pending = landing.filter((object) => !index.units[unit]?.consumed[object]);
    if (pending.length === 0) return { outcome: 'nothing to do' };
    const base = index.units[unit]?.facts ?? null;
    const seen = factsAround(index, unit);
    const from = performance.now();
    const { facts, accepted, quarantined, neighbours } = await nextGeneration(
      deps,
      index,
      unit,
      pending,
      base,
    );
    const change = {
      type: 'compacted' as const,
      unit,
      facts,
      consumed: pending,
      accepted,
      quarantined,
      ms: Math.round(performance.now() - from),
      ...(neighbours.length > 0 ? { neighbours } : {}),
    };
    const consumed = (object: string): boolean => log.folded.units[unit]?.consumed[object] === true;
    // Whoever brought in nothing but copies left the facts as they were, and the ledger not.
    while (factsAround(log.folded, unit) === seen && !pending.some(consumed)) {
      if ((await log.append(change)) === 'written') {
        return {
          outcome: 'compacted',
          facts,
          added: facts.rows - (base?.rows ?? 0),
          changed: facts.digest !== base?.digest,
          neighbours,
        };
      }
      await log.read();
    }
    const made = [{ facts }, ...neighbours].filter((one) => one.facts.object !== base?.object);
    for (const one of made) await removeGeneration(deps.objects, one.facts);
  }
}

/** The facts that a unit's next generation hangs on: its own and its neighbours'. */
function factsAround(index: SiteIndex, unit: string): string {
  const neighbours = [...neighboursOf(index, unit)].map(([name, { object }]) => `${name} ${object}`);
  return [index.units[unit]?.facts?.object ?? '', ...neighbours].join('\n');
}

interface Generation {
  facts: FactsRef;
  accepted: Record<string, number>;
  quarantined: Record<string, number>;
  neighbours: { unit: string; facts: FactsRef }[];
}

async function nextGeneration(
  deps: CompactUnitDeps,
  index: SiteIndex,
  unit: string,
  pending: readonly string[],
  base: FactsRef | null,
): Promise<Generation> {
  const { objects } = deps;
  const { site } = index;
  const sources: Source[] = [];
  const unreadable: Unreadable[] = [];
  for (const object of pending) {
    try {
      sources.push({ object, lines: await deps.fetch(object) });
    } catch (cause) {
      if ((cause as { code?: string }).code !== 'corrupt_landing') throw cause;
      unreadable.push({ object, line: 0, reason: (cause as Error).message, body: '' });
    }
  }
  return withScratch((folder) =>
    withConnection(async (connection) => {
      const wanted = { site, unit, dayOffsetMinutes: index.opened?.day_offset_minutes ?? 0 };
      unreadable.push(...(await loadIncoming(connection, folder, sources, wanted)));
      if (unreadable.length > 0) await deps.quarantine(unreadable);
      const quarantined = countByObject(unreadable);
      const around = neighboursOf(index, unit);
      const touched = await merge(connection, folder, objects, unit, base, around);
      const neighbours: Generation['neighbours'] = [];
      for (const [name, file] of touched) {
        await settleNeighbour(connection, name, file);
        const totals = await totalsOf(connection, 'settled_neighbour');
        if (totals.digest === around.get(name)!.digest) continue;
        const table = 'settled_neighbour';
        neighbours.push({
          unit: name,
          facts: await writeGeneration(connection, objects, folder, site, name, table, totals),
        });
      }
      const totals = await totalsOf(connection, 'merged');
      // Nothing but later copies of what is there: the facts stay as they are.
      const noNewFacts = totals.digest === base?.digest;
      if (noNewFacts && totals.received === base.received) {
        return { facts: base, accepted: {}, quarantined, neighbours };
      }
      return {
        facts: await writeGeneration(connection, objects, folder, site, unit, 'merged', totals),
        accepted: noNewFacts ? {} : await acceptedByObject(connection, pending),
        quarantined,
        neighbours,
      };
    }),
  );
}

/** Facts that no earlier generation had: a copy that takes the place of a known fact is not one. */
async function acceptedByObject(
  connection: Connection,
  pending: readonly string[],
): Promise<Record<string, number>> {
  const counted = await rows<{ landing_object: string; n: number }>(
    connection,
    `SELECT landing_object, count(*) AS n FROM merged m
     WHERE landing_object IN (${pending.map(literal).join(', ')}) AND NOT EXISTS (
       FROM (SELECT event_id, collided_id, fingerprint FROM known
         UNION ALL SELECT event_id, collided_id, fingerprint FROM foreign_rows) k
       WHERE k.fingerprint = m.fingerprint
         AND coalesce(k.collided_id, k.event_id) = coalesce(m.collided_id, m.event_id))
     GROUP BY 1`,
  );
  return Object.fromEntries(counted.map((entry) => [entry.landing_object, entry.n]));
}

function countByObject(unreadable: readonly Unreadable[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { object } of unreadable) counts[object] = (counts[object] ?? 0) + 1;
  return counts;
}
