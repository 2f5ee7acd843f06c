import type { Answer } from '../../../shared/lake/answers.ts';
import { putAnswer } from '../../../shared/lake/answers.ts';
import type { Candidate } from '../../../shared/lake/candidate.ts';
import { changeWords } from '../../../shared/lake/changes.ts';
import { propose, startApplying } from '../../../shared/lake/proposals.ts';
import type { Release } from '../../../shared/lake/releases.ts';
import { planCandidate, readCandidate } from '../planning/read.ts';
import type { SessionizeDeps } from '../sessionize.ts';

/** Units that the workers on AWS compute at once (infra/functions.yml), for the estimate of a plan. */
const LANES = 10;

/** What is to become of a candidate that somebody asked for by event. */
export interface Asked {
  /** Name and first lines of the answer. */
  name: string;
  answer: Pick<Answer, 'at' | 'asked' | 'writing'>;
  who: string;
  why: string;
  apply: boolean;
  max_cost: number | null;
  /** Only look at it, for so much: more detail of the event that asks for it. */
  bounds: { site?: string; from?: string; to?: string };
}

/**
 * Plans a candidate and has it looked at or, within its budget, applied. The answer stands before anything is
 * begun: again, after a crash, it all comes to the same.
 */
export async function proposeCandidate(
  deps: SessionizeDeps,
  live: Release,
  candidate: Candidate,
  asked: Asked,
): Promise<void> {
  const { lake, bus } = deps;
  const { objects } = lake;
  const { plan } = await planCandidate(lake, await readCandidate(lake, candidate), live, LANES);
  const answer = { ...asked.answer, plan, proposal: plan.id };
  if (plan.changes.length === 0) return putAnswer(objects, asked.name, { ...answer, is: 'nothing to do' });
  const about = {
    at: asked.answer.at,
    who: asked.who,
    why: asked.why,
    changes: changeWords(plan.changes),
    base: live.release,
    answer: asked.name,
  };
  if (!asked.apply) {
    await putAnswer(objects, asked.name, { ...answer, is: 'looked at' });
    const { id } = await propose(objects, candidate, about);
    const detail = { proposal: id, look: true, ...asked.bounds };
    return bus.announce([{ type: 'Definition Changed', detail }]);
  }
  const { usd } = plan.estimate;
  if (asked.max_cost !== null && usd > asked.max_cost) {
    const message = `applying it would cost about $${usd.toFixed(4)}, more than max_cost: ${asked.max_cost}`;
    const error = {
      error: 'over_budget',
      message,
      field: 'max_cost',
      fix: 'raise max_cost, or narrow the change',
    };
    return putAnswer(objects, asked.name, { ...answer, is: 'too expensive', error });
  }
  await putAnswer(objects, asked.name, { ...answer, is: 'applying' });
  const { who, max_cost } = asked;
  const { id } = await startApplying(objects, candidate, about, { at: about.at, who, max_cost });
  await bus.announce([{ type: 'Definition Changed', detail: { proposal: id } }]);
}
