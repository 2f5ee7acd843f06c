import { badInput, mistakeOf } from '../../../shared/core/errors.ts';
import { putAnswer } from '../../../shared/lake/answers.ts';
import { findProposal } from '../../../shared/lake/proposals.ts';
import { liveRelease, type Release } from '../../../shared/lake/releases.ts';
import { everySite } from '../../../shared/lake/sites.ts';
import { EVERYTHING, type Reach } from '../reach.ts';
import { type SessionizeDeps, sessionize, sessionizeLive } from '../sessionize.ts';
import { proposeCandidate } from './propose-candidate.ts';
import { type Difference, recheckSite } from './recheck.ts';
import { type Reprocess, type ReprocessEvent, readReprocess } from './requests.ts';

/**
 * `Reprocess Requested`: a proposal is applied; without one, what is stale under the live definition is
 * computed; with `force` all of it is, and must come out as it stands.
 */
export async function answerReprocess(deps: SessionizeDeps, event: ReprocessEvent): Promise<void> {
  const { objects, clock } = deps.lake;
  const answer = { at: new Date(clock.now()).toISOString(), asked: event.name };
  try {
    const wanted = readReprocess(event.detail);
    const sites = await sitesOf(deps, wanted);
    const live = await liveRelease(objects);
    if (live === null)
      throw badInput('no_release', 'this lake shows nothing yet: there is nothing to compute');
    if (wanted.proposal !== null) return await apply(deps, live, wanted, { name: event.name, answer });
    if (wanted.force) return await recheck(deps, live, wanted, sites, { name: event.name, answer });
    const reach = reachOf(wanted);
    for (const site of sites) {
      if (reach === EVERYTHING) await sessionize(deps, site);
      else await sessionizeLive(deps, site, reach);
    }
    await putAnswer(objects, event.name, { ...answer, is: 'recomputed' });
  } catch (cause) {
    await putAnswer(objects, event.name, { ...answer, is: 'invalid', error: mistakeOf(cause) });
  }
}

interface To {
  name: string;
  answer: { at: string; asked: string };
}

async function sitesOf({ lake }: SessionizeDeps, { site }: Reprocess): Promise<string[]> {
  const sites = await everySite(lake);
  if (site === null) return sites;
  if (sites.includes(site)) return [site];
  throw badInput('unknown_site', `there is no site "${site}"`, {
    field: 'site',
    fix: `there are ${sites.join(', ')}`,
  });
}

function reachOf({ from, to, datasets }: Reprocess): Reach {
  if (from === null && to === null && datasets === null) return EVERYTHING;
  const bounded = from !== null || to !== null;
  return {
    tables: EVERYTHING.tables.filter((table) => datasets?.includes(table) ?? true),
    range: bounded ? { from: from ?? '0000-01-01', to: to ?? '9999-12-31' } : null,
  };
}

async function apply(deps: SessionizeDeps, live: Release, wanted: Reprocess, to: To): Promise<void> {
  const found = await findProposal(deps.lake.objects, wanted.proposal!);
  if (found === null) {
    throw badInput('unknown_proposal', `there is no proposal ${wanted.proposal}`, {
      field: 'proposal',
      fix: 'write a definition file under config/proposals/, or run retcon preview, and take the id from there',
    });
  }
  const { site, from, to: until, max_cost, reason } = wanted;
  const bounds = {
    ...(site === null ? {} : { site }),
    ...(from === null ? {} : { from }),
    ...(until === null ? {} : { to: until }),
  };
  await proposeCandidate(deps, live, found.proposal, {
    ...to,
    who: found.proposal.who,
    why: reason,
    // Bounds are for what is computed now. A release waits for all of it, and so for a request without them.
    apply: Object.keys(bounds).length === 0,
    max_cost,
    bounds,
  });
}

async function recheck(
  deps: SessionizeDeps,
  live: Release,
  wanted: Reprocess,
  sites: readonly string[],
  { name, answer }: To,
): Promise<void> {
  const { lake, log } = deps;
  const computed: Record<string, number> = {};
  const differences: Difference[] = [];
  for (const site of sites) {
    const found = await recheckSite(lake, live, site, reachOf(wanted));
    if (found === null) {
      throw badInput('not_up_to_date', `${site} is not up to date: there is nothing to compare with yet`, {
        fix: 'ask again when retcon status shows nothing stale',
      });
    }
    for (const [dataset, n] of Object.entries(found.computed))
      computed[dataset] = (computed[dataset] ?? 0) + n;
    differences.push(...found.differences);
  }
  for (const difference of differences) log.error('computed again, a result differs', { ...difference });
  const is = differences.length === 0 ? 'equal' : 'different';
  await putAnswer(lake.objects, name, {
    ...answer,
    is,
    computed,
    ...(is === 'equal' ? {} : { differences }),
  });
}
