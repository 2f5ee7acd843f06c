import type { SQSEvent } from 'aws-lambda';
import { BATCH_LIMITS } from '../functions/sessionize/tasks.ts';
import { Meter } from '../local/aws/index.ts';
import { openLocalLake } from '../local/lake.ts';
import { createRuntime, type LambdaFunction } from '../local/runtime/index.ts';
import { topology } from '../local/topology.ts';

/**
 * One process that sessionizes until nothing is left: `history-worker.ts HOME UNITS`, where one call takes on at
 * most UNITS units, or any number of them (0). Prints what it cost as JSON.
 */

/** What one process did and what it cost. */
export interface Worked {
  /** CPU seconds while a function ran, user and system, all threads. */
  cpu: number;
  /** Largest resident size, MB. */
  peak: number;
  /** How often each function started. */
  starts: Record<string, number>;
  /** What the functions asked for, by service and operation. */
  requests: Record<string, number>;
}

const [home = '', units = ''] = process.argv.slice(2);
const limits =
  units === '0'
    ? { units: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY }
    : { ...BATCH_LIMITS, units: Number(units) };
const meter = new Meter();
const complain = (message: string, about?: object): void => {
  process.stderr.write(`${message} ${JSON.stringify(about)}\n`);
};
const lake = await openLocalLake({
  home,
  meter,
  limits,
  log: { info: () => {}, warn: complain, error: complain },
});
const worked: Worked = { cpu: 0, peak: 0, starts: {}, requests: {} };

/** Counts what a function costs; calls that overlap share their CPU, which counts once. */
let running = 0;
let since = process.cpuUsage();
function counted(name: string, run: LambdaFunction): LambdaFunction {
  return async (event: SQSEvent, context) => {
    worked.starts[name] = (worked.starts[name] ?? 0) + 1;
    if (running++ === 0) since = process.cpuUsage();
    try {
      return await run(event, context);
    } finally {
      if (--running === 0) {
        const { user, system } = process.cpuUsage(since);
        worked.cpu += (user + system) / 1e6;
      }
    }
  };
}

const { mappings } = topology;
const runtime = createRuntime({
  aws: lake.aws,
  topology: {
    ...topology,
    mappings: mappings
      .filter(({ queue }) => queue === 'sessionize' || queue === 'work')
      .map((mapping) => ({ ...mapping, concurrency: 1 })),
  },
  functions: Object.fromEntries(
    Object.entries(lake.functions).map(([name, run]) => [name, counted(name, run)]),
  ),
  onError: (error, where) => complain(String(error), where),
});
meter.counts.clear();
await runtime.drain();
/** Of a queue, only sending is a function's request; the rest is the platform's. */
const own = [...meter.counts].filter(([name]) => !name.startsWith('sqs.') || name.startsWith('sqs.Send'));
worked.requests = Object.fromEntries(own);
worked.peak = process.resourceUsage().maxRSS / 1024;
await lake.close();
process.stdout.write(JSON.stringify(worked), () => process.exit(0));
