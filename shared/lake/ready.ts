import type { SiteIndex } from './site-index.ts';

/**
 * Name under which a site's log notes that the narrow tables of a target are whole: all that a preview looks
 * at. The whole target goes by its own name (`targetId`).
 */
export function narrowName(target: string, range: { from: string; to: string } | null): string {
  return range === null ? `${target} narrow` : `${target} narrow ${range.from} ${range.to}`;
}

/** Whether a site's results under one of the names are those of its newest facts; a site without any is. */
export function isReady({ facts_n, ready }: SiteIndex, names: readonly string[]): boolean {
  return facts_n === 0 || names.some((name) => ready[name] === facts_n);
}
