import { type Candidate, candidateOfRelease, targetId } from '../../../shared/lake/candidate.ts';
import { proposalPrefix } from '../../../shared/lake/keys.ts';
import type { Lake } from '../../../shared/lake/lake.ts';
import { maintained } from '../../../shared/lake/maintained.ts';
import type { Proposal } from '../../../shared/lake/proposals.ts';
import { everyRelease } from '../../../shared/lake/releases.ts';

/** How long things are kept that nobody sees now. */
export interface KeepPolicy {
  /** Results of a release, after another took its place. To go back later is to compute them again. */
  releases_ms: number;
  /** Results of a proposal that was only looked at. */
  looks_ms: number;
}

const DAY = 86_400_000;
export const KEEP: KeepPolicy = { releases_ms: 30 * DAY, looks_ms: DAY };

/** What is kept, by slice ids and by the names under which logs note what is ready. */
export interface Kept {
  slices: ReadonlySet<string>;
  targets: ReadonlySet<string>;
  proposals: ReadonlySet<string>;
}

/**
 * What nobody may forget: the slices of the live release, of the previous one, of proposals that are being
 * applied or were looked at lately, and of releases that ended not long ago. Null in a lake without a release.
 */
export async function keptOf(lake: Lake, policy: KeepPolicy): Promise<Kept | null> {
  const now = lake.clock.now();
  const known = await maintained(lake);
  if (known === null) return null;
  const candidates: Candidate[] = [known.live, ...(known.previous ? [known.previous] : [])].map(
    candidateOfRelease,
  );
  const releases = await everyRelease(lake.objects);
  for (const [index, release] of releases.entries()) {
    const ended = index === 0 ? now : Date.parse(releases[index - 1]!.at);
    if (now - ended <= policy.releases_ms) candidates.push(candidateOfRelease(release));
  }
  const proposals = [...known.applying, ...(await looksSince(lake, now - policy.looks_ms))];
  candidates.push(...proposals);
  return {
    slices: new Set(candidates.flatMap(({ slices }) => Object.values(slices))),
    targets: new Set(candidates.map(targetId)),
    proposals: new Set(proposals.map(({ id }) => id)),
  };
}

async function looksSince(lake: Lake, since: number): Promise<Proposal[]> {
  const keys = await lake.objects.list(proposalPrefix);
  const found = await Promise.all(keys.map(({ key }) => lake.objects.get(key)));
  return found
    .flatMap((one) => (one === null ? [] : [JSON.parse(one.body.toString('utf8')) as Proposal]))
    .filter(({ at, outcome }) => outcome === null && Date.parse(at) >= since);
}
