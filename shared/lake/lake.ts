import type { Clock } from '../core/clock.ts';
import type { ObjectStore } from '../ports/objects.ts';
import type { SiteIndex } from './site-index.ts';
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

  /** A site's index as of now, for somebody who looks at it once: it is not kept. */
  glance(site: string): Promise<SiteIndex> {
    const log = this.#logs.get(site) ?? new SiteLog(this.objects, this.clock, site);
    return log.read();
  }
}
