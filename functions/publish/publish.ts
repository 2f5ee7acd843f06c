import { candidateOfRelease } from '../../shared/lake/candidate.ts';
import { loadDefinition } from '../../shared/lake/definitions.ts';
import { type Maintained, maintained } from '../../shared/lake/maintained.ts';
import { everySite } from '../../shared/lake/sites.ts';
import { PUBLIC_TABLES, type PublicTable } from '../../shared/lake/tables.ts';
import { buildMarts } from './build-marts.ts';
import { derivedTables, rejectedTable, releasesTable, unitsTable } from './catalog-tables.ts';
import { flip, showMarts } from './flip.ts';
import type { Which } from './mart-pace.ts';
import { projectSite, type ShownSite } from './project.ts';
import { type ReleaseDeps, releaseProposal } from './release-proposal.ts';
import { putUnitLines } from './unit-lines.ts';
import { publicView, rejectedView, releasesView, unitsView } from './views.ts';

export type PublishDeps = ReleaseDeps;

/** Marts of the live release that were built, and marts that failed, with the cause. */
export interface Published {
  built: string[];
  failed: Map<string, Error>;
}

/**
 * Shows readers what the lake holds: the catalog follows the logs, marts whose inputs moved are built
 * again - those of the previous release too, so that going back is one write - and the live release is the
 * one that views read. A proposal that is whole becomes the live release. Safe to repeat and to run at once.
 *
 * @param which marts of the live and the previous release to build. A proposal is released with marts of the moment in
 *   any case
 */
export async function publish(deps: PublishDeps, which: Which = 'all'): Promise<Published> {
  const kept = await maintained(deps.lake);
  if (kept === null) return { built: [], failed: new Map() };
  await showTables(deps);
  const built: string[] = [];
  // Another call may have shown newer marts while this one built older ones: look again until nothing moved.
  for (;;) {
    const now = (await maintained(deps.lake))!;
    const shown = await showSites(deps, now);
    const marts = martsOf(now);
    const round = await buildMarts(deps, candidateOfRelease(now.live), shown, which, marts);
    built.push(...round.built);
    await showMarts(deps.lake, deps.catalog, now.live, round.built);
    if (now.previous) await buildMarts(deps, candidateOfRelease(now.previous), shown, which, marts);
    let ended = false;
    for (const proposal of now.applying) {
      ended = (await releaseProposal(deps, proposal, shown)) === 'ended' || ended;
    }
    if (!ended && (round.failed.size > 0 || round.built.length === 0)) return { built, failed: round.failed };
  }
}

/** How many marts are kept up to date: one that two releases share counts once. */
function martsOf({ live, previous }: Maintained): number {
  const slices = [live, ...(previous ? [previous] : [])].flatMap(({ marts, slices }) =>
    Object.keys(marts).map((name) => slices[name]),
  );
  return new Set(slices).size;
}

async function showTables(deps: PublishDeps): Promise<void> {
  const { lake, catalog, bucketUri } = deps;
  await catalog.ensureDatabase();
  for (const table of derivedTables(bucketUri)) await catalog.put(table);
  await catalog.put(rejectedTable(bucketUri));
  await catalog.put(unitsTable(bucketUri));
  await catalog.put(releasesTable(bucketUri));
  await flip(lake, catalog);
  for (const table of Object.keys(PUBLIC_TABLES) as PublicTable[]) await catalog.put(publicView(table));
  await catalog.put(rejectedView());
  await catalog.put(unitsView());
  await catalog.put(releasesView());
}

async function showSites(deps: PublishDeps, { live }: Maintained): Promise<Map<string, ShownSite>> {
  const { lake, catalog, bucketUri } = deps;
  const definition = await loadDefinition(lake.objects, live.definition);
  const shown = new Map<string, ShownSite>();
  for (const site of await everySite(lake)) {
    const project = await projectSite(lake, catalog, bucketUri, site, live.slices);
    if (project.touched > 0) deps.log.info('partitions shown', { site, partitions: project.touched });
    shown.set(site, project);
    await putUnitLines(lake, site, definition);
  }
  return shown;
}
