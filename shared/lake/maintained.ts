import type { Lake } from './lake.ts';
import { type Proposal, proposalsAmong } from './proposals.ts';
import { newestReleases, type Release } from './releases.ts';

/** How long after its end the previous release is kept up to date, so that going back is one write. */
export const WARM_MS = 7 * 86_400_000;

/** What every arrival is computed for. */
export interface Maintained {
  live: Release;
  /** The release before the live one while it is warm; null later, and when there was none. */
  previous: Release | null;
  /** Proposals that are being applied, the oldest first. */
  applying: Proposal[];
}

/** Reads what is maintained; null in a lake without a release. One listing tells it all. */
export async function maintained(lake: Lake): Promise<Maintained | null> {
  const { keys, newest } = await newestReleases(lake.objects, 2);
  const [live, before] = newest;
  if (live === undefined) return null;
  const warm = before !== undefined && lake.clock.now() - Date.parse(live.at) < WARM_MS;
  return { live, previous: warm ? before : null, applying: await proposalsAmong(lake.objects, keys) };
}
