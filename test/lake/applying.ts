import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { type Candidate, candidateOf } from '../../shared/lake/candidate.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { storeMarts } from '../../shared/lake/marts.ts';
import { findProposal, startApplying } from '../../shared/lake/proposals.ts';
import { liveRelease } from '../../shared/lake/releases.ts';
import type { TestLake } from './open.ts';

/** A mart that tells, like sessions and events, by its numbers which definition it was made with. */
export const MARTS = {
  mart_sessions: `/*---
description: Sessions of each day.
grain: [site, dt]
inputs: { sessions: all }
rebuild: full
columns: { site: The site., dt: Its day., n: Sessions. }
---*/
SELECT site, dt, count(*) AS n FROM sessions GROUP BY site, dt`,
};

/** What a definition would be in a lake with these marts; all that it refers to is stored. */
export async function candidateIn(test: TestLake, definition: string): Promise<Candidate> {
  const { objects } = test.lake;
  const parsed = parseDefinition(definition, 'default.yaml');
  await storeDefinition(objects, parsed);
  return candidateOf(parsed, await storeMarts(objects, MARTS), {});
}

/** Begins an apply against what is live, and announces it. @returns the proposal's id */
export async function beginApply(test: TestLake, candidate: Candidate): Promise<string> {
  const { objects, clock, bus } = test.lake;
  const at = new Date(clock.now()).toISOString();
  const { release: base } = (await liveRelease(objects))!;
  const about = { at, who: 'ada', why: 'a test', changes: ['the timeout'], base };
  const { id } = await startApplying(objects, candidate, about, { at, who: 'ada', max_cost: null });
  await bus.announce([{ type: 'Definition Changed', detail: { proposal: id } }]);
  return id;
}

export const outcomeOf = async (test: TestLake, id: string) =>
  (await findProposal(test.lake.objects, id))?.proposal.outcome ?? null;
