import { badInput } from '../core/errors.ts';
import type { Site } from '../core/site.ts';
import { standardOffsetMinutes } from '../core/time/zone-offset.ts';
import { formatOffset } from '../core/unit.ts';
import type { Lake } from './lake.ts';
import type { SiteOpening } from './site-index.ts';

/**
 * What never moves about a site, written to its log at first use and read from there ever after. Safe
 * when several call it at once: the first one's values stand.
 */
export async function openSite(lake: Lake, site: Site): Promise<SiteOpening> {
  const log = lake.log(site.site);
  for (;;) {
    const { opened } = log.folded.opened ? log.folded : await log.read();
    if (opened) return opened;
    await log.append({
      type: 'opened',
      day_offset_minutes: site.day_offset_minutes ?? standardOffsetMinutes(site.time_zone),
      time_zone: site.time_zone,
      hosts: site.hosts,
    });
    await log.read();
  }
}

/** What never moves about those of the sites that were ever used, by name: one request for each. */
export async function openings(lake: Lake, sites: readonly string[]): Promise<Map<string, SiteOpening>> {
  const found = await Promise.all(sites.map(async (site) => [site, await lake.log(site).opening()] as const));
  return new Map(found.flatMap(([site, opened]) => (opened === null ? [] : [[site, opened] as const])));
}

/** Throws when the site file now says another `day_offset` than the one its facts are cut by. */
export function checkOffset(site: Site, opened: SiteOpening): void {
  if (site.day_offset_minutes === null || site.day_offset_minutes === opened.day_offset_minutes) return;
  const now = formatOffset(opened.day_offset_minutes);
  throw badInput(
    'day_offset_moved',
    `sites/${site.site}.yaml: day_offset is ${formatOffset(site.day_offset_minutes)}, but the facts of ${site.site} are cut into units at ${now}, which never changes`,
    { field: 'day_offset', fix: `write day_offset: "${now}" or leave it out` },
  );
}
