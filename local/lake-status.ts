import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { readState } from '../functions/publish/mart-state.ts';
import { boundariesKey } from '../functions/sessionize/boundaries.ts';
import { type Target, targetOf } from '../functions/sessionize/target.ts';
import { FIRST_ALGORITHMS } from '../shared/lake/algorithms.ts';
import { siteSettings } from '../shared/lake/definitions.ts';
import { liveRelease, type Release } from '../shared/lake/releases.ts';
import { type SiteIndex, unitsWithFacts } from '../shared/lake/site-index.ts';
import { everySite, loadSite } from '../shared/lake/sites.ts';
import { phaseAt, type UnitPhase, unitTimes } from '../shared/lake/unit-times.ts';
import type { LocalLake } from './lake.ts';
import { topology } from './topology.ts';

/** A unit whose sessions are not those of its facts, and why. */
interface StaleUnit {
  site: string;
  unit: string;
  reason: string;
}

/** What the lake holds and what waits. */
export async function lakeStatus(lake: LocalLake) {
  const release = await liveRelease(lake.objects);
  const stale: StaleUnit[] = [];
  const sites = [];
  for (const site of await everySite(lake.lake)) {
    const index = await lake.lake.log(site).read();
    const target = await targetFor(lake, release, site, index);
    const units = unitsWithFacts(index);
    const staleHere = units.flatMap((unit) => staleUnit(index, unit, release, target) ?? []);
    stale.push(...staleHere);
    const count = (of: (unit: string) => number): number => units.reduce((sum, unit) => sum + of(unit), 0);
    const slice = release?.slices['sessions'] ?? '';
    sites.push({
      site,
      units: units.length,
      facts: count((unit) => index.units[unit]!.facts!.rows),
      sessions: count((unit) => index.units[unit]!.results.sessions?.[slice]?.rows ?? 0),
      first: units[0] ?? null,
      last: units.at(-1) ?? null,
      stale: staleHere.length,
      phases: await phases(lake, site, index, target),
    });
  }
  const marts = [];
  for (const mart of Object.keys(release?.marts ?? {})) {
    const state = (await readState(lake.lake, mart))[release!.slices[mart]!];
    marts.push({ mart, at: state?.at ?? null, error: state?.error ?? null });
  }
  return {
    release: release === null ? null : { release: release.release, at: release.at, who: release.who },
    sites,
    queues: await queues(lake),
    marts,
    stale,
  };
}

async function targetFor(
  lake: LocalLake,
  release: Release | null,
  site: string,
  index: SiteIndex,
): Promise<Target | null> {
  const { opened } = index;
  if (release === null || opened === null) return null;
  return targetOf(lake.lake, {
    site,
    definition: release.definition,
    ...siteSettings(release, site, opened),
    day_offset_minutes: opened.day_offset_minutes,
    slices: release.slices,
    algorithms: release.algorithms ?? FIRST_ALGORITHMS,
  });
}

function staleUnit(
  index: SiteIndex,
  unit: string,
  release: Release | null,
  target: Target | null,
): StaleUnit | null {
  const { site } = index;
  if (release === null || target === null) return { site, unit, reason: 'there is no release yet' };
  const { results, facts } = index.units[unit]!;
  const made = results.boundaries?.[release.slices['boundaries']!];
  if (made === undefined) return { site, unit, reason: 'not sessionized yet' };
  if (made.key === boundariesKey(target, unit, facts!)) return null;
  return { site, unit, reason: 'its facts changed since' };
}

/** How many units of a site are in each phase now. */
async function phases(lake: LocalLake, site: string, index: SiteIndex, target: Target | null) {
  const counts: Record<UnitPhase, number> = { open: 0, settling: 0, settled: 0, reopened: 0 };
  if (target === null) return counts;
  const { definitions } = target.context;
  const lateness = ((await loadSite(lake.objects, site))?.lateness_seconds ?? 0) * 1000;
  for (const unit of unitsWithFacts(index)) {
    counts[phaseAt(unitTimes(index, unit, definitions, lateness), lake.clock.now())]++;
  }
  return counts;
}

async function queues(lake: LocalLake) {
  return Promise.all(
    topology.queues.map(async ({ name, dlq }) => {
      const own = await depth(lake, name);
      const aside = dlq === undefined ? { waiting: 0 } : await depth(lake, dlq);
      return { queue: name, ...own, gave_up: aside.waiting };
    }),
  );
}

async function depth(lake: LocalLake, queue: string): Promise<{ waiting: number; in_work: number }> {
  const reply = await lake.clients.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: lake.queueUrl(queue),
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    waiting: Number(reply.Attributes?.['ApproximateNumberOfMessages'] ?? 0),
    in_work: Number(reply.Attributes?.['ApproximateNumberOfMessagesNotVisible'] ?? 0),
  };
}
