import type { BuiltMart } from '../../shared/lake/mart-state.ts';

const DAY_MS = 86_400_000;

/** Which marts are built: all whose inputs moved; only those never built; or those that this many dollars a day allow. */
export type Which = 'all' | 'missing' | { perDay: number };

/**
 * When a mart may be built again, ms UTC: the dearer a build, the later the next, so that `marts` of them cost no more
 * than `perDay` dollars a day together, however much history they read and however often something arrives. A failed
 * build counts like any other.
 */
export function nextBuild({ at, dollars = 0 }: BuiltMart, perDay: number, marts: number): number {
  return Date.parse(at) + (dollars * marts * DAY_MS) / perDay;
}
