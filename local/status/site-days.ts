import type { Target } from '../../functions/sessionize/target.ts';
import { DefinitionsByDay } from '../../shared/core/definition/by-day.ts';
import { DEFAULT_DEFINITION } from '../../shared/core/definition/defaults.ts';
import type { Site } from '../../shared/core/site.ts';
import { targetId } from '../../shared/lake/candidate.ts';
import type { Release } from '../../shared/lake/releases.ts';
import {
  type FactsRef,
  type ResultRef,
  type SiteIndex,
  unitsWithFacts,
} from '../../shared/lake/site-index.ts';
import { loadSite } from '../../shared/lake/sites.ts';
import { phaseAt, type UnitPhase, type UnitTimes, unitTimes } from '../../shared/lake/unit-times.ts';
import type { WorkingLake } from '../working-lake.ts';
import { staleReason, targetFor } from './stale.ts';

/** One unit of a site that has facts, as `status` and the page show it. */
export interface DayState extends UnitTimes {
  unit: string;
  facts: number;
  sessions: number;
  phase: UnitPhase;
  /** Why its sessions are not those of its facts; null when they are. */
  stale: string | null;
}

/** What is remembered of a unit while neither its facts nor its result were replaced. */
interface Judged {
  facts: FactsRef;
  made: ResultRef | undefined;
  stale: string | null;
}

/**
 * The days of one site, kept up to date: a call costs what is new in the site's log, and looks only at units
 * whose facts or results were replaced.
 */
export class SiteDays {
  readonly site: string;
  readonly #lake: WorkingLake;
  #config: Site | null = null;
  #target: Target | null = null;
  #release: Release | null = null;
  #n = -1;
  #until = 0;
  readonly #judged = new Map<string, Judged>();
  /** Oldest first. */
  days: DayState[] = [];

  constructor(lake: WorkingLake, site: string) {
    this.#lake = lake;
    this.site = site;
  }

  /** The site's configuration as of the last `refresh`. */
  get config(): Site | null {
    return this.#config;
  }

  get index(): SiteIndex {
    return this.#lake.lake.log(this.site).folded;
  }

  /**
   * Brings the days up to now under a release. True when anything may differ from the call before: the log
   * went on, another release or site configuration, or a phase that time alone ended.
   *
   * @param look false: make no request, and take what this process has read or written anyway
   */
  async refresh(release: Release | null, look = true): Promise<boolean> {
    const log = this.#lake.lake.log(this.site);
    const first = this.#n < 0;
    const index = first ? await log.read() : look ? await log.readOn() : log.folded;
    const config = first || look ? await loadSite(this.#lake.objects, this.site) : this.#config;
    const now = this.#lake.clock.now();
    const otherRelease = first || release?.release !== this.#release?.release;
    const otherConfig = JSON.stringify(config) !== JSON.stringify(this.#config);
    const arrived = first || index.n !== this.#n;
    if (!otherRelease && !otherConfig && !arrived && now < this.#until) return false;
    if (otherRelease || (this.#target === null && arrived)) {
      this.#target = await targetFor(this.#lake.lake, release, index);
      this.#judged.clear();
    }
    this.#config = config;
    this.#release = release;
    this.#n = index.n;
    this.#judge(index, now);
    return true;
  }

  #judge(index: SiteIndex, now: number): void {
    const slices = this.#release?.slices ?? {};
    // The log says so when everything is computed; only otherwise must every day be looked at.
    const whole = this.#release !== null && (index.ready[targetId(this.#release)] ?? -1) >= index.facts_n;
    const definitions =
      this.#target?.context.definitions ?? new DefinitionsByDay(DEFAULT_DEFINITION, this.site);
    const lateness = (this.#config?.lateness_seconds ?? 0) * 1000;
    this.#until = Number.POSITIVE_INFINITY;
    this.days = unitsWithFacts(index).map((unit) => {
      const { facts, results } = index.units[unit]!;
      const made = results.boundaries?.[slices['boundaries'] ?? ''];
      const times = unitTimes(index, unit, definitions, lateness);
      for (const change of [times.open_until, times.settles_at]) {
        if (change > now && change < this.#until) this.#until = change;
      }
      return {
        unit,
        facts: facts!.rows,
        sessions: results.sessions?.[slices['sessions'] ?? '']?.rows ?? 0,
        phase: phaseAt(times, now),
        stale: whole ? null : this.#stale(unit, facts!, made),
        ...times,
      };
    });
  }

  #stale(unit: string, facts: FactsRef, made: ResultRef | undefined): string | null {
    const before = this.#judged.get(unit);
    if (before?.facts === facts && before.made === made) return before.stale;
    const stale = staleReason(this.#target, unit, facts, made);
    this.#judged.set(unit, { facts, made, stale });
    return stale;
  }
}

/** Sums over a site's days. */
export function totalsOf(days: readonly DayState[]) {
  const totals = {
    units: days.length,
    facts: 0,
    sessions: 0,
    first: days[0]?.unit ?? null,
    last: days.at(-1)?.unit ?? null,
    stale: 0,
    phases: { open: 0, settling: 0, settled: 0, reopened: 0 } as Record<UnitPhase, number>,
  };
  for (const day of days) {
    totals.facts += day.facts;
    totals.sessions += day.sessions;
    totals.phases[day.phase]++;
    if (day.stale !== null) totals.stale++;
  }
  return totals;
}
