import { badInput } from '../core/errors.ts';
import type { Site } from '../core/site.ts';
import { standardOffsetMinutes } from '../core/time/zone-offset.ts';
import { formatOffset, UNIT_MS, unitStart } from '../core/unit.ts';
import { landingPrefix, reconciledKey } from './keys.ts';
import type { Lake } from './lake.ts';
import type { LandingIndex } from './landing.ts';
import { landedRecords, openLanding } from './landing-reader.ts';
import { openSite } from './opening.ts';
import { everySite, loadSite } from './sites.ts';

/**
 * Opens sites again whose log was lost, of which rows have landed: before anything is compacted, for a site that was
 * never opened has no facts. How its days are cut stood in the log alone, and still shows in what landed: each unit
 * there has a name and rows. So another offset than the one of old, which the site file or its zone may say by now, is
 * refused and the right one named.
 *
 * @returns the sites. Throws `day_offset_moved`, exit 2
 */
export async function reopenSites(lake: Lake): Promise<string[]> {
  const lost: Site[] = [];
  for (const name of await everySite(lake)) {
    if ((await lake.log(name).read()).opened === null) lost.push((await loadSite(lake.objects, name))!);
  }
  if (lost.length === 0) return [];
  const opened: string[] = [];
  const landed = await unseenLanding(lake, new Set(lost.map(({ site }) => site)));
  for (const site of lost) {
    const mine = landed.filter(({ index }) => index.units.some((unit) => unit.site === site.site));
    if (mine.length === 0) continue;
    await checkCut(lake, site, mine);
    await openSite(lake, site);
    opened.push(site.site);
  }
  return opened;
}

interface Landed {
  key: string;
  index: LandingIndex;
}

/** Landing objects with rows of these sites, but for hours in which everything was seen consumed: they have logs. */
async function unseenLanding(lake: Lake, sites: ReadonlySet<string>): Promise<Landed[]> {
  const note = await lake.objects.get(reconciledKey);
  const seen: object = note === null ? {} : JSON.parse(note.body.toString('utf8')).hours;
  const found: Landed[] = [];
  for (const { key } of await lake.objects.list(landingPrefix)) {
    if (key.slice(0, key.lastIndexOf('/')) in seen) continue;
    // What is damaged is put aside when it is compacted.
    const index = await openLanding(lake.objects, key).catch(() => null);
    if (index?.units.some(({ site }) => sites.has(site))) found.push({ key, index });
  }
  return found;
}

async function checkCut(lake: Lake, site: Site, landed: readonly Landed[]): Promise<void> {
  const wanted = site.day_offset_minutes ?? standardOffsetMinutes(site.time_zone);
  const cut = { least: Number.NEGATIVE_INFINITY, below: Number.POSITIVE_INFINITY };
  for (const { key, index } of landed) {
    for (const unit of index.units) {
      if (unit.site !== site.site) continue;
      const start = unitStart(unit.unit, 0);
      for (const { event_time } of await landedRecords(lake.objects, key, index, unit).catch(() => [])) {
        cut.least = Math.max(cut.least, (start - event_time) / 60_000);
        cut.below = Math.min(cut.below, (start + UNIT_MS - event_time) / 60_000);
      }
    }
  }
  if (wanted >= cut.least && wanted < cut.below) return;
  const quarters = Array.from({ length: 2 * 56 + 1 }, (_, i) => (i - 56) * 15);
  const fitting = quarters.filter((minutes) => minutes >= cut.least && minutes < cut.below);
  throw badInput(
    'day_offset_moved',
    `sites/${site.site}.yaml: the days of what has landed of ${site.site} are not cut at ${formatOffset(wanted)}`,
    {
      field: 'day_offset',
      fix:
        fitting.length === 0
          ? 'set aside landing objects of another lake'
          : `write day_offset: "${formatOffset(fitting[0]!)}"${fitting.length > 1 ? ` (or up to "${formatOffset(fitting.at(-1)!)}": all that landed allows both)` : ''}`,
    },
  );
}
