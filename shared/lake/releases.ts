import type { ObjectStore } from '../ports/objects.ts';
import type { Algorithms } from './algorithms.ts';
import { numberOfKey, releaseKey, releasePrefix } from './keys.ts';

/**
 * One entry of the lake-wide log of releases: which slice of which dataset people see. What arrives is
 * never a release.
 */
export interface Release {
  release: number;
  at: string;
  who: string;
  why: string;
  /** In words, what this release changes. */
  changes: string[];
  /** Hash of the definition, stored under `config/definitions/`. */
  definition: string;
  /** Table name to slice id: boundaries, sessions, events and every mart. */
  slices: Record<string, string>;
  /** How each dataset is computed; absent: all by their first algorithm. */
  algorithms?: Algorithms;
  /** Mart name to the hash of its SQL, stored under `config/marts/`. */
  marts: Record<string, string>;
  /** Sites whose time zone or hosts were restated since their first use. */
  sites: Record<string, { time_zone: string; hosts: string[] }>;
}

/** The newest release, or null in a lake that has none yet. */
export async function liveRelease(objects: ObjectStore): Promise<Release | null> {
  const keys = (await objects.list(releasePrefix)).map((object) => object.key);
  const newest = keys.filter((key) => numberOfKey(key) !== null).at(-1);
  if (newest === undefined) return null;
  const found = await objects.get(newest);
  return found === null ? null : (JSON.parse(found.body.toString('utf8')) as Release);
}

/** Puts release n where none is; `lost` when another release took the number. */
export function putRelease(objects: ObjectStore, release: Release): Promise<'written' | 'lost'> {
  return objects.put(releaseKey(release.release), JSON.stringify(release), {
    ifAbsent: true,
    contentType: 'application/json',
  });
}
