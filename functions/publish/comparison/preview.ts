import type { Comparison } from './compare.ts';

/** What a proposal would change, computed and compared: plain JSON, the document of `retcon preview`. */
export interface Preview extends Comparison {
  /** Id of the proposal. */
  proposal: string;
  /** When it was compared, ISO. */
  at: string;
  /** Of every site, the entry of its log that its facts were those of; absent when it isn't kept. */
  facts?: Record<string, number>;
  /** The live release that it was compared with. */
  base: number;
  /** What the proposal changes, in words. */
  changes: string[];
  range: { from: string | null; to: string | null; sites: string[] };
  /** Zones in which the sites' days are meant, under the proposal. */
  time_zones: Record<string, string>;
}
