import { channelOf } from '../../shared/core/labels/channel.ts';
import { localDays } from '../../shared/core/time/local-date.ts';
import { loadDefinition, siteSettings } from '../../shared/lake/definitions.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { liveRelease } from '../../shared/lake/releases.ts';
import type { Dataset } from '../../shared/lake/site-index.ts';
import type { Bus } from '../../shared/ports/bus.ts';
import type { Log } from '../../shared/ports/log.ts';
import { sessionizeSite } from './sessionize-site.ts';
import type { Recomputed } from './stitch-units.ts';

export interface SessionizeDeps {
  lake: Lake;
  bus: Bus;
  log: Log;
}

/**
 * Brings one site up to date under the live release and announces it. Without a release there is
 * nothing to say what a session is: `no release`, and the release's own announcement comes back here.
 */
export async function sessionize(
  deps: SessionizeDeps,
  site: string,
): Promise<
  { outcome: 'sessionized'; recomputed: Recomputed[] } | { outcome: 'no release' | 'never opened' }
> {
  const { lake } = deps;
  const release = await liveRelease(lake.objects);
  if (release === null) return { outcome: 'no release' };
  const { opened } = await lake.log(site).read();
  if (opened === null) return { outcome: 'never opened' };
  const definition = await loadDefinition(lake.objects, release.definition);
  const { time_zone, hosts } = siteSettings(release, site, opened);
  const recomputed = await sessionizeSite(lake, {
    objects: lake.objects,
    slices: release.slices,
    context: {
      site,
      definition,
      hosts,
      days: localDays(time_zone),
      dayOffsetMinutes: opened.day_offset_minutes,
      channel: channelOf(definition.channels),
    },
  });
  const n = lake.log(site).folded.n;
  const computed = countByDataset(recomputed);
  await deps.bus.announce([{ type: 'Partition Sessionized', detail: { site, entry: n, computed } }]);
  return { outcome: 'sessionized', recomputed };
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
