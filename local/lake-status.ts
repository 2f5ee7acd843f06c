import { lakeHealth } from '../shared/lake/health.ts';
import { liveRelease } from '../shared/lake/releases.ts';
import { everySite } from '../shared/lake/sites.ts';
import { martStatus } from './status/marts.ts';
import { queueDepths } from './status/queues.ts';
import { refusedPercent } from './status/refused.ts';
import { SiteDays, totalsOf } from './status/site-days.ts';
import { spentDollars } from './status/spent.ts';
import type { WorkingLake } from './working-lake.ts';

/** What the lake holds, what waits, and the units whose sessions are not those of their facts. */
export async function lakeStatus(lake: WorkingLake) {
  const release = await liveRelease(lake.objects);
  const stale: { site: string; unit: string; reason: string }[] = [];
  const sites = [];
  const indexes = [];
  for (const site of await everySite(lake.lake)) {
    const state = new SiteDays(lake, site);
    await state.refresh(release);
    for (const { unit, stale: reason } of state.days) {
      if (reason !== null) stale.push({ site, unit, reason });
    }
    sites.push({ site, ...totalsOf(state.days) });
    indexes.push(lake.lake.log(site).folded);
  }
  const queues = await queueDepths(lake);
  const dead_letters = queues.reduce((sum, { gave_up }) => sum + gave_up, 0);
  const marts = await martStatus(lake, release);
  const now = lake.clock.now();
  return {
    release: release === null ? null : { release: release.release, at: release.at, who: release.who },
    sites,
    queues,
    marts,
    stale,
    /** What the alarms of a lake on AWS watch. */
    health: {
      ...(await lakeHealth(lake.lake)),
      dead_letters,
      refused_percent: await refusedPercent(lake.objects, indexes, now),
      spent_dollars: spentDollars(indexes, marts, now),
    },
  };
}
