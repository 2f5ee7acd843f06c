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
  /** The proposal that became this release; absent for the first. */
  proposal?: string;
}

/** The newest release, or null in a lake that has none yet. */
export async function liveRelease(objects: ObjectStore): Promise<Release | null> {
  const [live] = (await newestReleases(objects, 1)).newest;
  return live ?? null;
}

/** All releases, the newest first. */
export async function everyRelease(objects: ObjectStore): Promise<Release[]> {
  return (await newestReleases(objects, Number.POSITIVE_INFINITY)).newest;
}

/** Release n, or null when there is none. */
export async function releaseNumber(objects: ObjectStore, n: number): Promise<Release | null> {
  return read(objects, releaseKey(n));
}

/**
 * The newest releases, newest first, and every key of their log: beside the releases it holds marks of what
 * is being applied.
 */
export async function newestReleases(
  objects: ObjectStore,
  count: number,
): Promise<{ keys: string[]; newest: Release[] }> {
  const keys = (await objects.list(releasePrefix)).map((object) => object.key);
  const numbered = keys.filter((key) => numberOfKey(key) !== null).reverse();
  const found = await Promise.all(numbered.slice(0, count).map((key) => read(objects, key)));
  return { keys, newest: found.filter((release) => release !== null) };
}

/** Releases never change: each is fetched once per store. */
const fetched = new WeakMap<ObjectStore, Map<string, Release>>();

async function read(objects: ObjectStore, key: string): Promise<Release | null> {
  const known = fetched.get(objects) ?? new Map<string, Release>();
  fetched.set(objects, known);
  const had = known.get(key);
  if (had !== undefined) return had;
  const found = await objects.get(key);
  if (found === null) return null;
  const release = JSON.parse(found.body.toString('utf8')) as Release;
  known.set(key, release);
  return release;
}

/** Puts release n where none is; `lost` when another release took the number. */
export function putRelease(objects: ObjectStore, release: Release): Promise<'written' | 'lost'> {
  return objects.put(releaseKey(release.release), JSON.stringify(release), {
    ifAbsent: true,
    contentType: 'application/json',
  });
}
