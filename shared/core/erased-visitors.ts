import { createHash } from 'node:crypto';

/**
 * The hash under which it is remembered that a visitor of a site was erased: 32 hex digits. A random visitor id
 * can't be found from it; one that can be guessed (an address, a number) can, by trying.
 */
export function erasedName(site: string, visitor: string): string {
  return createHash('sha256').update(`${site}\u001f${visitor}`).digest('hex').slice(0, 32);
}

/** Erased visitors of a site by `erasedName`: what was received or landed up to that ms counts no more. */
export type ErasedVisitors = Readonly<Record<string, number>>;

/** When a landing object was written, ms UTC; null for a name that doesn't say. */
export function landedAt(object: string): number | null {
  const found = /\/(\d{13})-[0-9a-f]+\.ndjson\.gz$/.exec(object);
  return found ? Number(found[1]) : null;
}

/**
 * Whether an erasure up to `until` takes an event of its visitor: one that was received or had landed by then. An
 * import's events are received when they happened, which may lie ahead; what comes later is new data.
 */
export function isTaken(until: number, receivedAt: number, landed: number | null): boolean {
  return receivedAt <= until || (landed !== null && landed <= until);
}
