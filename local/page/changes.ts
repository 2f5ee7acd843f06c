import { previewKey, previewPrefix, proposalPrefix } from '../../shared/lake/keys.ts';
import type { Proposal } from '../../shared/lake/proposals.ts';
import { everyRelease, type Release } from '../../shared/lake/releases.ts';
import type { SiteIndex } from '../../shared/lake/site-index.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';

/** A release with what it holds now. */
export interface ShownRelease extends Release {
  /** Its sessions over all days, as far as they are kept; null when some days' are not. */
  sessions: number | null;
  /** Whether what it would change was compared before. */
  previewed: boolean;
}

/** A proposal that is not (yet) a release. */
export interface ShownProposal
  extends Pick<Proposal, 'id' | 'at' | 'who' | 'why' | 'changes' | 'base' | 'apply' | 'outcome'> {
  previewed: boolean;
}

/** The history of definitions, the newest first, and what might become part of it. */
export interface Changes {
  releases: ShownRelease[];
  proposals: ShownProposal[];
}

export async function changes(objects: ObjectStore, indexes: readonly SiteIndex[]): Promise<Changes> {
  const releases = await everyRelease(objects);
  const kept = await objects.list(previewPrefix);
  const previewed = new Set(kept.map(({ key }) => key));
  const has = (id: string | undefined): boolean => id !== undefined && previewed.has(previewKey(id));
  const proposals = await everyProposal(objects);
  return {
    releases: releases.map((release) => ({
      ...release,
      sessions: sessionsOf(release, indexes),
      previewed: has(release.proposal),
    })),
    proposals: proposals
      .filter(({ outcome }) => outcome?.is !== 'released')
      .sort((a, b) => (lastMoment(a) < lastMoment(b) ? 1 : -1))
      .map(({ id, at, who, why, changes: words, base, apply, outcome }) => {
        return { id, at, who, why, changes: words, base, apply, outcome, previewed: has(id) };
      }),
  };
}

const lastMoment = ({ at, apply }: Proposal): string => apply?.at ?? at;

async function everyProposal(objects: ObjectStore): Promise<Proposal[]> {
  const keys = await objects.list(proposalPrefix);
  const found = await Promise.all(keys.map(({ key }) => objects.get(key)));
  return found.flatMap((one) => (one === null ? [] : [JSON.parse(one.body.toString('utf8')) as Proposal]));
}

function sessionsOf({ slices }: Release, indexes: readonly SiteIndex[]): number | null {
  let sum = 0;
  for (const { units } of indexes) {
    for (const { facts, results } of Object.values(units)) {
      if (facts === null) continue;
      const made = results.sessions?.[slices['sessions'] ?? ''];
      if (made === undefined) return null;
      sum += made.rows;
    }
  }
  return sum;
}
