import { pinDatabase, standingOf } from '../functions/publish/pinned-database.ts';
import type { WorkingLake } from '../local/working-lake.ts';
import { GlueCatalog } from '../shared/clients/glue-catalog.ts';
import { badInput, RetconError } from '../shared/core/errors.ts';
import { type Candidate, candidateOfRelease } from '../shared/lake/candidate.ts';
import { newestProposal } from '../shared/lake/proposals.ts';
import { everyRelease } from '../shared/lake/releases.ts';
import type { Output } from './output.ts';

/** A release or proposal that was asked for by name. */
export interface Named {
  /** `release 3`, `the proposal of ada`. */
  words: string;
  /** Database of its own. */
  database: string;
  candidate: Candidate;
}

/** Finds what `--release` names: a number, `live`, or `proposal` for the newest one. */
export async function namedCandidate(lake: WorkingLake, name: string): Promise<Named> {
  if (name === 'proposal') {
    const proposal = await newestProposal(lake.objects);
    if (proposal === null) {
      throw badInput('no_proposal', 'nothing is proposed', {
        field: 'release',
        fix: 'edit definitions/ and run retcon preview or retcon apply',
      });
    }
    const database = `retcon_proposal_${proposal.id.slice(0, 12)}`;
    return { words: `the proposal of ${proposal.who}`, database, candidate: proposal };
  }
  const releases = await everyRelease(lake.objects);
  const wanted = name === 'live' ? releases[0] : releases.find(({ release }) => String(release) === name);
  if (wanted === undefined) {
    const known = releases.length === 0 ? 'none yet' : `1 to ${releases[0]!.release}`;
    throw badInput('unknown_release', `there is no release "${name}"; there is ${known}`, {
      field: 'release',
      fix: 'write a number that retcon releases lists, live, or proposal',
    });
  }
  const { release } = wanted;
  return {
    words: `release ${release}`,
    database: `retcon_release_${release}`,
    candidate: candidateOfRelease(wanted),
  };
}

/** The refusal to show tables of which a part was never computed, or is gone. */
export function notKept(
  { words }: Pick<Named, 'words'>,
  name: string,
  sites: readonly string[],
): RetconError {
  return new RetconError(
    'not_kept',
    `the tables of ${words} don't stand whole in the lake (${sites.join(', ')})`,
    {
      field: 'release',
      fix:
        name === 'proposal'
          ? 'retcon apply computes it whole; until then retcon preview shows its sessions'
          : `retcon rollback ${name} computes it again`,
      exit: 3,
    },
  );
}

/**
 * Makes the database of a release or proposal, so that a query can be put to it.
 *
 * @returns its name
 * @throws RetconError `not_kept` (exit 3) when its tables don't stand whole in the lake
 */
export async function pinnedDatabase(lake: WorkingLake, output: Output, name: string): Promise<string> {
  const { words, database, candidate } = await namedCandidate(lake, name);
  const { missing, behind } = await standingOf(lake.lake, candidate);
  if (missing.length > 0) throw notKept({ words }, name, missing);
  if (behind.length > 0) {
    output.note(
      `${words} is not kept up to date any more: what arrived since is not in it (${behind.join(', ')})`,
    );
  }
  const unbuilt = await pinDatabase(lake.lake, new GlueCatalog(lake.clients.glue), database, candidate);
  if (unbuilt.length > 0) output.note(`of ${words} no ${unbuilt.join(', ')} has been built`);
  return database;
}
