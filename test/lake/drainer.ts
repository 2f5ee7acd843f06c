/**
 * One OS process among several on a lake: `drainer.ts <home> <plan as JSON>`. It lands the pieces of a
 * history in an order of its own, announces them once more than needed, and works until nothing is left;
 * meanwhile AWS has its faults. Prints one line of JSON.
 */
import { SQSClient } from '@aws-sdk/client-sqs';
import { createLocalAws } from '../../local/aws/index.ts';
import { landingPrefix } from '../../shared/lake/keys.ts';
import { flakyAws, randomNumbers } from './flaky-aws.ts';
import { scatteredHistory } from './scattered-history.ts';
import { landPiece, openSharedLake } from './shared-lake.ts';

/** What a process is told. */
export interface Plan {
  seed: number;
  /** Most faults of a kind. */
  faults: number;
  /** The arguments of `scatteredHistory`. */
  history: [seed: number, visitors: number, pieces: number];
  /** Units that one invocation takes on; null for the usual. */
  units: number | null;
}

/** What it says in the end. */
export interface Drained {
  /** Messages done, by queue. */
  done: Record<string, number>;
  injected: Record<string, number>;
}

const [home = '', plan = ''] = process.argv.slice(2);
const { seed, faults, history, units } = JSON.parse(plan) as Plan;
const quiet = new SQSClient(createLocalAws({ home }).clientConfig);
const flaky = flakyAws(seed, faults, () => quiet);
const test = await openSharedLake({
  home,
  fault: flaky.hook,
  ...(units === null ? {} : { limits: { units, rows: 1_000_000 } }),
});
flaky.arm();
const random = randomNumbers(seed);
const pieces = scatteredHistory(...history).pieces.map((records, piece) => ({
  records,
  piece,
  at: random(),
}));
for (const { records, piece } of pieces.sort((a, b) => a.at - b.at)) await landPiece(test, piece, records);
await test.lake.compactAgain((await test.lake.objects.list(landingPrefix)).map(({ key }) => key));
const report = await test.lake.runtime.drain();
const done = Object.fromEntries(Object.entries(report).map(([queue, { processed }]) => [queue, processed]));
process.stdout.write(`${JSON.stringify({ done, injected: flaky.injected } satisfies Drained)}\n`);
await test.lake.close();
