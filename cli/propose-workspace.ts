import { userInfo } from 'node:os';
import { candidateId, candidateOfRelease } from '../shared/lake/candidate.ts';
import type { Lake } from '../shared/lake/lake.ts';
import { type Proposal, propose } from '../shared/lake/proposals.ts';
import type { Release } from '../shared/lake/releases.ts';
import { storeWorkspace, type Workspace, workspaceCandidate } from './workspace.ts';

/**
 * Notes the files at hand as a proposal to look at. Null when they say what is live. Call it after
 * `openWorkspace`.
 */
export async function proposeWorkspace(
  lake: Lake,
  workspace: Workspace & { release: Release; waiting: string[] },
): Promise<Proposal | null> {
  const { release, waiting } = workspace;
  const candidate = workspaceCandidate(lake, workspace, release);
  if (candidateId(candidate) === candidateId(candidateOfRelease(release))) return null;
  await storeWorkspace(lake, workspace);
  return propose(lake.objects, candidate, {
    at: new Date(lake.clock.now()).toISOString(),
    who: userInfo().username,
    why: 'preview',
    changes: waiting.map((file) => `${file} was edited`),
    base: release.release,
  });
}
