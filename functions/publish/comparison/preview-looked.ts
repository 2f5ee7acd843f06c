import type { Lake } from '../../../shared/lake/lake.ts';
import { unitsWithFacts } from '../../../shared/lake/site-index.ts';
import { everySite } from '../../../shared/lake/sites.ts';
import type { Log } from '../../../shared/ports/log.ts';
import { type PreviewDeps, previewOf } from './preview-of.ts';

/**
 * Compares proposals that somebody had looked at over all of history, once every site is computed: the last
 * site's announcement finds it so. A preview that can't be made is told and not tried again: whoever wants it
 * asks again.
 *
 * @param proposals ids, as announcements of sessionize name them
 */
export async function previewLooked(
  deps: PreviewDeps & { log: Log },
  proposals: ReadonlySet<string>,
): Promise<void> {
  if (proposals.size === 0) return;
  const sites = await sitesWithFacts(deps.lake);
  for (const proposal of proposals) {
    try {
      if (sites.length > 0) await previewOf(deps, proposal, { from: null, to: null, sites });
    } catch (cause) {
      deps.log.warn('a proposal was not compared', { proposal, cause: String(cause) });
    }
  }
}

/** Sites that hold facts, by name. */
async function sitesWithFacts(lake: Lake): Promise<string[]> {
  const sites: string[] = [];
  for (const site of await everySite(lake)) {
    if (unitsWithFacts(await lake.log(site).read()).length > 0) sites.push(site);
  }
  return sites;
}
