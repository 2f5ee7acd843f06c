import { targetId } from '../../shared/lake/candidate.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { everyRelease, type Release } from '../../shared/lake/releases.ts';
import { type SiteIndex, unitsWithFacts } from '../../shared/lake/site-index.ts';
import { everySite } from '../../shared/lake/sites.ts';

/** A release as people see it in a list. */
export interface ListedRelease {
  release: number;
  at: string;
  who: string;
  why: string;
  changes: string[];
  is_current: boolean;
  /** Sessions of all sites as it counts them, of all facts there are; null when it isn't kept up to date. */
  sessions: number | null;
}

/** Every release, the newest first. */
export async function listReleases(lake: Lake): Promise<ListedRelease[]> {
  const releases = await everyRelease(lake.objects);
  const sites = await everySite(lake);
  const indexes = await Promise.all(sites.map((site) => lake.log(site).read()));
  return releases.map((release, place) => {
    const { release: number, at, who, why, changes } = release;
    return {
      release: number,
      at,
      who,
      why,
      changes,
      is_current: place === 0,
      sessions: sessionsOf(release, indexes),
    };
  });
}

function sessionsOf(release: Release, indexes: readonly SiteIndex[]): number | null {
  let sessions = 0;
  for (const index of indexes) {
    const units = unitsWithFacts(index);
    if (units.length === 0) continue;
    if ((index.ready[targetId(release)] ?? -1) < index.facts_n) return null;
    for (const unit of units) {
      sessions += index.units[unit]!.results.sessions?.[release.slices['sessions']!]?.rows ?? 0;
    }
  }
  return sessions;
}
