import { userInfo } from 'node:os';
import { badInput, RetconError } from '../../shared/core/errors.ts';
import { endProposal, everyApplying, type Proposal } from '../../shared/lake/proposals.ts';
import { releaseNumber } from '../../shared/lake/releases.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';

/**
 * Calls off a proposal that is being applied: nothing is computed for it any more. What was, is kept.
 *
 * @param named which one, or null for the only one
 * @throws `nothing_applied`, `which_proposal`; `too_late` when it was released in the same moment
 */
export async function callOff(objects: ObjectStore, named: string | null): Promise<Proposal> {
  const applying = await everyApplying(objects);
  const ids = applying.map(({ id }) => id);
  const list = ids.length === 0 ? 'none is' : ids.join(', ');
  if (ids.length === 0 || (named !== null && !ids.includes(named))) {
    const which = named === null ? 'no proposal' : `no proposal ${named}`;
    throw badInput('nothing_applied', `${which} is being applied (${list})`, { field: 'PROPOSAL' });
  }
  if (named === null && ids.length > 1) {
    throw badInput('which_proposal', `${ids.length} proposals are being applied`, {
      field: 'PROPOSAL',
      fix: `name one: ${ids.join(', ')}`,
    });
  }
  const proposal = applying.find(({ id }) => named === null || id === named)!;
  await endProposal(objects, proposal, { is: 'refused', why: `${userInfo().username} called it off` });
  // A function that was past its last look at the proposal may have released it all the same.
  const released = await releaseNumber(objects, proposal.base + 1);
  if (released?.proposal !== proposal.id) return proposal;
  throw new RetconError('too_late', `it is release ${released.release} already`, {
    fix: 'retcon rollback goes back to the release before it',
  });
}
