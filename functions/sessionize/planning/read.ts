import type { Definition } from '../../../shared/core/definition/types.ts';
import { RetconError } from '../../../shared/core/errors.ts';
import type { Mart } from '../../../shared/core/mart-file.ts';
import { inParallel } from '../../../shared/in-parallel.ts';
import { type Candidate, candidateOfRelease } from '../../../shared/lake/candidate.ts';
import type { Read } from '../../../shared/lake/changes.ts';
import { loadDefinition } from '../../../shared/lake/definitions.ts';
import type { Lake } from '../../../shared/lake/lake.ts';
import { loadMart } from '../../../shared/lake/marts.ts';
import { liveRelease, type Release, releaseNumber } from '../../../shared/lake/releases.ts';
import { everySite } from '../../../shared/lake/sites.ts';
import { hashOf } from '../../../shared/lake/slices.ts';
import { type Planned, planOf } from './plan.ts';
import { sitePlan } from './site-plan.ts';
import { totalsOf } from './site-totals.ts';

/** Reads what a candidate refers to from the lake; marts of the same text are taken from `known`. */
export async function readCandidate(lake: Lake, candidate: Candidate, known?: Read): Promise<Read> {
  const one = async ([name, hash]: [string, string]): Promise<[string, Mart]> => {
    const same = known?.candidate.marts[name] === hash ? known.marts[name] : undefined;
    return [name, same ?? (await loadMart(lake.objects, name, hash))];
  };
  const [definition, marts] = await Promise.all([
    definitionOf(lake, candidate, known),
    Promise.all(Object.entries(candidate.marts).map(one)),
  ]);
  return { candidate, definition, marts: Object.fromEntries(marts) };
}

function definitionOf(lake: Lake, { definition }: Candidate, known?: Read): Definition | Promise<Definition> {
  if (known?.candidate.definition === definition) return known.definition;
  return loadDefinition(lake.objects, definition);
}

/** The live release. Throws `no_release` (exit 2) in a lake that shows nothing yet. */
export async function mustBeLive(lake: Lake): Promise<Release> {
  const live = await liveRelease(lake.objects);
  if (live !== null) return live;
  throw new RetconError('no_release', 'this lake shows nothing yet, so there is nothing to change', {
    exit: 2,
    fix: 'the first import, run or dev makes release 1 from the files at hand',
  });
}

/** Names a lake by its first release, which never changes and which no other lake has. */
export async function lakeId(lake: Lake): Promise<string> {
  return hashOf(await releaseNumber(lake.objects, 1));
}

/** So many sites are read at once: enough that none is waited for, few enough that they are gone while young. */
const SITES_AT_ONCE = 8;

/**
 * Plans a candidate against a release: from the indexes of all sites and what both refer to; no partition is
 * listed and no result looked up. An index is read, looked through and dropped: it holds some kB of every day.
 *
 * @param lanes how many units are computed at once here
 */
export async function planCandidate(
  lake: Lake,
  wanted: Read,
  against: Release,
  lanes: number,
): Promise<Planned> {
  const [names, live] = await Promise.all([
    everySite(lake),
    readCandidate(lake, candidateOfRelease(against), wanted),
  ]);
  const sites = await inParallel(SITES_AT_ONCE, names, async (site) => {
    const index = await lake.glance(site);
    return { opened: index.opened, ...totalsOf(sitePlan(lake, index, live, wanted)) };
  });
  return planOf({ sites, release: against.release, live, wanted, lanes });
}
