import { hash } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import { type DefinedDataset, sliceOf } from '../core/definition/slice.ts';
import type { Definition } from '../core/definition/types.ts';
import { ALGORITHMS, type Algorithms } from './algorithms.ts';
import type { MartSource } from './marts.ts';
import type { Release } from './releases.ts';
import type { Dataset } from './site-index.ts';
import { PUBLIC_TABLES } from './tables.ts';

/** The datasets that read the definition themselves, as people meet them. */
export type PlannedDataset = DefinedDataset & Dataset;
export const DEFINED_DATASETS = (
  ['boundaries', 'sessions', 'events', 'conversions'] as readonly DefinedDataset[]
).filter((name): name is PlannedDataset => name === 'boundaries' || name in PUBLIC_TABLES);

/** 24 hex digits over any JSON value: names of slices and keys of results. */
export function hashOf(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'hex').slice(0, 24);
}

/**
 * Slice ids of a release: each dataset's own part of the definition and everything upstream. Sites
 * count only where they were restated: what a site said at its first use stands in its log, so that a
 * new site changes no slice.
 *
 * @param marts what of each decides rows: a mart hangs on the tables that it reads, not on the others
 * @param algorithms how each dataset is computed
 */
export function sliceIds(
  definition: Definition,
  sites: Release['sites'],
  marts: Record<string, Pick<MartSource, 'inputs' | 'meaning'>>,
  algorithms: Algorithms = ALGORITHMS,
): Record<string, string> {
  const numbers = [algorithms.boundaries, algorithms.stitches, algorithms.crossings];
  const boundaries = hashOf(['boundaries', numbers, sliceOf(definition, 'boundaries'), sites]);
  const sessions = hashOf(['sessions', algorithms.sessions, sliceOf(definition, 'sessions'), boundaries]);
  const events = hashOf(['events', algorithms.events, sliceOf(definition, 'events'), boundaries]);
  const made = [algorithms.hits, algorithms.additions, algorithms.touches, algorithms.conversions];
  const conversions = hashOf(['conversions', made, sliceOf(definition, 'conversions'), sessions]);
  const slices: Record<string, string> = { boundaries, sessions, events, conversions };
  for (const [mart, { inputs, meaning }] of Object.entries(marts)) {
    const upstream = inputs.map((input) => [input, slices[input]!]);
    slices[mart] = hashOf(['marts', algorithms.marts, mart, meaning, upstream]);
  }
  return slices;
}
