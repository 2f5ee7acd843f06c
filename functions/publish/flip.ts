import type { GlueCatalog } from '../../shared/clients/glue-catalog.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { readState } from '../../shared/lake/mart-state.ts';
import { liveRelease, type Release, releaseNumber } from '../../shared/lake/releases.ts';
import { putReleaseLines } from './release-lines.ts';
import { currentReleaseView, martView } from './views.ts';

/**
 * One write makes every view read the live release; never back to a lower one. Views of marts whose columns
 * a release changes come before it: a column that isn't there yet reads as NULL. Repeated, it finishes
 * what somebody else left half done.
 */
export async function flip(lake: Lake, catalog: GlueCatalog): Promise<void> {
  for (let again = false; ; again = true) {
    const live = (await liveRelease(lake.objects))!;
    const shown = Number((await catalog.table('current_release'))?.Parameters?.['retcon_release'] ?? 0);
    const lost = await isLost(lake, live, shown);
    if (shown >= live.release && !again && !lost) return;
    await showMarts(lake, catalog, live, Object.keys(live.marts));
    await putReleaseLines(lake);
    const flipped = await catalog.put(currentReleaseView(live), (current) => {
      const now = Number(current.Parameters?.['retcon_release'] ?? 0);
      return now <= live.release || (lost && now === shown);
    });
    // Overtaken by a newer release, whose views of marts this call may have put back: look again.
    if (flipped) return;
  }
}

/**
 * Whether readers see a release of a log that was lost (a rebuilt lake counts from 1 again): a release stands in its
 * log before anybody is shown it.
 */
async function isLost({ objects }: Lake, live: Release, shown: number): Promise<boolean> {
  return shown > live.release && (await releaseNumber(objects, shown)) === null;
}

/** Public views of marts of a release that have been built. */
export async function showMarts(
  lake: Lake,
  catalog: GlueCatalog,
  release: Release,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const built = (await readState(lake, name))[release.slices[name]!];
    if (built && built.columns.length > 0) await catalog.put(martView(name, built.columns));
  }
}
