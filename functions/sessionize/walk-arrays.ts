import type { SessionState } from '../../shared/core/session/machine.ts';
import type { RowBlock, Segment, WalkSink } from './walk.ts';

/** A session that may go on in the next unit. */
export interface LooseEnd {
  /** Index of its segment. */
  segment: number;
  state: SessionState;
}

/** What a walk over few rows found, kept whole. */
export class WalkArrays implements WalkSink {
  readonly marks: Uint8Array;
  /** Per row: index into `segments`, -1 without one. */
  readonly segmentOf: Int32Array;
  readonly segments: Segment[] = [];
  readonly looseEnds: LooseEnd[] = [];
  /** Tails (by index) whose visitor came back in time but started a session. */
  readonly cuts: number[] = [];
  #row = 0;

  constructor(rowCount: number) {
    this.marks = new Uint8Array(rowCount);
    this.segmentOf = new Int32Array(rowCount);
  }

  rows({ marks, segment }: RowBlock, length: number): void {
    this.marks.set(marks.subarray(0, length), this.#row);
    this.segmentOf.set(segment.subarray(0, length), this.#row);
    this.#row += length;
  }

  amend(): void {}

  segment(segment: Segment): void {
    this.segments.push({ ...segment });
  }

  looseEnd({ index }: Segment, state: SessionState): void {
    this.looseEnds.push({ segment: index, state });
  }

  cut(tail: number): void {
    this.cuts.push(tail);
  }
}
