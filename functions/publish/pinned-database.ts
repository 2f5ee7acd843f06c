import type { GlueCatalog } from '../../shared/clients/glue-catalog.ts';
import { type Candidate, targetId } from '../../shared/lake/candidate.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { readState } from '../../shared/lake/mart-state.ts';
import type { SiteIndex } from '../../shared/lake/site-index.ts';
import { everySite } from '../../shared/lake/sites.ts';
import { PUBLIC_TABLES, type PublicTable } from '../../shared/lake/tables.ts';
import { pinnedMartView, pinnedView } from './views.ts';

/** How much of a candidate stands in the lake. */
export interface Standing {
  /** Sites of which nothing, or not all, is there: it was never computed, or forgotten since. */
  missing: string[];
  /** Sites that have newer facts than its results know. */
  behind: string[];
}

/** How much of a candidate's tables stands, by what the logs note. */
export async function standingOf(lake: Lake, candidate: Pick<Candidate, 'slices'>): Promise<Standing> {
  const standing: Standing = { missing: [], behind: [] };
  const target = targetId(candidate);
  for (const site of await everySite(lake)) {
    const index: SiteIndex = await lake.log(site).read();
    if (index.facts_n === 0) continue;
    const ready = index.ready[target];
    if (ready === undefined) standing.missing.push(site);
    else if (ready < index.facts_n) standing.behind.push(site);
  }
  return standing;
}

/**
 * Makes a database whose tables are those of one release or proposal, whatever is live: views over the same
 * files at pinned slices. A query that names it as its database sees one history, and all of it.
 *
 * @returns marts that the candidate has and that were never built for it: they are not in the database
 */
export async function pinDatabase(
  lake: Lake,
  catalog: GlueCatalog,
  database: string,
  candidate: Pick<Candidate, 'slices' | 'marts'>,
): Promise<string[]> {
  const pinned = catalog.database(database);
  await pinned.ensureDatabase();
  for (const table of Object.keys(PUBLIC_TABLES) as PublicTable[]) {
    await pinned.put(pinnedView(database, table, candidate.slices[table]!));
  }
  const unbuilt: string[] = [];
  for (const mart of Object.keys(candidate.marts)) {
    const slice = candidate.slices[mart]!;
    const built = (await readState(lake, mart))[slice];
    if (built?.folder) await pinned.put(pinnedMartView(database, mart, slice, built.columns));
    else unbuilt.push(mart);
  }
  return unbuilt;
}
