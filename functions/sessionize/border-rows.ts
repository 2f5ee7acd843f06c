import { KIND, ROW } from './walk.ts';

/** Bits of what a row is to the neighbours of its unit. */
export const ROLE = {
  /** Of the events that a session coming in over the edge could reach. */
  head: 1,
  /** First event of a session that may go on in the next unit. */
  first: 2,
  /** Last event with a URL of such a session. */
  lastUrl: 4,
} as const;

/**
 * Marks the rows at the start of a unit that a session from the unit before could reach: a visitor's
 * events up to the first pause longer than the timeout, when the first of them lies within the timeout
 * of the edge. Behind such a pause the machine is where it would be whatever came before (DESIGN:
 * speculate, then repair), so nothing else of the unit depends on its neighbour.
 *
 * Events that belong to no session are neither marked nor do they bridge a pause.
 */
export class HeadRegions {
  readonly #mark: (row: number) => void;
  readonly #timeout: number;
  readonly #reach: number;
  #row = 0;
  #last = Number.NEGATIVE_INFINITY;
  #inside = false;
  #seen = false;

  /**
   * @param fromMs start of the unit
   * @param timeoutMs the longest timeout of the unit's dates
   * @param mark called with each marked row, counted from 0
   */
  constructor(fromMs: number, timeoutMs: number, mark: (row: number) => void) {
    this.#timeout = timeoutMs;
    this.#reach = fromMs + timeoutMs;
    this.#mark = mark;
  }

  /** Takes the next row, `bits` as the walk reads them. */
  row(bits: number, time: number): void {
    const row = this.#row++;
    if (bits & ROW.firstOfVisitor) this.#seen = false;
    if ((bits & ROW.kind) === KIND.other) return;
    if (this.#seen) this.#inside &&= time - this.#last <= this.#timeout;
    else this.#inside = time < this.#reach;
    this.#seen = true;
    this.#last = time;
    if (this.#inside) this.#mark(row);
  }
}
