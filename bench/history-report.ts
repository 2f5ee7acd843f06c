import { PRICES, S3_SECONDS, WORKER_GB } from '../shared/core/prices.ts';
import type { Worked } from './counted-lake.ts';
import type { History, HistoryRun } from './history.ts';
import type { Act } from './history-redefine.ts';

/** The history that the figures are carried over to: so many events in as many units. */
const WHOLE = 9.5e9;
/** Seconds that are waited for a request; none is waited for here, where the store is a folder. */
const WAIT = S3_SECONDS;

export const HISTORY_TITLE = 'A whole history';

/** What runs of a history cost in all. */
export interface Costs {
  cpu: number;
  starts: number;
  writes: number;
  reads: number;
}

export function costsOf({ workers }: Pick<HistoryRun, 'workers'>): Costs {
  const sum = (of: (worker: Worked) => number): number =>
    workers.reduce((all, worker) => all + of(worker), 0);
  return {
    cpu: sum(({ cpu }) => cpu),
    starts: sum(({ starts }) => Object.values(starts).reduce((all, n) => all + n, 0)),
    writes: sum(({ requests }) => (requests['s3.PutObject'] ?? 0) + (requests['s3.ListObjectsV2'] ?? 0)),
    reads: sum(({ requests }) => requests['s3.GetObject'] ?? 0),
  };
}

/** Dollars of costs, with the seconds that were waited for S3. */
export function dollarsOf({ cpu, starts, writes, reads }: Costs) {
  const waiting = (writes + reads) * WAIT;
  const lambda = (cpu + waiting) * WORKER_GB * PRICES.gigabyteSecond + starts * PRICES.start;
  const s3 = writes * PRICES.write + reads * PRICES.read;
  return { waiting, lambda, s3, all: lambda + s3 };
}

/** The section of docs/performance.md about a history: what was measured, and what was multiplied. */
export function historySection({ serial, parallel, acts }: History): string {
  const { units, events, sessions, digest } = parallel.made;
  const factor = WHOLE / events;
  const measured = costsOf(parallel);
  // A unit of the whole history is a batch by itself: each of the two waves starts as many workers, and the
  // site is planned three times. Requests go by units, of which there are as many.
  const whole: Costs = { ...measured, cpu: measured.cpu * factor, starts: 2 * units + 3 };
  const [here, there] = [dollarsOf(measured), dollarsOf(whole)];
  const line = (...cells: string[]): string => `| ${cells.join(' | ')} |`;
  const n = (value: number, digits = 0): string =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const x = `x ${n(factor, 1)}`;
  const runs = [serial, parallel].map((run) => {
    const { cpu, starts, writes, reads } = costsOf(run);
    const peak = Math.max(...run.workers.map((worker) => worker.peak));
    const batch = run.batch === 0 ? 'all units in one call' : `${run.batch} units a call`;
    const name = `${run.processes} process${run.processes === 1 ? '' : 'es'}, ${batch}`;
    return line(name, n(run.seconds), n(cpu), n(peak), n(starts), n(writes), n(reads));
  });
  return `Written by \`npm run bench -- --history --write docs/performance.md\`. ${n(units)} units of one site with
${n(events)} generated events (sessions run over midnights, visitors come back), sessionized from their facts by the
planner and its workers over the embedded AWS. Both runs made ${n(sessions)} sessions; the digests of both tables of
every unit are equal (\`${digest}\`).

| run | seconds | CPU s | peak MB | starts | PUT, LIST | GET |
|---|---|---|---|---|---|---|
${runs.join('\n')}

CPU seconds are those while a function ran. The same for ${n(WHOLE / 1e9, 1)} G events in as many units:

| | measured | | ${n(WHOLE / 1e9, 1)} G events |
|---|---|---|---|
${[
  line('units', n(units), 'the same', n(units)),
  line('events', n(events), x, n(WHOLE)),
  line('CPU s', n(measured.cpu), x, n(whole.cpu)),
  line(
    'waiting for S3, s',
    `${n(measured.writes + measured.reads)} requests x ${WAIT * 1000} ms, assumed`,
    'the same',
    n(there.waiting),
  ),
  line('starts', n(measured.starts), '2 waves of a unit a call, 3 plans', n(whole.starts)),
  line('PUT and LIST', n(measured.writes), 'the same', n(whole.writes)),
  line('GET', n(measured.reads), 'the same', n(whole.reads)),
  line(
    'Lambda, $',
    n(here.lambda, 3),
    `(CPU + waiting) x ${n(WORKER_GB, 2)} GB x $${PRICES.gigabyteSecond}, $0.20 a million starts`,
    n(there.lambda, 2),
  ),
  line('S3, $', n(here.s3, 3), '$0.005 a thousand PUT and LIST, $0.0004 a thousand GET', n(there.s3, 3)),
  line('**all, $**', n(here.all, 3), '', `**${n(there.all, 2)}**`),
].join('\n')}

Multiplying the CPU is too much for large units: what a unit costs whatever its size is multiplied with it. Waiting is
taken as if no request overlapped with work. Not in it: compaction, publishing, storage, and what an arm64 core does
otherwise than the one here.

${redefinedText(acts)}`;
}

/** What it took to change the timeout of the same history, there and back. */
function redefinedText(acts: readonly Act[]): string {
  const n = (value: number, digits = 0): string =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const counts = (of: Record<string, number>): string =>
    Object.entries(of)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${n(count)} ${name}`)
      .join(', ') || 'nothing';
  const lines = acts.map((act) => {
    const costs = costsOf({ workers: [act.worked] });
    const { all } = dollarsOf(costs);
    const dollars = all + act.scanned * PRICES.scanned;
    const cells = [
      act.what,
      n(act.seconds),
      n(costs.cpu),
      n(act.worked.peak),
      n(costs.writes),
      n(costs.reads),
    ];
    const glue = Object.entries(act.worked.requests)
      .filter(([name]) => name.startsWith('glue.'))
      .reduce((sum, [, count]) => sum + count, 0);
    const made = act.what === acts[0]?.what ? '' : `${counts(act.computed)} / ${counts(act.reused)}`;
    return `| ${[...cells, n(glue), n(dollars, 3), made].join(' | ')} |`;
  });
  const counted = acts.find(({ sessions }) => sessions !== undefined)?.sessions;
  const sessions = counted ? ` (${n(counted[0])} sessions become ${n(counted[1])})` : '';
  return `Then the timeout of that history is changed from 30 minutes to 15${sessions}, back, and to 15 again, by one
instance of each function, without marts:

| act | seconds | CPU s | peak MB | PUT, LIST | GET | Glue | $ | computed / there already |
|---|---|---|---|---|---|---|---|---|
${lines.join('\n')}

The first row shows the history to readers for the first time: a partition of each table and day in the catalog. The
dollars are Lambda's, with ${WAIT * 1000} ms waited for each request to S3, S3's, and of the preview what its queries read. Peaks from
the preview on hold the embedded Athena, which compares all sessions of both definitions in the same process.
`;
}
