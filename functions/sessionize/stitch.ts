import { createHash } from 'node:crypto';
import { EdgeWalk, type HeadRow, type StitchRules, type Visit } from './edge-walk.ts';
import type { Head, Override, Tail } from './edges.ts';

/** What the sessions that come in over the edge do in a unit; rows in order of visitor. */
export interface Stitch {
  /** Tails that change anything in the unit: it must be walked again with them. */
  carried: Tail[];
  /** Tails that the unit passes on in place of its own. */
  overrides: Override[];
  /** What the unit adds to sessions of earlier ones. */
  heads: Head[];
  /** Digest of where the sessions of the visitors in `carried` start and go on; `none` without any. */
  repaired: string;
}

/** What becomes of one visitor: whether the tail changes anything here, and where sessions start and go on then. */
interface Met {
  head: Head | null;
  carried: Buffer | null;
  /** What is passed on in place of the unit's own tail; undefined when that stands. */
  passed?: Tail | null;
}

/**
 * Repairs what a unit found by itself where a session comes in over its edge: walks the head regions of
 * the visitors at hand once with their tails and once without, and says where that differs. Of a visitor it
 * keeps a few rows and two bytes for each event, however many there are.
 *
 * @param rows head regions of the visitors in `tails`, some at a time, in the order of facts
 * @param tails what comes in, in order of visitor
 */
export async function stitch(
  unit: StitchRules,
  rows: AsyncIterable<readonly HeadRow[]>,
  tails: readonly Tail[],
): Promise<Stitch> {
  const joined = new EdgeWalk(unit, tails);
  const alone = new EdgeWalk(unit, []);
  const met = new Map<string, Met>();
  const settle = (here: Visit | null, byItself: Visit | null): void => {
    if (here !== null) met.set(here.visitor_id, compared(here, byItself!));
  };
  for await (const some of rows) for (const row of some) settle(joined.row(row), alone.row(row));
  settle(joined.finish(), alone.finish());
  const result: Omit<Stitch, 'repaired'> = { carried: [], overrides: [], heads: [] };
  const repaired = createHash('sha256');
  for (const tail of tails) {
    const { visitor_id } = tail;
    const { head, carried, passed } = met.get(visitor_id) ?? NOTHING;
    if (head !== null) result.heads.push(head);
    if (carried !== null) {
      result.carried.push(tail);
      repaired.update(`${visitor_id}\n`).update(carried);
    }
    if (passed !== undefined) result.overrides.push({ visitor_id, tail: passed });
  }
  const digest = result.carried.length === 0 ? 'none' : repaired.digest('hex').slice(0, 32);
  return { ...result, repaired: digest };
}

const NOTHING: Met = { head: null, carried: null };

function compared(here: Visit, byItself: Visit): Met {
  const marks = here.marks.taken();
  const changed = here.head?.joined === true || !marks.equals(byItself.marks.taken());
  const met: Met = { head: here.head, carried: changed ? marks : null };
  if (JSON.stringify(here.tail) !== JSON.stringify(byItself.tail)) met.passed = here.tail;
  return met;
}
