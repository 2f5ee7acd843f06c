import { canonicalJson } from '../../../shared/core/canonical-json.ts';
import { RetconError } from '../../../shared/core/errors.ts';
import { targetId } from '../../../shared/lake/candidate.ts';
import { loadDefinition, siteSettings } from '../../../shared/lake/definitions.ts';
import { previewKey, projectionKey } from '../../../shared/lake/keys.ts';
import type { Lake } from '../../../shared/lake/lake.ts';
import { findProposal, type Proposal } from '../../../shared/lake/proposals.ts';
import { isReady, narrowName } from '../../../shared/lake/ready.ts';
import { liveRelease, type Release } from '../../../shared/lake/releases.ts';
import type { Asking } from './asking.ts';
import type { ComparedSide } from './changes.ts';
import { compareSlices } from './compare.ts';
import type { Preview } from './preview.ts';
import { type ComparedRange, daysAround } from './range.ts';
import type { SiteSettings } from './why-split.ts';

export interface PreviewDeps {
  lake: Lake;
  queries: Asking;
}

/**
 * Compares a proposal with the live release once both are computed for the same facts and shown in the
 * catalog, and keeps the result under `state/previews/`. Who wants it has announced a look at the proposal
 * (`Definition Changed` with `look`, for the days around the range, range.ts) before. Asked again over the
 * same facts and the same live release, it is the one that was kept.
 *
 * @returns `waiting` while one of the two is still being computed for some site of the range
 * @throws RetconError `unknown_proposal`
 */
export async function previewOf(
  deps: PreviewDeps,
  id: string,
  range: ComparedRange,
): Promise<Preview | 'waiting'> {
  const { lake, queries } = deps;
  const live = await liveRelease(lake.objects);
  const found = await findProposal(lake.objects, id);
  if (live === null || found === null) {
    throw new RetconError('unknown_proposal', `there is no proposal ${id} in the lake`, { exit: 2 });
  }
  const { proposal } = found;
  for (const site of range.sites) {
    if (!(await isWhole(lake, site, live, proposal, range))) return 'waiting';
  }
  const facts = Object.fromEntries(range.sites.map((site) => [site, lake.log(site).folded.facts_n]));
  const before = await storedPreview(lake, id);
  if (before !== null && sameQuestion(before, live, range, facts)) return before;
  const [now, then] = [await sideOf(lake, live, range.sites), await sideOf(lake, proposal, range.sites)];
  const preview: Preview = {
    proposal: id,
    at: new Date(lake.clock.now()).toISOString(),
    facts,
    base: live.release,
    changes: proposal.changes,
    range,
    time_zones: Object.fromEntries(
      Object.entries(then.sites).map(([site, { time_zone }]) => [site, time_zone]),
    ),
    ...(await compareSlices(queries, now, then, range)),
  };
  await lake.objects.put(previewKey(id), JSON.stringify(preview), { contentType: 'application/json' });
  return preview;
}

/** What was kept of a proposal, or null. */
async function storedPreview(lake: Lake, id: string): Promise<Preview | null> {
  const found = await lake.objects.get(previewKey(id));
  return found === null ? null : (JSON.parse(found.body.toString('utf8')) as Preview);
}

function sameQuestion(
  { base, range, facts }: Preview,
  live: Release,
  asked: ComparedRange,
  now: Record<string, number>,
): boolean {
  return base === live.release && canonicalJson([range, facts ?? null]) === canonicalJson([asked, now]);
}

/** Both sides are computed for the site's newest facts, and the catalog shows them. */
async function isWhole(
  lake: Lake,
  site: string,
  live: Release,
  proposal: Proposal,
  range: ComparedRange,
): Promise<boolean> {
  const index = await lake.log(site).read();
  const target = targetId(proposal);
  const names = [target, narrowName(target, null), narrowName(target, daysAround(range))];
  if (!isReady(index, [targetId(live)]) || !isReady(index, names)) return false;
  const note = await lake.objects.get(projectionKey(site));
  const shown = note === null ? 0 : (JSON.parse(note.body.toString('utf8')) as { n: number }).n;
  return shown >= index.n;
}

/** One side of a comparison: a release or a proposal, as far as these sites go. Their logs have been read. */
export async function sideOf(
  lake: Lake,
  of: Pick<Proposal, 'definition' | 'sites' | 'slices'>,
  names: readonly string[],
): Promise<ComparedSide> {
  const sites: Record<string, SiteSettings> = {};
  for (const site of names) {
    const { opened } = lake.log(site).folded;
    if (opened !== null) sites[site] = siteSettings(of, site, opened);
  }
  return {
    definition: await loadDefinition(lake.objects, of.definition),
    sites,
    slices: { sessions: of.slices['sessions']!, events: of.slices['events']! },
  };
}
