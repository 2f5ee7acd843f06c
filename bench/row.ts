import type { Day } from './day.ts';

/** One measured piece of work over the same day. */
export interface Row {
  name: string;
  about: string;
  /** `floor`: what the work can't be cheaper than, or what others do; everything else is the product. */
  floor: boolean;
  /** Events that it works on, where that isn't the day's. */
  events?: number;
  /** Of the product: the floor it is held against, and the most it may cost in its terms. */
  against?: { floor: string; most: number };
  /** What is not the row's own work; not measured. */
  prepare?(day: Day): Promise<unknown>;
  run(day: Day, prepared: unknown): Promise<string>;
}
