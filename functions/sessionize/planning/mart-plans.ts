import type { Read } from '../../../shared/lake/changes.ts';

/** What becomes of a mart, which is built as a whole. */
export interface MartPlan {
  mart: string;
  /** At most: what it reads hangs on digests not computed yet. */
  state: 'certain' | 'at most' | 'untouched';
  reason: string;
  /** Tables that it reads. */
  inputs: string[];
  /** How many statements build and test it. */
  queries: number;
}

/**
 * What becomes of every mart of a candidate. One that is gone is in the changes only: nothing is computed.
 *
 * @param open tables that hang on digests not computed yet, on any site
 */
export function martPlans(live: Read, wanted: Read, open: ReadonlySet<string>): MartPlan[] {
  return Object.entries(wanted.marts).map(([mart, { inputs: declared, tests }]) => {
    const inputs = Object.keys(declared);
    const about = { mart, inputs, queries: 2 + tests.length };
    const [had, has] = [live.candidate.slices, wanted.candidate.slices];
    if (had[mart] === has[mart]) return { ...about, state: 'untouched', reason: '' };
    const moved = inputs.filter((input) => had[input] !== has[input]);
    const state = moved.some((input) => open.has(input)) ? 'at most' : 'certain';
    return { ...about, state, reason: reasonFor(had[mart] === undefined, moved) };
  });
}

function reasonFor(isNew: boolean, moved: readonly string[]): string {
  if (isNew) return 'it is new';
  return moved.length === 0 ? 'its query changed' : `it reads ${moved.join(' and ')}`;
}
