import { newestProposal } from '../shared/lake/proposals.ts';
import { everyRelease } from '../shared/lake/releases.ts';
import type { ObjectStore } from '../shared/ports/objects.ts';

/**
 * In words, what lies between two releases: what each release after the earlier one changed, in order; of a
 * proposal, what it would change.
 *
 * @param a and `b`: numbers, `live`, or `proposal`
 */
export async function changesBetween(objects: ObjectStore, a: string, b: string): Promise<string[]> {
  const releases = (await everyRelease(objects)).reverse();
  const proposal = a === 'proposal' || b === 'proposal' ? await newestProposal(objects) : null;
  const last = releases.length;
  const place = (name: string): number =>
    name === 'live' ? last : name === 'proposal' ? last + 1 : Number(name);
  const [from, to] = [place(a), place(b)].sort((x, y) => x - y) as [number, number];
  const between = releases
    .filter(({ release }) => release > from && release <= to)
    .flatMap(({ release, changes }) => changes.map((change) => `${release}: ${change}`));
  const proposed = to > last && proposal ? proposal.changes.map((change) => `proposal: ${change}`) : [];
  return [...between, ...proposed];
}
