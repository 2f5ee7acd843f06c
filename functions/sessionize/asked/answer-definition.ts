import { parseProposalFile } from '../../../shared/core/definition/proposal-file.ts';
import { mistakeOf, RetconError } from '../../../shared/core/errors.ts';
import { type Answer, findAnswer, putAnswer } from '../../../shared/lake/answers.ts';
import { candidateId, candidateOf, candidateOfRelease } from '../../../shared/lake/candidate.ts';
import { storeDefinition } from '../../../shared/lake/definitions.ts';
import { martSources } from '../../../shared/lake/marts.ts';
import { liveRelease } from '../../../shared/lake/releases.ts';
import type { SessionizeDeps } from '../sessionize.ts';
import { proposeCandidate } from './propose-candidate.ts';
import type { ProposedFile } from './requests.ts';

/** Answers that a later event about the same writing of the file changes nothing about. */
const SETTLED: readonly Answer['is'][] = [
  'released',
  'refused',
  'failed',
  'too expensive',
  'invalid',
  'looked at',
];

/**
 * A definition file in the lake: planned against what is live, looked at, and applied only if it says so and
 * how much that may cost. Marts and sites are those of the live release. What is wrong with the file is an
 * answer, and no failure.
 */
export async function answerDefinition(deps: SessionizeDeps, file: ProposedFile): Promise<void> {
  const { objects, clock } = deps.lake;
  const { name, key, writing } = file;
  const found = await objects.get(key);
  if (found === null) return;
  const before = await findAnswer(objects, name);
  if (before?.writing === writing && SETTLED.includes(before.is)) return;
  const answer = { at: new Date(clock.now()).toISOString(), asked: key, writing };
  try {
    const { definition, apply, max_cost } = parseProposalFile(found.body.toString('utf8'), key);
    const live = await liveRelease(objects);
    if (live === null)
      throw new RetconError('no_release', 'this lake shows nothing yet: there is nothing to change');
    const candidate = candidateOf(definition, await martSources(objects, live.marts), live.sites);
    // Released since, by a function that had no time to say so here.
    const id = candidateId(candidate);
    if (before?.proposal === id && id === candidateId(candidateOfRelease(live)) && before.is === 'released')
      return;
    await storeDefinition(objects, definition);
    const asked = { name, answer, who: key, why: '', apply, max_cost, bounds: {} };
    await proposeCandidate(deps, live, candidate, asked);
  } catch (cause) {
    await putAnswer(objects, name, { ...answer, is: 'invalid', error: mistakeOf(cause) });
  }
}
