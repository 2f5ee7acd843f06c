import type { LocalLakeOptions } from '../../local/lake.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { openTestLake } from './open.ts';

/** Some rules that look back. */
const definition = 'sessions: { on_campaign: utm, max_events: 40 }';

/** Order-insensitive sum over all units: the digests of units add up. */
export function total(digests: Record<string, string>, dataset: string): string {
  let rows = 0n;
  let sum = 0n;
  for (const [name, digest] of Object.entries(digests)) {
    if (!name.endsWith(` ${dataset}`)) continue;
    const [n, s] = digest.split(':').map(BigInt) as [bigint, bigint];
    rows += n;
    sum += s;
  }
  return `${rows}:${sum}`;
}

/** Digests of all results, by unit and dataset, once pieces of a history have arrived in order. */
export async function digestsOf(
  site: string,
  pieces: LandingRecord[][],
  drainEach: boolean,
  options: Partial<LocalLakeOptions> = {},
) {
  const lake = await openTestLake(site, definition, options);
  for (const piece of pieces) {
    await lake.land(piece);
    if (drainEach) await lake.drain();
  }
  await lake.drain();
  const digests = await lake.digests();
  await lake.close();
  return digests;
}
