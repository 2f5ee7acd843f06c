import { FIRST_ALGORITHMS } from '../../shared/lake/algorithms.ts';
import { siteSettings } from '../../shared/lake/definitions.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { liveRelease } from '../../shared/lake/releases.ts';
import type { Dataset } from '../../shared/lake/site-index.ts';
import type { Bus } from '../../shared/ports/bus.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import { sessionizeSite } from './sessionize-site.ts';
import type { BatchLimits } from './tasks.ts';
import type { Recomputed } from './unit-plan.ts';

export interface SessionizeDeps {
  lake: Lake;
  bus: Bus;
  log: Log;
  /** The queue of the workers. */
  work: Queue;
  limits?: BatchLimits;
}

/**
 * Brings one site up to date under the live release and announces it. Without a release there is
 * nothing to say what a session is: `no release`, and the release's own announcement comes back here.
 * `elsewhere`: workers have it now, and the last of them comes back here too.
 */
export async function sessionize(
  deps: SessionizeDeps,
  site: string,
): Promise<'up to date' | 'elsewhere' | 'no release' | 'never opened'> {
  const { lake } = deps;
  const release = await liveRelease(lake.objects);
  if (release === null) return 'no release';
  const { opened } = await lake.log(site).read();
  if (opened === null) return 'never opened';
  const { outcome, recomputed } = await sessionizeSite(lake, deps, {
    site,
    definition: release.definition,
    ...siteSettings(release, site, opened),
    day_offset_minutes: opened.day_offset_minutes,
    slices: release.slices,
    algorithms: release.algorithms ?? FIRST_ALGORITHMS,
  });
  for (const { dataset, unit, why } of recomputed) deps.log.info('recomputed', { site, dataset, unit, why });
  if (outcome === 'elsewhere') return outcome;
  const { n } = lake.log(site).folded;
  const computed = countByDataset(recomputed);
  await deps.bus.announce([{ type: 'Partition Sessionized', detail: { site, entry: n, computed } }]);
  return outcome;
}

function countByDataset(recomputed: readonly Recomputed[]): Record<Dataset, number> {
  const computed: Record<Dataset, number> = {
    boundaries: 0,
    stitches: 0,
    crossings: 0,
    sessions: 0,
    events: 0,
  };
  for (const { dataset } of recomputed) computed[dataset]++;
  return computed;
}
