import { UNIT_MS } from '../core/unit.ts';
import { targetId } from './candidate.ts';
import { landingPrefix } from './keys.ts';
import type { Lake } from './lake.ts';
import { isCorruptLanding } from './landing.ts';
import { openLanding } from './landing-reader.ts';
import { unconsumed } from './ledger.ts';
import { readState } from './mart-state.ts';
import { liveRelease, type Release } from './releases.ts';
import type { SiteIndex, UnitState } from './site-index.ts';
import { everySite } from './sites.ts';
import { arrivedAt, trafficDeviation } from './traffic.ts';

/** How the lake is, in the numbers that alarms watch and `retcon status` shows. */
export interface LakeHealth {
  /** How long the oldest event that readers don't see has been there, s; 0 when they see all. */
  freshness_seconds: number;
  /** Units whose results under the live release are older than their facts. */
  stale_units: number;
  /** Marts of the live release whose last attempt failed. */
  failed_marts: number;
  /** Events missing among those that visitors numbered in the last days, per cent; null while few are numbered. */
  events_lost_percent: number | null;
  /** Doublings between the last full hour's landed bytes and its usual ones; null while nothing is usual. */
  traffic_deviation: number | null;
}

/** Over how many days what arrived is looked at; what is older was seen by every look before. */
const DAYS = 2;
/** So many events at least must be numbered before a share of them is worth a word. */
const LEAST_NUMBERED = 1000;

/** Measures the lake with reads alone: a site's log each, the listings of two days of landing objects. */
export async function lakeHealth(lake: Lake): Promise<LakeHealth> {
  const now = lake.clock.now();
  const release = await liveRelease(lake.objects);
  const sites = new Map<string, SiteIndex>();
  for (const site of await everySite(lake)) sites.set(site, await lake.log(site).read());
  const indexes = [...sites.values()];
  const stale = indexes.flatMap((index) => staleUnits(index, release));
  const waiting = await waitingSince(lake, sites, now);
  const oldest = Math.min(now, waiting, ...stale.map((unit) => staleSince(unit, release)));
  return {
    freshness_seconds: Math.max(0, Math.round((now - oldest) / 1000)),
    stale_units: stale.length,
    failed_marts: await failedMarts(lake, release),
    events_lost_percent: lostPercent(indexes, now),
    traffic_deviation: await trafficDeviation(lake.objects, now),
  };
}

const madeOf = (unit: UnitState, release: Release | null) =>
  unit.results.boundaries?.[release?.slices['boundaries'] ?? ''];

/** The log says when a site is whole; only otherwise its units are looked at. */
function staleUnits(index: SiteIndex, release: Release | null): UnitState[] {
  if (release !== null && (index.ready[targetId(release)] ?? -1) >= index.facts_n) return [];
  return Object.values(index.units).filter((unit) => {
    if (unit.facts === null) return false;
    const made = madeOf(unit, release);
    return made === undefined || made.made_at < unit.changed_at;
  });
}

/**
 * Since when readers lack something of a unit: the first landing object that came after its results were made. One
 * that came before and was compacted after is taken for what it is worth: its unit's last change.
 */
function staleSince(unit: UnitState, release: Release | null): number {
  const made = madeOf(unit, release)?.made_at ?? 0;
  const later = Object.keys(unit.consumed)
    .map(arrivedAt)
    .filter((at) => at > made);
  return Math.min(unit.changed_at, ...later);
}

/** When the oldest landing object came of which a site has rows to bring in; infinite when there is none. */
async function waitingSince(lake: Lake, sites: ReadonlyMap<string, SiteIndex>, now: number): Promise<number> {
  const known = new Set<string>();
  for (const { units } of sites.values()) {
    for (const { consumed } of Object.values(units))
      for (const object of Object.keys(consumed)) known.add(object);
  }
  for (let day = DAYS - 1; day >= 0; day--) {
    const dt = new Date(now - day * UNIT_MS).toISOString().slice(0, 10);
    for (const { key } of await lake.objects.list(`${landingPrefix}dt=${dt}/`)) {
      if (!known.has(key) && (await isWaiting(lake, sites, key))) return arrivedAt(key);
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** Not so what was put aside: a damaged object, or rows of sites that were never opened. */
async function isWaiting(
  lake: Lake,
  sites: ReadonlyMap<string, SiteIndex>,
  object: string,
): Promise<boolean> {
  try {
    for (const { site, unit } of (await openLanding(lake.objects, object))?.units ?? []) {
      const index = sites.get(site);
      if (index?.opened == null) continue;
      if ((await unconsumed(lake.objects, index, unit, [{ object }])).length > 0) return true;
    }
  } catch (cause) {
    if (!isCorruptLanding(cause)) throw cause;
  }
  return false;
}

async function failedMarts(lake: Lake, release: Release | null): Promise<number> {
  const states = await Promise.all(
    Object.keys(release?.marts ?? {}).map(
      async (mart) => (await readState(lake, mart))[release!.slices[mart] ?? ''],
    ),
  );
  return states.filter((state) => state !== undefined && state.error !== null).length;
}

function lostPercent(indexes: readonly SiteIndex[], now: number): number | null {
  const from = new Date(now - DAYS * UNIT_MS).toISOString().slice(0, 10);
  let numbered = 0;
  let missing = 0;
  for (const { units } of indexes) {
    for (const [unit, { facts }] of Object.entries(units)) {
      if (unit < from) continue;
      numbered += facts?.numbered ?? 0;
      missing += facts?.missing ?? 0;
    }
  }
  return numbered < LEAST_NUMBERED ? null : (100 * missing) / (numbered + missing);
}
