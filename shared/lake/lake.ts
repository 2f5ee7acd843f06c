import type { Clock } from '../core/clock.ts';
import type { ObjectStore } from '../ports/objects.ts';
import type { LeanIndex } from './site-index.ts';
import { SiteLog } from './site-log.ts';

/** The lake as a function sees it: its objects, its clock, and the log of each site, read once. */
export class Lake {
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly #logs = new Map<string, SiteLog>();

  constructor(objects: ObjectStore, clock: Clock) {
    this.objects = objects;
    this.clock = clock;
  }

  log(site: string): SiteLog {
    let log = this.#logs.get(site);
    if (log === undefined) {
      log = new SiteLog(this.objects, this.clock, site);
      this.#logs.set(site, log);
    }
    return log;
  }

  /** What a plan looks at of a site's index as of now. */
  glance(site: string): Promise<LeanIndex> {
    return this.log(site).glance();
  }
}
