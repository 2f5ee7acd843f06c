import type { Definition } from '../core/definition/types.ts';
import { ALGORITHMS, type Algorithms, FIRST_ALGORITHMS } from './algorithms.ts';
import type { MartSource } from './marts.ts';
import type { Release } from './releases.ts';
import { hashOf, sliceIds } from './slices.ts';
import { PUBLIC_TABLES } from './tables.ts';

/** What a release would be: everything about it that decides rows. */
export interface Candidate {
  /** Hash of the definition, stored under `config/definitions/`. */
  definition: string;
  /** Table name to slice id: boundaries, the public tables and every mart. */
  slices: Record<string, string>;
  algorithms: Algorithms;
  /** Mart name to the hash of its text, stored under `config/marts/`. */
  marts: Record<string, string>;
  /** Sites whose time zone or hosts are not those of their first use. */
  sites: Release['sites'];
}

/**
 * Makes a candidate; nothing is stored.
 *
 * @param algorithms how each dataset is computed; by default as this deploy does
 */
export function candidateOf(
  definition: Definition,
  marts: Record<string, MartSource>,
  sites: Release['sites'],
  algorithms: Algorithms = ALGORITHMS,
): Candidate {
  return {
    definition: hashOf(definition),
    slices: sliceIds(definition, sites, marts, algorithms),
    algorithms,
    marts: Object.fromEntries(Object.entries(marts).map(([name, { hash }]) => [name, hash])),
    sites,
  };
}

/** The parts of a release that a new one with the same content would have. */
export function candidateOfRelease(release: Release): Candidate {
  const { definition, slices, marts, sites } = release;
  return { definition, slices, algorithms: release.algorithms ?? FIRST_ALGORITHMS, marts, sites };
}

/** Name of a candidate: equal content, equal id. */
export function candidateId(candidate: Candidate): string {
  const { definition, slices, algorithms, marts, sites } = candidate;
  return hashOf({ definition, slices, algorithms, marts, sites });
}

/** Name of what is computed for a candidate, its marts apart: equal slices, equal results. */
export function targetId({ slices }: Pick<Candidate, 'slices'>): string {
  return hashOf(['boundaries', ...Object.keys(PUBLIC_TABLES)].map((name) => slices[name] ?? null));
}
