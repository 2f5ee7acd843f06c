import middy from '@middy/core';
import type { Log } from '../../shared/ports/log.ts';
import { type Collected, collectGarbage, type GarbageDeps } from './garbage/collect-garbage.ts';
import { KEEP } from './garbage/kept.ts';

/** What a schedule sends, or a person: how long results of ended releases are kept (default 30 days). */
export interface GarbageEvent {
  keep_days?: number;
  dry_run?: boolean;
}

/** Called by a schedule once a day, and by hand; replies with what went and what waits. */
export function createGarbageHandler(deps: GarbageDeps & { log: Log }) {
  return middy(async (event: GarbageEvent | null): Promise<Collected> => {
    const days = event?.keep_days;
    const policy = days === undefined ? KEEP : { ...KEEP, releases_ms: days * 86_400_000 };
    const collected = await collectGarbage(deps, policy, event?.dry_run === true);
    const objects = Object.values(collected.removed).reduce((sum, one) => sum + one.objects, 0);
    deps.log.info('garbage collected', { objects, forgotten: Object.keys(collected.forgotten).length });
    return collected;
  });
}
