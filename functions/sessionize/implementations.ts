import { RetconError } from '../../shared/core/errors.ts';
import type { Algorithms } from '../../shared/lake/algorithms.ts';
import type { PublicTable } from '../../shared/lake/tables.ts';
import { attributeHits } from './attribute-hits.ts';
import { crossings } from './edges.ts';
import { emitEvents } from './emit-events.ts';
import { emitSessions } from './emit-sessions.ts';
import { findHits } from './find-hits.ts';
import { narrowSessions } from './narrow-sessions.ts';
import { stitch } from './stitch.ts';
import { walkUnit } from './walk-unit.ts';

type Emit = typeof emitEvents;

/**
 * What each algorithm number stands for, side by side: a release that people may still see is computed by the
 * code that it was made with. A new number is a new entry here; an old one goes when no release names it.
 */
export const IMPLEMENTATIONS = {
  boundaries: { 1: walkUnit } as Record<number, typeof walkUnit>,
  stitches: { 1: stitch } as Record<number, typeof stitch>,
  crossings: { 1: crossings } as Record<number, typeof crossings>,
  sessions: { 1: emitSessions } as Record<number, Emit>,
  events: { 1: emitEvents } as Record<number, Emit>,
  hits: { 1: findHits } as Record<number, typeof findHits>,
  touches: { 1: narrowSessions } as Record<number, typeof narrowSessions>,
  conversions: { 1: attributeHits } as Record<number, typeof attributeHits>,
} satisfies Record<'boundaries' | 'stitches' | 'crossings' | 'hits' | 'touches' | PublicTable, unknown>;

/** The code of a dataset under a release's number. Throws `unknown_algorithm` when it is not in this deploy. */
export function implementation<D extends keyof typeof IMPLEMENTATIONS>(
  dataset: D,
  algorithms: Algorithms,
): (typeof IMPLEMENTATIONS)[D][number] {
  const number = algorithms[dataset];
  const found = IMPLEMENTATIONS[dataset][number];
  if (found !== undefined) return found as (typeof IMPLEMENTATIONS)[D][number];
  const known = Object.keys(IMPLEMENTATIONS[dataset]).join(', ');
  throw new RetconError(
    'unknown_algorithm',
    `The live release computes ${dataset} by algorithm ${number}, and this deploy knows ${known}: deploy the version that has it, or apply a release with what is known.`,
    { field: dataset },
  );
}
