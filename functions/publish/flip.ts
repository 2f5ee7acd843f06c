import type { GlueCatalog } from '../../shared/clients/glue-catalog.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { liveRelease, type Release } from '../../shared/lake/releases.ts';
import { readState } from './mart-state.ts';
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
    if (shown >= live.release && !again) return;
    await showMarts(lake, catalog, live, Object.keys(live.marts));
    await putReleaseLines(lake);
    const flipped = await catalog.put(
      currentReleaseView(live),
      (current) => Number(current.Parameters?.['retcon_release'] ?? 0) <= live.release,
    );
    // Overtaken by a newer release, whose views of marts this call may have put back: look again.
    if (flipped) return;
  }
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
