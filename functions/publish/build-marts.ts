import type { Candidate } from '../../shared/lake/candidate.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { readState, writeState } from '../../shared/lake/mart-state.ts';
import { loadMart } from '../../shared/lake/marts.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import { type OutOfTime, outOfTime } from '../../shared/out-of-time.ts';
import type { Log } from '../../shared/ports/log.ts';
import { buildMart, type MartDeps } from './build-mart.ts';
import { nextBuild, type Which } from './mart-pace.ts';
import type { ShownSite } from './project.ts';

export interface BuildMartsDeps extends MartDeps {
  lake: Lake;
  log: Log;
  /** Whether to begin no other mart: what is built is found by the next call. */
  outOfTime?: OutOfTime;
}

/**
 * Builds again the marts of a release, or of what may become one, whose inputs moved since. A mart that fails
 * leaves the last one standing, and its error in its state. Throws `out_of_time` before a mart that there is no time for.
 *
 * @param shown what the catalog shows of every site: what the marts will read
 * @param which all whose inputs moved, only those that nobody tried to build in their slice yet, or those whose turn it is
 * @param marts how many are kept up to date, of this release and of others
 */
export async function buildMarts(
  deps: BuildMartsDeps,
  candidate: Pick<Candidate, 'marts' | 'slices'>,
  shown: ReadonlyMap<string, ShownSite>,
  which: Which = 'all',
  marts: number = Object.keys(candidate.marts).length,
): Promise<{ built: string[]; failed: Map<string, Error> }> {
  const built: string[] = [];
  const failed = new Map<string, Error>();
  for (const [name, hash] of Object.entries(candidate.marts)) {
    const slice = candidate.slices[name]!;
    const had = (await readState(deps.lake, name))[slice];
    if (which === 'missing' && had !== undefined) continue;
    const mart = await loadMart(deps.lake.objects, name, hash);
    const inputs = Object.keys(mart.inputs).map((table) => inputKey(table, candidate.slices[table]!, shown));
    // Tests are no part of the slice: rows that pass are the same rows. They are run again when they changed.
    const key = hashOf([slice, inputs, mart.tests]);
    if (had?.key === key && had.error === null) continue;
    if (had && typeof which === 'object' && deps.lake.clock.now() < nextBuild(had, which.perDay, marts))
      continue;
    if (deps.outOfTime?.()) throw outOfTime(`${name} is to be built`);
    const now = { key, at: new Date(deps.lake.clock.now()).toISOString() };
    const cost = { dollars: 0 };
    try {
      const made = await buildMart(deps, mart, candidate.slices, cost);
      await writeState(deps.lake, name, slice, { ...now, ...made, ...cost, error: null });
      built.push(name);
      deps.log.info('mart built', { mart: name, slice, folder: made.folder });
    } catch (cause) {
      const error = (cause as Error).message;
      const { folder, columns } = had ?? { folder: null, columns: [] };
      await writeState(deps.lake, name, slice, { ...now, folder, columns, ...cost, error });
      failed.set(name, cause as Error);
      deps.log.error('a mart was not built', { mart: name, error });
    }
  }
  return { built, failed };
}

/** A hash of all results that a table holds in a slice. */
function inputKey(table: string, slice: string, shown: ReadonlyMap<string, ShownSite>): string {
  return hashOf([...shown].map(([site, { inputs }]) => [site, inputs[table]?.[slice] ?? null]));
}
