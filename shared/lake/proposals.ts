import type { ObjectStore } from '../ports/objects.ts';
import { type Candidate, candidateId } from './candidate.ts';
import { applyingKey, applyingPrefix, proposalKey, proposalPrefix } from './keys.ts';

/**
 * A release that somebody thinks of (docs/lake-format.md, "Proposals"). A preview computes its narrow
 * tables once; from the moment somebody applies it every arrival is computed for it too, until it is
 * released, refused or has failed.
 */
export interface Proposal extends Candidate {
  id: string;
  at: string;
  who: string;
  why: string;
  /** In words, what it changes. */
  changes: string[];
  /** The live release that it was held against. */
  base: number;
  /** Name of the answer that waits for the outcome, when it was asked for by event. */
  answer?: string;
  /** Null while it is only looked at. */
  apply: { at: string; who: string; max_cost: number | null } | null;
  outcome: ProposalOutcome | null;
}

export type ProposalOutcome =
  | { is: 'released'; release: number }
  /** Another release came in between, or somebody called it off. */
  | { is: 'refused'; why: string }
  /** A mart or one of its tests failed: nothing that readers see has changed. */
  | { is: 'failed'; why: string };

/** What is noted of a proposal besides its content. */
export type ProposalAbout = Pick<Proposal, 'at' | 'who' | 'why' | 'changes' | 'base' | 'answer'>;

/** A proposal by its id, with the etag to replace it by. */
export async function findProposal(
  objects: ObjectStore,
  id: string,
): Promise<{ proposal: Proposal; etag: string } | null> {
  const found = await objects.get(proposalKey(id));
  if (found === null) return null;
  return { proposal: JSON.parse(found.body.toString('utf8')) as Proposal, etag: found.etag };
}

/** Notes a candidate that is only looked at. One that is being applied, by whomever, stays as it is. */
export function propose(objects: ObjectStore, candidate: Candidate, about: ProposalAbout): Promise<Proposal> {
  return change(objects, candidate, (had) =>
    had?.apply && had.outcome === null ? had : fresh(candidate, about, null),
  );
}

/**
 * Has a candidate computed for all of history, kept up to date and released when it is whole. Again, while
 * that is under way, changes nothing: the first one's name and time stand.
 */
export async function startApplying(
  objects: ObjectStore,
  candidate: Candidate,
  about: ProposalAbout,
  apply: NonNullable<Proposal['apply']>,
): Promise<Proposal> {
  const proposal = await change(objects, candidate, (had) =>
    had?.apply && had.outcome === null && had.base === about.base ? had : fresh(candidate, about, apply),
  );
  await objects.put(applyingKey(proposal.id), '');
  return proposal;
}

/**
 * Notes how it ended; the first outcome stands, unless the log of releases says otherwise. Nothing is computed
 * for the proposal any more.
 */
export async function endProposal(
  objects: ObjectStore,
  proposal: Proposal,
  outcome: ProposalOutcome,
): Promise<Proposal> {
  const ended = await change(objects, proposal, (had) => {
    if (had === null) return { ...proposal, outcome };
    if (had.apply?.at !== proposal.apply?.at) return had;
    const stands = had.outcome !== null && (had.outcome.is === 'released' || outcome.is !== 'released');
    return stands ? had : { ...had, outcome };
  });
  if (ended.outcome === null) return ended;
  await objects.remove(applyingKey(proposal.id));
  // Somebody may have begun anew between the two, and the mark that went was theirs.
  await markApplying(objects, proposal.id);
  return ended;
}

/** The proposal that was noted last, whatever became of it unless it was released; null when there is none. */
export async function newestProposal(objects: ObjectStore): Promise<Proposal | null> {
  const open = (await everyProposal(objects))
    .filter(({ outcome }) => outcome?.is !== 'released')
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  return open.at(-1) ?? null;
}

/** Every proposal that is being applied, whether or not it is marked so. */
export async function everyApplying(objects: ObjectStore): Promise<Proposal[]> {
  return (await everyProposal(objects)).filter(({ apply, outcome }) => apply !== null && outcome === null);
}

async function everyProposal(objects: ObjectStore): Promise<Proposal[]> {
  const keys = await objects.list(proposalPrefix);
  const found = await Promise.all(keys.map(({ key }) => objects.get(key)));
  return found.flatMap((one) => (one === null ? [] : [JSON.parse(one.body.toString('utf8')) as Proposal]));
}

/**
 * Puts the mark of a proposal that is being applied and has lost it, or never got it: whoever began was cut
 * off between the two.
 */
export async function markApplying(objects: ObjectStore, id: string): Promise<void> {
  const found = await findProposal(objects, id);
  if (found?.proposal.apply && found.proposal.outcome === null) await objects.put(applyingKey(id), '');
}

/** Proposals that are being applied, in order of their start, by the keys of the log of releases. */
export async function proposalsAmong(objects: ObjectStore, keys: readonly string[]): Promise<Proposal[]> {
  const ids = keys
    .filter((key) => key.startsWith(applyingPrefix))
    .map((key) => key.slice(applyingPrefix.length));
  const found = await Promise.all(ids.map((id) => findProposal(objects, id)));
  return found
    .flatMap((one) => (one?.proposal.apply && one.proposal.outcome === null ? [one.proposal] : []))
    .sort((a, b) => (a.apply!.at < b.apply!.at ? -1 : 1));
}

function fresh(candidate: Candidate, about: ProposalAbout, apply: Proposal['apply']): Proposal {
  const { definition, slices, algorithms, marts, sites } = candidate;
  const { at, who, why, changes, base, answer } = about;
  const id = candidateId(candidate);
  return {
    id,
    at,
    who,
    why,
    changes,
    base,
    ...(answer === undefined ? {} : { answer }),
    apply,
    outcome: null,
    definition,
    slices,
    algorithms,
    marts,
    sites,
  };
}

async function change(
  objects: ObjectStore,
  candidate: Candidate,
  to: (had: Proposal | null) => Proposal,
): Promise<Proposal> {
  const id = candidateId(candidate);
  for (;;) {
    const found = await findProposal(objects, id);
    const wanted = to(found?.proposal ?? null);
    if (wanted === found?.proposal) return wanted;
    const condition = found === null ? { ifAbsent: true } : { ifMatch: found.etag };
    const outcome = await objects.put(proposalKey(id), JSON.stringify(wanted), {
      ...condition,
      contentType: 'application/json',
    });
    if (outcome === 'written') return wanted;
  }
}
