import { unconsumed } from '../../shared/lake/ledger.ts';
import type { FactsRef, SiteIndex } from '../../shared/lake/site-index.ts';
import type { SiteLog } from '../../shared/lake/site-log.ts';
import { neighboursOf } from './foreign.ts';
import { removeGeneration } from './generation.ts';
import type { Landing } from './landed-files.ts';
import { type GenerationDeps, nextGeneration } from './next-generation.ts';

export type CompactUnitDeps = GenerationDeps & { log: SiteLog };

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
 * concurrent calls end in the same facts. A backlog of more rows than `limits.rowsInRound` takes several
 * generations, each with its entry: what one needs doesn't grow with the backlog.
 *
 * Starts from the index that the log has at hand: whoever calls has just read it, and one that is old
 * costs a lost entry and another round, never a wrong one.
 *
 * @param landing landing objects that hold rows of this unit
 * @returns the last generation, with what all of them added. Throws `no_space` when a disk is full
 */
export async function compactUnit(
  deps: CompactUnitDeps,
  unit: string,
  landing: readonly Landing[],
): Promise<CompactUnitOutcome> {
  const { log } = deps;
  let result: CompactUnitOutcome = { outcome: 'nothing to do' };
  let left = landing;
  for (let index = log.folded; ; ) {
    const ground = groundOf(index);
    left = await unconsumed(deps.objects, index, unit, left);
    if (left.length === 0) return result;
    const round = firstRound(left, deps.limits.rowsInRound);
    const done = await oneGeneration(deps, index, unit, round, ground);
    if (done === 'overtaken') index = await log.read();
    else {
      left = left.slice(round.length);
      result = result.outcome === 'compacted' ? joined(result, done) : done;
      index = log.folded;
    }
  }
}

type Compacted = Extract<CompactUnitOutcome, { outcome: 'compacted' }>;

async function oneGeneration(
  deps: CompactUnitDeps,
  index: SiteIndex,
  unit: string,
  round: readonly Landing[],
  ground: string,
): Promise<Compacted | 'overtaken'> {
  const { log, objects } = deps;
  const base = index.units[unit]?.facts ?? null;
  const seen = factsAround(index, unit);
  const from = performance.now();
  const { facts, accepted, quarantined, neighbours } = await nextGeneration(deps, index, unit, round);
  const change = {
    type: 'compacted' as const,
    unit,
    facts,
    consumed: round.map(({ object }) => object),
    accepted,
    quarantined,
    ms: Math.round(performance.now() - from),
    ...(neighbours.length > 0 ? { neighbours } : {}),
  };
  const consumed = ({ object }: Landing): boolean => log.folded.units[unit]?.consumed[object] === true;
  const asRead = (): boolean => factsAround(log.folded, unit) === seen && groundOf(log.folded) === ground;
  // Whoever brought in nothing but copies left the facts as they were, and the ledger not.
  while (asRead() && !round.some(consumed)) {
    if ((await log.append(change)) === 'written') {
      const added = facts.rows - (base?.rows ?? 0);
      return { outcome: 'compacted', facts, added, changed: facts.digest !== base?.digest, neighbours };
    }
    await log.read();
  }
  const made = [{ facts }, ...neighbours].filter((one) => one.facts.object !== base?.object);
  for (const one of made) await removeGeneration(objects, one.facts);
  return 'overtaken';
}

/** Other when the ledger has moved, or a visitor was erased: what counts must be looked at again. */
const groundOf = (index: SiteIndex): string =>
  [index.ledger?.length ?? 0, ...Object.entries(index.erased ?? {}).flat()].join(' ');

/** The first landing objects, at least one, of no more than so many rows. */
function firstRound(pending: readonly Landing[], most: number): Landing[] {
  let rows = 0;
  const round: Landing[] = [];
  for (const landing of pending) {
    rows += landing.rows;
    if (round.length > 0 && rows > most) break;
    round.push(landing);
  }
  return round;
}

/** Two generations, one after the other, as one. */
function joined(first: Compacted, then: Compacted): Compacted {
  const neighbours = new Map([...first.neighbours, ...then.neighbours].map((one) => [one.unit, one]));
  return {
    ...then,
    added: first.added + then.added,
    changed: first.changed || then.changed,
    neighbours: [...neighbours.values()],
  };
}

/** The facts that a unit's next generation hangs on: its own and its neighbours'. */
function factsAround(index: SiteIndex, unit: string): string {
  const neighbours = [...neighboursOf(index, unit)].map(([name, { object }]) => `${name} ${object}`);
  return [index.units[unit]?.facts?.object ?? '', ...neighbours].join('\n');
}
