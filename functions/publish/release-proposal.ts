import { tellOutcome } from '../../shared/lake/answers.ts';
import { targetId } from '../../shared/lake/candidate.ts';
import { endProposal, type Proposal, type ProposalOutcome } from '../../shared/lake/proposals.ts';
import { liveRelease, putRelease, type Release, releaseNumber } from '../../shared/lake/releases.ts';
import type { Bus } from '../../shared/ports/bus.ts';
import { type BuildMartsDeps, buildMarts } from './build-marts.ts';
import { flip } from './flip.ts';
import type { ShownSite } from './project.ts';

export interface ReleaseDeps extends BuildMartsDeps {
  bus: Bus;
}

/**
 * Releases a proposal when it is whole: its tables on every site at least as fresh as the live ones, its
 * marts built and tested at its own slices. Then release n+1 goes into the log where none is, and one update
 * of `current_release` switches every reader. Any number of calls may try at once, and again after a crash.
 *
 * @returns `waiting` while something of it is still being computed; the proposal's outcome stands otherwise
 */
export async function releaseProposal(
  deps: ReleaseDeps,
  proposal: Proposal,
  shown: ReadonlyMap<string, ShownSite>,
): Promise<'waiting' | 'ended'> {
  const { lake } = deps;
  const live = (await liveRelease(lake.objects))!;
  if (live.release !== proposal.base) return settle(deps, proposal);
  if (![...shown.values()].every((site) => isWhole(site, proposal, live))) return 'waiting';
  const { failed } = await buildMarts(deps, proposal, shown);
  for (const cause of failed.values()) {
    // What is no fault of the mart (a service that doesn't answer) is tried again.
    if ((cause as { code?: string }).code !== 'mart_failed') throw cause;
    return end(deps, proposal, { is: 'failed', why: cause.message });
  }
  const outcome = await putRelease(lake.objects, nextRelease(proposal, new Date(lake.clock.now())));
  if (outcome === 'written') deps.log.info('released', { release: proposal.base + 1, proposal: proposal.id });
  return settle(deps, proposal);
}

/** Notes what became of a proposal whose turn is over, and sees to it that readers see it. */
async function settle(deps: ReleaseDeps, proposal: Proposal): Promise<'ended'> {
  const { lake, catalog } = deps;
  const next = proposal.base + 1;
  const taken = await releaseNumber(lake.objects, next);
  if (taken?.proposal !== proposal.id) {
    const who = taken
      ? `${taken.who} released ${next} meanwhile (${taken.changes.join('; ')})`
      : 'the live release moved';
    return end(deps, proposal, { is: 'refused', why: who });
  }
  await flip(lake, catalog);
  await end(deps, proposal, { is: 'released', release: next });
  await deps.bus.announce([{ type: 'Release Published', detail: { release: next } }]);
  return 'ended';
}

/** Whoever asked by event reads it in the answer; it goes first, for an ended proposal is not looked at again. */
async function end({ lake }: ReleaseDeps, proposal: Proposal, outcome: ProposalOutcome): Promise<'ended'> {
  if (proposal.answer !== undefined) await tellOutcome(lake.objects, proposal.answer, proposal.id, outcome);
  await endProposal(lake.objects, proposal, outcome);
  return 'ended';
}

/** Whether nothing is missing that readers of the live release see of the site. */
function isWhole(site: ShownSite, proposal: Proposal, live: Release): boolean {
  const wanted = Math.min(site.ready[targetId(live)] ?? 0, site.facts_n);
  return site.facts_n === 0 || (site.ready[targetId(proposal)] ?? -1) >= wanted;
}

function nextRelease(proposal: Proposal, at: Date): Release {
  const { who, why, changes, definition, slices, algorithms, marts, sites } = proposal;
  return {
    release: proposal.base + 1,
    at: at.toISOString(),
    who: proposal.apply?.who ?? who,
    why,
    changes,
    definition,
    slices,
    algorithms,
    marts,
    sites,
    proposal: proposal.id,
  };
}
