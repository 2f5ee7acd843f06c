import { boundariesKey } from '../../functions/sessionize/boundaries.ts';
import { type Target, targetOf } from '../../functions/sessionize/target.ts';
import { FIRST_ALGORITHMS } from '../../shared/lake/algorithms.ts';
import { siteSettings } from '../../shared/lake/definitions.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import type { Release } from '../../shared/lake/releases.ts';
import type { FactsRef, ResultRef, SiteIndex } from '../../shared/lake/site-index.ts';

/** What a site's results are held to under a release; null before there is any. */
export async function targetFor(
  lake: Lake,
  release: Release | null,
  index: SiteIndex,
): Promise<Target | null> {
  const { site, opened } = index;
  if (release === null || opened === null) return null;
  return targetOf(lake, {
    site,
    definition: release.definition,
    ...siteSettings(release, site, opened),
    day_offset_minutes: opened.day_offset_minutes,
    slices: release.slices,
    algorithms: release.algorithms ?? FIRST_ALGORITHMS,
  });
}

/** Why a unit's sessions are not those of its facts; null when they are. */
export function staleReason(
  target: Target | null,
  unit: string,
  facts: FactsRef,
  made: ResultRef | undefined,
): string | null {
  if (target === null) return 'there is no release yet';
  if (made === undefined) return 'not sessionized yet';
  return made.key === boundariesKey(target, unit, facts) ? null : 'its facts changed since';
}
