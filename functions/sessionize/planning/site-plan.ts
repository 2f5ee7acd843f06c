import { canonicalJson } from '../../../shared/core/canonical-json.ts';
import { definitionPeriods } from '../../../shared/core/definition/scopes.ts';
import { sectionsRead, sliceOf } from '../../../shared/core/definition/slice.ts';
import type { Read } from '../../../shared/lake/changes.ts';
import { siteSettings } from '../../../shared/lake/definitions.ts';
import type { LeanFacts, LeanIndex, LeanResult, SiteOpening } from '../../../shared/lake/site-index.ts';
import { DEFINED_DATASETS, type PlannedDataset } from '../../../shared/lake/slices.ts';
import { type Target, targetWith } from '../target.ts';
import { unitPlans } from '../unit-plan.ts';
import { standingOf, wantedKeys } from './wanted-keys.ts';

/** What becomes of one result of a unit. */
export interface Wanted {
  unit: string;
  facts: LeanFacts;
  /** Null: it hangs on digests that nobody has computed yet. */
  key: string | null;
  /** What stands under the live release; undefined when it isn't computed yet. */
  live: LeanResult | undefined;
  /** The wanted result, when it stands in the index: it need not be computed. */
  known: LeanResult | undefined;
  /** Why it isn't the live one; null when it is. */
  reason: string | null;
}

export interface SitePlan {
  site: string;
  datasets: Partial<Record<PlannedDataset, Wanted[]>>;
}

/** What a candidate wants of a site against what is live. Pure but for the store that targets carry along. */
export function sitePlan(
  world: Pick<Target, 'objects' | 'clock'>,
  index: LeanIndex,
  live: Read,
  wanted: Read,
): SitePlan {
  const opened = index.opened;
  if (opened === null) return { site: index.site, datasets: {} };
  const { slices, algorithms } = wanted.candidate;
  const settings = {
    site: index.site,
    ...siteSettings(wanted.candidate, index.site, opened),
    day_offset_minutes: opened.day_offset_minutes,
    slices,
    algorithms,
  };
  const target = targetWith(world, settings, wanted.definition);
  const plans = unitPlans(index, slices);
  const alike = sameForSite(index.site, opened, live, wanted);
  const same = (dataset: string): boolean => alike || slices[dataset] === live.candidate.slices[dataset];
  const keys = DEFINED_DATASETS.every(same)
    ? null
    : wantedKeys(target, plans, standingOf(index, wanted.candidate, live.candidate));
  const datasets: SitePlan['datasets'] = {};
  for (const dataset of DEFINED_DATASETS) {
    const own = ownReason(dataset, index, live, wanted);
    const slice = live.candidate.slices[dataset]!;
    const all: Wanted[] = [];
    datasets[dataset] = all;
    for (const [i, { unit, facts, known }] of plans.entries()) {
      const live = index.units[unit]!.results[dataset]?.[slice];
      // Where nothing converts there are no conversions to make.
      const nothing = keys === null || keys[i]![dataset] === undefined;
      if (dataset === 'conversions' && nothing && live === undefined) continue;
      if (same(dataset)) {
        all.push({ unit, facts, key: live?.key ?? null, live, known: live, reason: null });
        continue;
      }
      const key = keys![i]![dataset] ?? null;
      const reason = key !== null && key === live?.key ? null : reasonFor(dataset, own, key, live);
      all.push({ unit, facts, key, live, known: key === null ? undefined : known.get(key), reason });
    }
  }
  return { site: index.site, datasets };
}

/** Whether all that a site's keys hang on, its facts apart, is the same on both sides, whatever slices are called. */
function sameForSite(site: string, opened: SiteOpening, live: Read, wanted: Read): boolean {
  const [had, has] = [live, wanted].map(({ candidate, definition }) =>
    canonicalJson([
      definitionPeriods(definition, site),
      siteSettings(candidate, site, opened),
      { ...candidate.algorithms, marts: 0 },
    ]),
  );
  return had === has;
}

function reasonFor(
  dataset: PlannedDataset,
  own: string,
  key: string | null,
  live: LeanResult | undefined,
): string {
  if (live === undefined) return 'nothing is there yet';
  if (dataset === 'boundaries') return own === '' ? 'its facts changed since' : own;
  const moved =
    key === null ? 'it hangs on where sessions start' : 'sessions start elsewhere, or its facts changed';
  return own === '' ? moved : own;
}

/** What of a dataset's own inputs differs on a site, in words; empty when only what it hangs on does. */
function ownReason(dataset: PlannedDataset, { site, opened }: LeanIndex, live: Read, wanted: Read): string {
  const reasons: string[] = [];
  const [before, after] = [live.definition, wanted.definition];
  if (sliceOf(before, dataset) !== sliceOf(after, dataset)) {
    const read = new Set([...sectionsRead(before, dataset), ...sectionsRead(after, dataset)]);
    const moved = [...read].filter((part) => canonicalJson(before[part]) !== canonicalJson(after[part]));
    reasons.push(...(moved.length > 0 ? moved.map((part) => SECTION_WORDS[part]) : ['scopes']));
  }
  const [had, has] = [live.candidate, wanted.candidate].map((one) => siteSettings(one, site, opened!));
  if (had!.time_zone !== has!.time_zone) reasons.push('time zone');
  if (had!.hosts.join() !== has!.hosts.join()) reasons.push('hosts');
  const number = (read: Read): number =>
    read.candidate.algorithms[dataset as keyof Read['candidate']['algorithms']];
  if (number(live) !== number(wanted)) reasons.push('algorithm');
  return reasons.length === 0 ? '' : `changed: ${reasons.join(', ')}`;
}

const SECTION_WORDS = {
  sessions: 'session rules',
  activity: 'kinds of activity',
  channels: 'channels',
  page_groups: 'page groups',
  conversions: 'conversions',
  filters: 'filters',
} as const;
