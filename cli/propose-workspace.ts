import { userInfo } from 'node:os';
import { mustBeLive, readCandidate } from '../functions/sessionize/planning/read.ts';
import { candidateOfRelease } from '../shared/lake/candidate.ts';
import { changesBetween, changeWords } from '../shared/lake/changes.ts';
import type { Lake } from '../shared/lake/lake.ts';
import { openings } from '../shared/lake/opening.ts';
import { type Proposal, propose } from '../shared/lake/proposals.ts';
import { everySite } from '../shared/lake/sites.ts';
import { proposedByFiles } from './candidates.ts';
import { storeWorkspace, type Workspace } from './workspace.ts';

/** Notes the files at hand as a proposal to look at. Null when they say what is live. */
export async function proposeWorkspace(
  lake: Lake,
  dir: string,
  workspace: Workspace,
): Promise<Proposal | null> {
  const live = await mustBeLive(lake);
  const wanted = await proposedByFiles(lake, dir);
  const read = await readCandidate(lake, candidateOfRelease(live));
  const changes = changesBetween(read, wanted, await openings(lake, await everySite(lake)));
  if (changes.length === 0) return null;
  await storeWorkspace(lake, workspace);
  return propose(lake.objects, wanted.candidate, {
    at: new Date(lake.clock.now()).toISOString(),
    who: userInfo().username,
    why: 'preview',
    changes: changeWords(changes),
    base: live.release,
  });
}
