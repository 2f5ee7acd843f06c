import type { Look } from '../../shared/envelopes/events.ts';
import { type Candidate, candidateOfRelease, targetId } from '../../shared/lake/candidate.ts';
import { siteSettings } from '../../shared/lake/definitions.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { type Maintained, maintained } from '../../shared/lake/maintained.ts';
import { findProposal } from '../../shared/lake/proposals.ts';
import { liveRelease } from '../../shared/lake/releases.ts';
import type { Dataset, SiteOpening } from '../../shared/lake/site-index.ts';
import type { Bus } from '../../shared/ports/bus.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { ObtainDeps } from './obtain.ts';
import { EVERYTHING, narrowReach, type Reach, readyName } from './reach.ts';
import { sessionizeSite } from './sessionize-site.ts';
import type { TargetSettings } from './target.ts';
import type { BatchLimits } from './tasks.ts';
import { DATASETS, type Recomputed } from './unit-plan.ts';

export interface SessionizeDeps {
  lake: Lake;
  bus: Bus;
  log: Log;
  /** The queue of the workers. */
  work: Queue;
  limits?: BatchLimits;
  outOfTime?: ObtainDeps['outOfTime'];
  onResult?: ObtainDeps['onResult'];
}

interface Wanted {
  candidate: Candidate;
  reach: Reach;
  /** For whom it is computed, when it is not maintained. */
  look?: Look;
}

/**
 * Brings one site up to date for all that is maintained, the live release first, and announces it. Without a
 * release there is nothing to say what a session is: `no release`, and the release's own announcement comes
 * back here. `elsewhere`: workers have some of it now, and the last of them comes back here too.
 *
 * @param looks proposals to compute once, besides what is maintained
 */
export async function sessionize(
  deps: SessionizeDeps,
  site: string,
  looks: readonly Look[] = [],
): Promise<'up to date' | 'elsewhere' | 'no release' | 'never opened'> {
  const kept = await maintained(deps.lake);
  return kept === null ? 'no release' : bringUp(deps, site, await wantedOf(deps.lake, kept, looks), looks);
}

/** The same for the live release alone, and for so much of it. */
export async function sessionizeLive(deps: SessionizeDeps, site: string, reach: Reach) {
  const live = await liveRelease(deps.lake.objects);
  if (live === null) return 'no release';
  return bringUp(deps, site, [{ candidate: candidateOfRelease(live), reach }]);
}

async function bringUp(
  deps: SessionizeDeps,
  site: string,
  wanted: readonly Wanted[],
  looks: readonly Look[] = [],
): Promise<'up to date' | 'elsewhere' | 'never opened'> {
  const { lake } = deps;
  const { opened } = await lake.log(site).read();
  if (opened === null) return 'never opened';
  const computed = countByDataset([]);
  const outcomes = new Set<'up to date' | 'elsewhere'>();
  for (const { candidate, reach, look } of wanted) {
    const settings = settingsFor(candidate, site, opened);
    const { outcome, recomputed } = await sessionizeSite(lake, { ...deps, look }, settings, reach);
    for (const { dataset, unit, why } of recomputed)
      deps.log.info('recomputed', { site, dataset, unit, why });
    for (const [dataset, n] of Object.entries(countByDataset(recomputed))) computed[dataset as Dataset] += n;
    outcomes.add(outcome);
  }
  if (outcomes.has('up to date')) {
    const { n } = lake.log(site).folded;
    const looked = looks.filter(({ range }) => range === null).map(({ proposal }) => proposal);
    const detail = { site, entry: n, computed, ...(looked.length > 0 ? { looked } : {}) };
    await deps.bus.announce([{ type: 'Partition Sessionized', detail }]);
  }
  return outcomes.has('elsewhere') ? 'elsewhere' : 'up to date';
}

/** What a site's results hang on besides its facts. */
export function settingsFor(candidate: Candidate, site: string, opened: SiteOpening): TargetSettings {
  return {
    site,
    definition: candidate.definition,
    ...siteSettings(candidate, site, opened),
    day_offset_minutes: opened.day_offset_minutes,
    slices: candidate.slices,
    algorithms: candidate.algorithms,
  };
}

/** What is to be computed, each once: releases that differ in their marts alone share everything here. */
async function wantedOf(lake: Lake, kept: Maintained, looks: readonly Look[]): Promise<Wanted[]> {
  const releases = [kept.live, ...(kept.previous ? [kept.previous] : [])].map(candidateOfRelease);
  const wanted: Wanted[] = [...releases, ...kept.applying].map((candidate) => ({
    candidate,
    reach: EVERYTHING,
  }));
  for (const look of looks) {
    const found = await findProposal(lake.objects, look.proposal);
    if (found) wanted.push({ candidate: found.proposal, reach: narrowReach(look.range), look });
  }
  const byName = new Map<string, Wanted>();
  for (const one of wanted) {
    const name = readyName(targetId(one.candidate), one.reach);
    if (!byName.has(name)) byName.set(name, one);
  }
  return [...byName.values()];
}

function countByDataset(recomputed: readonly Recomputed[]): Record<Dataset, number> {
  const computed = Object.fromEntries(DATASETS.map((dataset) => [dataset, 0])) as Record<Dataset, number>;
  for (const { dataset } of recomputed) computed[dataset]++;
  return computed;
}
