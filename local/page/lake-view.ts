import { randomUUID } from 'node:crypto';
import { consumedBy } from '../../shared/lake/ledger.ts';
import { proposalsAmong } from '../../shared/lake/proposals.ts';
import { liveRelease, newestReleases, type Release } from '../../shared/lake/releases.ts';
import type { SiteIndex } from '../../shared/lake/site-index.ts';
import { everySite } from '../../shared/lake/sites.ts';
import type { LocalLake } from '../lake.ts';
import { type ApplyProgress, ApplyWatch } from '../status/applying.ts';
import { type MartStatus, martStatus } from '../status/marts.ts';
import { type QueueDepth, queueDepths } from '../status/queues.ts';
import { SiteDays } from '../status/site-days.ts';
import { type Changes, changes } from './changes.ts';
import { type DayDetails, dayDetails } from './day-details.ts';
import { type ShownPreview, shownPreview } from './preview.ts';
import { RejectedReader, type RejectedSummary } from './rejected.ts';
import { type SiteNumbers, type SiteSummary, siteNumbers, siteSummary } from './site-summary.ts';

/** What the page asks for again and again. */
export interface Pulse {
  /** Another one after a restart: versions begin anew, so everything is read again. */
  boot: string;
  /** What to name as `since` next time. */
  version: number;
  release: Pick<Release, 'release' | 'at' | 'who'> | null;
  /** Every site, by name. */
  names: string[];
  /** Sites that moved since the version asked for. */
  sites: SiteSummary[];
  queues: QueueDepth[];
  marts: MartStatus[];
  /** Proposals that are on their way to being the live release. */
  applying: ApplyProgress[];
}

/** How long an answer stands while several pages ask, ms. */
const FRESH_MS = 1000;

/**
 * Sites whose logs are asked for news in one look, in turn. What this process does itself is seen at once;
 * what others do (`import` while `dev` runs) within a few looks, and forty sites don't cost forty requests
 * every two seconds.
 */
const SITES_A_LOOK = 8;

interface Shown {
  days: SiteDays;
  summary: SiteSummary;
}

/**
 * The lake as the page shows it. Reads only, and only what is new: the log of a site from where it was left,
 * releases and refused events that were not read before.
 */
export class LakeView {
  readonly #lake: LocalLake;
  readonly #boot: string = randomUUID();
  readonly #rejected: RejectedReader;
  readonly #applying: ApplyWatch;
  readonly #sites = new Map<string, Shown>();
  #version = 0;
  #turn = 0;
  #rest: Omit<Pulse, 'boot' | 'version' | 'sites'> | null = null;
  #looked = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;

  constructor(lake: LocalLake) {
    this.#lake = lake;
    this.#rejected = new RejectedReader(lake.objects);
    this.#applying = new ApplyWatch(lake);
  }

  /** @param since the version of the caller's last pulse of this boot; 0 for everything */
  async pulse(since = 0, boot = this.#boot): Promise<Pulse> {
    await this.#look();
    return this.#known(since, boot);
  }

  /** The same without looking, if anybody ever looked: for a first paint, which must not wait. */
  async lastPulse(): Promise<Pulse> {
    return this.#rest === null ? this.pulse() : this.#known(0, this.#boot);
  }

  #known(since: number, boot: string): Pulse {
    const from = boot === this.#boot ? since : 0;
    const sites = [...this.#sites.values()].map(({ summary }) => summary);
    return {
      boot: this.#boot,
      version: this.#version,
      ...this.#rest!,
      sites: sites.filter(({ version }) => version > from),
    };
  }

  async numbers(site: string): Promise<SiteNumbers | null> {
    await this.#look();
    const shown = this.#sites.get(site);
    return shown === undefined ? null : siteNumbers(shown.days, shown.summary.version);
  }

  async day(site: string, unit: string): Promise<DayDetails | null> {
    await this.#look();
    const shown = this.#sites.get(site);
    if (shown === undefined) return null;
    const landing = Object.keys(await consumedBy(this.#lake.objects, shown.days.index, unit));
    return dayDetails(shown.days, unit, landing, await liveRelease(this.#lake.objects));
  }

  /** What to put into a page of the site to see events arrive; null for a site that isn't there. */
  async keyOf(site: string): Promise<{ site: string; key: string | null; host: string | null } | null> {
    await this.#look();
    const config = this.#sites.get(site)?.days.config;
    return config ? { site, key: config.write_keys[0] ?? null, host: config.hosts[0] ?? null } : null;
  }

  async changes(): Promise<Changes> {
    await this.#look();
    return changes(this.#lake.objects, this.#indexes());
  }

  preview(id: string): Promise<ShownPreview | null> {
    return shownPreview(this.#lake.objects, id);
  }

  rejected(): Promise<RejectedSummary> {
    return this.#rejected.read(this.#lake.clock.now());
  }

  /** Looks at the lake, unless somebody just did or is doing so. */
  #look(): Promise<void> {
    if (this.#looking === null && performance.now() - this.#looked < FRESH_MS) return Promise.resolve();
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    const { keys, newest } = await newestReleases(this.#lake.objects, 1);
    const release = newest[0] ?? null;
    const names = await everySite(this.#lake.lake);
    const turn = new Set(this.#nextInTurn(names));
    for (const name of names) {
      const days = this.#sites.get(name)?.days ?? new SiteDays(this.#lake, name);
      if (!(await days.refresh(release, turn.has(name)))) continue;
      this.#sites.set(name, { days, summary: siteSummary(days, ++this.#version) });
    }
    for (const name of this.#sites.keys()) if (!names.includes(name)) this.#sites.delete(name);
    this.#rest = {
      release: release && { release: release.release, at: release.at, who: release.who },
      names,
      queues: await queueDepths(this.#lake),
      marts: await martStatus(this.#lake, release),
      applying: await this.#applying.read(await proposalsAmong(this.#lake.objects, keys), this.#indexes()),
    };
    this.#looked = performance.now();
  }

  #indexes(): SiteIndex[] {
    return [...this.#sites.values()].map(({ days }) => days.index);
  }

  #nextInTurn(names: readonly string[]): string[] {
    const from = this.#turn;
    const many = Math.min(names.length, SITES_A_LOOK);
    this.#turn += many;
    return Array.from({ length: many }, (_, i) => names[(from + i) % names.length]!);
  }
}
