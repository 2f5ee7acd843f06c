import { liveRelease } from '../shared/lake/releases.ts';
import { everySite } from '../shared/lake/sites.ts';
import type { LocalLake } from './lake.ts';
import { martStatus } from './status/marts.ts';
import { queueDepths } from './status/queues.ts';
import { SiteDays, totalsOf } from './status/site-days.ts';

/** What the lake holds, what waits, and the units whose sessions are not those of their facts. */
export async function lakeStatus(lake: LocalLake) {
  const release = await liveRelease(lake.objects);
  const stale: { site: string; unit: string; reason: string }[] = [];
  const sites = [];
  for (const site of await everySite(lake.lake)) {
    const state = new SiteDays(lake, site);
    await state.refresh(release);
    for (const { unit, stale: reason } of state.days) {
      if (reason !== null) stale.push({ site, unit, reason });
    }
    sites.push({ site, ...totalsOf(state.days) });
  }
  return {
    release: release === null ? null : { release: release.release, at: release.at, who: release.who },
    sites,
    queues: await queueDepths(lake),
    marts: await martStatus(lake, release),
    stale,
  };
}
