import type { Mistake } from '../core/errors.ts';
import type { ObjectStore } from '../ports/objects.ts';
import { answerKey } from './keys.ts';
import type { ProposalOutcome } from './proposals.ts';

/** What became of something that was asked for by event (docs/lake-format.md, "Answers"). */
export interface Answer {
  at: string;
  /** Key of the file, or the id of the event. */
  asked: string;
  /** Of a file: which writing of it this answers. */
  writing?: string;
  is:
    | 'invalid'
    | 'nothing to do'
    | 'too expensive'
    | 'looked at'
    | 'applying'
    | 'recomputed'
    | 'equal'
    | 'different'
    | ProposalOutcome['is'];
  /** What is wrong, with the way out. */
  error?: Mistake;
  /** What applying would do, as the verb `plan` prints it. */
  plan?: unknown;
  proposal?: string;
  outcome?: ProposalOutcome;
  /** Of a recomputation: results by dataset, and those that came out differently. */
  computed?: Record<string, number>;
  differences?: { site: string; dataset: string; unit: string; stands: string; found: string }[];
}

export async function findAnswer(objects: ObjectStore, name: string): Promise<Answer | null> {
  const found = await objects.get(answerKey(name));
  return found === null ? null : (JSON.parse(found.body.toString('utf8')) as Answer);
}

export async function putAnswer(objects: ObjectStore, name: string, answer: Answer): Promise<void> {
  await objects.put(answerKey(name), JSON.stringify(answer), { contentType: 'application/json' });
}

/** Adds a proposal's outcome to the answer that waits for it, unless that speaks of another one by now. */
export async function tellOutcome(
  objects: ObjectStore,
  name: string,
  proposal: string,
  outcome: ProposalOutcome,
): Promise<void> {
  const answer = await findAnswer(objects, name);
  if (answer?.proposal !== proposal) return;
  await putAnswer(objects, name, { ...answer, is: outcome.is, outcome });
}
