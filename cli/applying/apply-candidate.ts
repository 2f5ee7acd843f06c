import { userInfo } from 'node:os';
import type { WorkingLake } from '../../local/working-lake.ts';
import { RetconError } from '../../shared/core/errors.ts';
import { type Candidate, candidateId, candidateOfRelease } from '../../shared/lake/candidate.ts';
import { findProposal, type Proposal, startApplying } from '../../shared/lake/proposals.ts';
import { type Release, releaseNumber } from '../../shared/lake/releases.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import type { VerbContext } from '../verb.ts';
import { workDone } from '../work.ts';
import { type Counts, countResults, noResults } from './count-results.ts';

/** What an apply came to: the JSON document of `apply` and `rollback`. */
export interface Applied {
  release: number;
  computed: Counts;
  reused: Counts;
}

/** Why a candidate is applied, and against what it was held. */
export interface ApplyAbout {
  live: Release;
  why: string;
  /** In words, what it changes. */
  changes: string[];
  max_cost: number | null;
}

/** Whether somebody has begun to apply a candidate, against what is live, and it goes on. */
export async function isApplying(
  objects: ObjectStore,
  candidate: Candidate,
  live: Release,
): Promise<boolean> {
  const found = await findProposal(objects, candidateId(candidate));
  const { apply, outcome, base } = found?.proposal ?? {};
  return apply != null && outcome === null && base === live.release;
}

/** Whether a candidate is what readers see already. */
export function isLive(candidate: Candidate, live: Release): boolean {
  return candidateId(candidate) === candidateId(candidateOfRelease(live));
}

/** The result of an apply that had nothing to do. */
export function nothingApplied(live: Release): Applied {
  return { release: live.release, computed: noResults(live), reused: noResults(live) };
}

/**
 * Makes a candidate the live release: what is missing of it is computed, its marts are built and tested, and
 * readers are switched in one step. What was begun and cut off goes on where it stopped.
 *
 * @throws `interrupted` when the signal came first; `refused` (exit 3) when another release came in between;
 *   `apply_failed` when a mart or a test of one failed; `not_finished` when work gave up
 */
export async function applyCandidate(
  lake: WorkingLake,
  candidate: Candidate,
  { live, why, changes, max_cost }: ApplyAbout,
  { output, signal }: Pick<VerbContext, 'output' | 'signal'>,
): Promise<Applied> {
  const { username: who } = userInfo();
  const at = new Date(lake.clock.now()).toISOString();
  const about = { at, who, why, changes, base: live.release };
  const { id, apply } = await startApplying(lake.objects, candidate, about, { at, who, max_cost });
  await lake.bus.announce([{ type: 'Definition Changed', detail: { proposal: id } }]);
  // At once: what runs may take longer to end than an interrupted command has.
  const interrupted = (): void => output.note(stillApplying(id));
  signal.addEventListener('abort', interrupted);
  const report = await lake.runtime.drain(signal);
  signal.removeEventListener('abort', interrupted);
  output.progress.clear();
  const ended = (await findProposal(lake.objects, id))?.proposal;
  if (ended?.outcome?.is === 'released') {
    const { release } = ended.outcome;
    return { release, ...(await countResults(lake.lake, candidate, live, Date.parse(apply!.at))) };
  }
  if (signal.aborted) throw new RetconError('interrupted', stillApplying(id));
  throw await unreleased(lake, ended, workDone(report).words);
}

/** What stands when somebody stopped looking. */
function stillApplying(id: string): string {
  return `interrupted: readers see what they saw before. The proposal ${id} stays, and whatever works on this lake goes on with it; the same command again waits for it, retcon apply --cancel calls it off`;
}

async function unreleased(
  lake: WorkingLake,
  ended: Proposal | undefined,
  work: string,
): Promise<RetconError> {
  const outcome = ended?.outcome ?? null;
  if (outcome?.is === 'refused') {
    const between = await releaseNumber(lake.objects, ended!.base + 1);
    const since = between ? ` at ${between.at}` : '';
    return new RetconError(
      'refused',
      `not released: ${outcome.why}${since}; nothing that readers see changed`,
      {
        fix: 'look at what is live now (retcon releases, retcon plan), then apply again: what was computed is kept',
        exit: 3,
      },
    );
  }
  if (outcome?.is === 'failed') {
    return new RetconError(
      'apply_failed',
      `not released, and nothing that readers see changed: ${outcome.why}`,
      {
        fix: 'mend the mart or its test, or the definition, and apply again: what was computed is kept',
      },
    );
  }
  return new RetconError('not_finished', `not released yet: some of the work is not done (${work})`, {
    fix: 'retcon status shows what gave up; retcon apply goes on from here, retcon apply --cancel calls it off',
  });
}
