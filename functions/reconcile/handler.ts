import middy from '@middy/core';
import type { Definition } from '../../shared/core/definition/types.ts';
import { type BusEvent, createdObjectKey } from '../../shared/envelopes/events.ts';
import { loadDefinition } from '../../shared/lake/definitions.ts';
import { ensureRelease } from '../../shared/lake/first-release.ts';
import type { Log } from '../../shared/ports/log.ts';
import { type ReconcileDeps, type Reconciled, reconcile } from './reconcile.ts';
import { type SiteFiles, takeSiteFiles } from './site-files.ts';

export interface ReconcileWorld extends ReconcileDeps {
  log: Log;
  /** What the first release of a lake shows; marts are name to SQL text. */
  first: { definition: Definition; marts: Record<string, string> };
}

/** What a schedule sends; any other event but an object's creation asks for `all`. */
export interface ReconcileEvent extends BusEvent {
  reach?: 'all' | 'recent';
}

/** The reply, for whoever calls the function by hand. */
export interface ReconcileReply {
  release: number;
  site_files: SiteFiles;
  /** Null when only site files were looked at. */
  reconciled: Reconciled | null;
}

/**
 * Called by schedules, at the end of a deployment, when somebody puts a site file into the lake, and by hand. A
 * lake without a release gets its first one. A new site file is taken at once; everything else is left to the
 * other calls.
 */
export function createReconcileHandler(deps: ReconcileWorld) {
  return middy(async (event: ReconcileEvent | null): Promise<ReconcileReply> => {
    const { lake, bus, log, first } = deps;
    const release = await ensureRelease(lake, bus, first.definition, first.marts, 'reconcile');
    const site_files = await takeSiteFiles(lake, await loadDefinition(lake.objects, release.definition));
    for (const [key, { error }] of Object.entries(site_files)) {
      if (error === null) log.info('a site file was taken', { key });
      else log.error('a site file is wrong', { key, error: error.error, field: error.field });
    }
    if (createdObjectKey(event ?? {}) !== null) {
      return { release: release.release, site_files, reconciled: null };
    }
    const reconciled = await reconcile(deps, event?.reach ?? 'all');
    log.info('reconciled', { reach: event?.reach ?? 'all', ...reconciled });
    return { release: release.release, site_files, reconciled };
  });
}
