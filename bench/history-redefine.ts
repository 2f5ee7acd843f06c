import { type Counts, countResults } from '../cli/applying/count-results.ts';
import { previewOf } from '../functions/publish/comparison/preview-of.ts';
import { type ComparedRange, daysAround } from '../functions/publish/comparison/range.ts';
import { parseDefinition } from '../shared/core/definition/parse.ts';
import { lookDetail } from '../shared/envelopes/events.ts';
import { type Candidate, candidateOf } from '../shared/lake/candidate.ts';
import { storeDefinition } from '../shared/lake/definitions.ts';
import { findProposal, propose, startApplying } from '../shared/lake/proposals.ts';
import { everyRelease } from '../shared/lake/releases.ts';
import { openCounted, type Worked } from './counted-lake.ts';
import { SITE } from './history-lake.ts';

/**
 * Changes the session timeout of a whole history: `history-redefine.ts HOME`, a lake that is sessionized. Prints
 * what each act cost as JSON.
 */

/** What one act of the change did. */
export interface Act {
  what: string;
  /** Wall clock, s. */
  seconds: number;
  worked: Worked;
  /** Bytes that queries read. */
  scanned: number;
  /** Results of the new definition that were computed, and that were there already. */
  computed: Counts;
  reused: Counts;
  /** How many sessions there are, where the act counts them. */
  sessions?: [before: number, after: number];
}

const [home = ''] = process.argv.slice(2);
const { lake, count } = await openCounted(home, ['sessionize', 'work', 'publish']);
const { objects, bus } = lake;
const acts: Act[] = [];

async function act<T extends Partial<Act>>(
  what: string,
  work: (drain: () => Promise<unknown>) => Promise<T>,
): Promise<void> {
  const from = performance.now();
  const { worked, made } = await count(work);
  const seconds = (performance.now() - from) / 1000;
  acts.push({ what, seconds, worked, scanned: 0, computed: {}, reused: {}, ...made });
}

async function candidate(inactivity: string): Promise<Candidate> {
  const definition = parseDefinition(`sessions: { inactivity: ${inactivity} }`, 'default.yaml');
  await storeDefinition(objects, definition);
  return candidateOf(definition, {}, {});
}

async function about() {
  const [live] = await everyRelease(objects);
  const at = new Date(lake.clock.now()).toISOString();
  return { live: live!, note: { at, who: 'bench', why: '', changes: [], base: live!.release } };
}

async function preview(wanted: Candidate, drain: () => Promise<unknown>): Promise<Partial<Act>> {
  const since = Date.now();
  const { live, note } = await about();
  const { id } = await propose(objects, wanted, note);
  const range: ComparedRange = { from: null, to: null, sites: [SITE] };
  const detail = { ...lookDetail({ proposal: id, range: daysAround(range) }), site: SITE };
  await bus.announce([{ type: 'Definition Changed', detail }]);
  await drain();
  const found = await previewOf(lake, id, range);
  if (found === 'waiting') throw new Error('the preview is not whole');
  const { sessions } = found.totals as Record<string, { now: number; then: number }>;
  return {
    scanned: found.asked.bytes_scanned,
    sessions: [sessions!.now, sessions!.then],
    ...(await countResults(lake.lake, wanted, live, since)),
  };
}

async function apply(wanted: Candidate, drain: () => Promise<unknown>): Promise<Partial<Act>> {
  const since = Date.now();
  const { live, note } = await about();
  const { at, who } = note;
  const { id } = await startApplying(objects, wanted, note, { at, who, max_cost: null });
  await bus.announce([{ type: 'Definition Changed', detail: { proposal: id } }]);
  await drain();
  const outcome = (await findProposal(objects, id))?.proposal.outcome;
  if (outcome?.is !== 'released') throw new Error(`not released: ${JSON.stringify(outcome)}`);
  return countResults(lake.lake, wanted, live, since);
}

const [longer, shorter] = [await candidate('30m'), await candidate('15m')];
await act('first publication', async (drain) => {
  await drain();
  return {};
});
await act('preview of 15 minutes', (drain) => preview(shorter, drain));
await act('apply', (drain) => apply(shorter, drain));
await act('back to 30 minutes', (drain) => apply(longer, drain));
await act('to 15 minutes again', (drain) => apply(shorter, drain));
await lake.close();
process.stdout.write(JSON.stringify(acts), () => process.exit(0));
