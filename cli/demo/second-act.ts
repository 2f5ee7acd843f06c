import { previewOf } from '../../functions/publish/comparison/preview-of.ts';
import type { ComparedRange } from '../../functions/publish/comparison/range.ts';
import { REASONS } from '../../functions/publish/comparison/reasons.ts';
import { counted, headline } from '../../functions/publish/comparison/words.ts';
import type { LocalLake } from '../../local/lake.ts';
import { merged } from '../../shared/core/definition/scopes.ts';
import { lookDetail } from '../../shared/envelopes/events.ts';
import { candidateOf, candidateOfRelease } from '../../shared/lake/candidate.ts';
import { changeWords } from '../../shared/lake/changes.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { propose } from '../../shared/lake/proposals.ts';
import { everyRelease, type Release } from '../../shared/lake/releases.ts';
import { everySite } from '../../shared/lake/sites.ts';
import { dollars } from '../amounts.ts';
import { applyCandidate } from '../applying/apply-candidate.ts';
import { type Proposed, proposedByRelease } from '../candidates.ts';
import { planProposed } from '../planning.ts';
import type { VerbContext } from '../verb.ts';

/** What the second act came to; null when it was played before. */
export interface SecondAct {
  sessions: { before: number; previewed: number; applied: number; back: number };
  plan: { certain: Record<string, number>; at_most: Record<string, number>; usd: number };
  releases: number;
}

/** What the definition becomes: the two rules that are disputed most. */
const RULES = { inactivity_ms: 15 * 60_000, on_campaign: 'utm' as const };

/**
 * The second act of the demo: the definition of a session changes for all of history. Planned, previewed,
 * applied, compared with the preview, and taken back. Interrupted, the next demo takes it back.
 */
export async function secondAct(
  context: Pick<VerbContext, 'output' | 'signal'>,
  lake: LocalLake,
): Promise<SecondAct | null> {
  const { output } = context;
  const { style } = output;
  const line = (stage: string, text: string): void => output.say(`${style.bold(stage.padEnd(13))}${text}`);
  const [live, before] = await everyRelease(lake.objects);
  if (live === undefined) return null;
  if (live.release > 1) {
    if (live.definition !== before!.definition && live.release === 2)
      await goBack(context, lake, before!, live);
    return null;
  }
  output.say();
  output.say(style.bold('Second act: 15 minutes end a session, and so does another campaign'));
  const proposed = await proposal(lake, live);
  const { plan } = await planProposed(lake.lake, proposed);
  const some = (counts: Record<string, number>): string => {
    const listed = Object.entries(counts).filter(([, n]) => n > 0);
    return listed.length === 0 ? 'nothing' : listed.map(([name, n]) => `${name} ${n}`).join(', ');
  };
  line('plan', `${changeWords(plan.changes).join('; ')}`);
  line('', `stale for certain: ${some(plan.certain)}; on AWS at most ${dollars(plan.estimate.usd)}`);

  const counts = { before: await sessionsOf(lake), previewed: 0, applied: 0, back: 0 };
  const changes = changeWords(plan.changes);
  counts.previewed = await preview(lake, proposed, live, changes, line);
  const began = performance.now();
  const about = { live, why: 'the demo', changes, max_cost: null };
  const { release, computed, reused } = await applyCandidate(lake, proposed.candidate, about, context);
  counts.applied = await sessionsOf(lake);
  line(
    'apply',
    `release ${release} is live after ${seconds(began)}: computed ${some(computed)}; reused ${some(reused)}`,
  );
  line('compare', `${counted(counts.applied)} sessions now, ${counted(counts.previewed)} in the preview`);
  await goBack(context, lake, live, (await everyRelease(lake.objects))[0]!);
  counts.back = await sessionsOf(lake);
  return {
    sessions: counts,
    plan: { certain: plan.certain, at_most: plan.at_most, usd: plan.estimate.usd },
    releases: 3,
  };
}

async function proposal(lake: LocalLake, live: Release): Promise<Proposed> {
  const read = await proposedByRelease(lake.lake, String(live.release));
  const definition = merged(read.definition, { sessions: RULES });
  await storeDefinition(lake.objects, definition);
  const { martSources } = await import('../../shared/lake/marts.ts');
  const sources = await martSources(lake.objects, live.marts);
  return { ...read, definition, candidate: candidateOf(definition, sources, live.sites) };
}

/** Compares, and says what it shows. @returns the sessions that there would be */
async function preview(
  lake: LocalLake,
  { candidate }: Proposed,
  live: Release,
  changes: string[],
  line: (stage: string, text: string) => void,
): Promise<number> {
  const at = new Date(lake.clock.now()).toISOString();
  const about = { at, who: 'demo', why: 'preview', changes, base: live.release };
  const { id } = await propose(lake.objects, candidate, about);
  const range: ComparedRange = { from: null, to: null, sites: await everySite(lake.lake) };
  await lake.bus.announce([
    { type: 'Definition Changed', detail: lookDetail({ proposal: id, range: null }) },
  ]);
  await lake.runtime.drain();
  const compared = await previewOf({ lake: lake.lake, queries: lake.queries }, id, range);
  if (compared === 'waiting') throw new Error('the preview is not whole after all work was done');
  line('preview', headline(compared.totals));
  const changed = compared.reasons.filter(({ reason }) => reason !== 'unchanged');
  for (const { reason, count } of changed.sort((a, b) => b.count - a.count).slice(0, 4)) {
    line('', `${counted(count).padStart(7)}  ${REASONS[reason].words}`);
  }
  return compared.totals.sessions.then;
}

async function goBack(
  context: Pick<VerbContext, 'output' | 'signal'>,
  lake: LocalLake,
  to: Release,
  live: Release,
): Promise<void> {
  const { style } = context.output;
  const began = performance.now();
  const about = { live, why: 'the demo', changes: [`back to release ${to.release}`], max_cost: null };
  const { release } = await applyCandidate(lake, candidateOfRelease(to), about, context);
  const text = `release ${release} shows what release ${to.release} did, after ${seconds(began)}; ${counted(await sessionsOf(lake))} sessions`;
  context.output.say(`${style.bold('rollback'.padEnd(13))}${text}`);
}

const seconds = (began: number): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;

async function sessionsOf(lake: LocalLake): Promise<number> {
  return Number((await lake.queries.query('SELECT count(*) FROM sessions')).rows[0]![0]);
}
