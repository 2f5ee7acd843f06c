import type { SQSEvent } from 'aws-lambda';
import { BATCH_LIMITS, type BatchLimits } from '../functions/sessionize/tasks.ts';
import { Meter } from '../local/aws/index.ts';
import { type LocalLake, openLocalLake } from '../local/lake.ts';
import { createRuntime, type LambdaFunction } from '../local/runtime/index.ts';
import { topology } from '../local/topology.ts';

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

export interface CountedLake {
  lake: LocalLake;
  /**
   * Does something and says what functions cost meanwhile.
   *
   * @param work does it, with a way to have every function work until nothing is left
   */
  count<T>(work: (drain: () => Promise<unknown>) => Promise<T>): Promise<{ worked: Worked; made: T }>;
}

/**
 * Opens a lake whose functions are counted, one instance of each.
 *
 * @param queues those that are worked on here
 * @param units the most that one call of sessionize takes on; 0: any number
 */
export async function openCounted(
  home: string,
  queues: readonly string[],
  units: number = BATCH_LIMITS.units,
): Promise<CountedLake> {
  const limits: BatchLimits =
    units === 0
      ? { units: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY }
      : { ...BATCH_LIMITS, units };
  const meter = new Meter();
  const complain = (message: string, about?: object): void => {
    process.stderr.write(`${message} ${JSON.stringify(about)}\n`);
  };
  const log = { info: () => {}, warn: complain, error: complain };
  const lake = await openLocalLake({ home, meter, limits, log });
  let worked: Worked = { cpu: 0, peak: 0, starts: {}, requests: {} };
  // Calls that overlap share their CPU, which counts once.
  let running = 0;
  let since = process.cpuUsage();
  const counted =
    (name: string, run: LambdaFunction): LambdaFunction =>
    async (event: SQSEvent, context) => {
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
  const runtime = createRuntime({
    aws: lake.aws,
    topology: {
      ...topology,
      mappings: topology.mappings
        .filter(({ queue }) => queues.includes(queue))
        .map((mapping) => ({ ...mapping, concurrency: 1 })),
    },
    functions: Object.fromEntries(
      Object.entries(lake.functions).map(([name, run]) => [name, counted(name, run)]),
    ),
    onError: (error, where) => complain(String(error), where),
  });
  return {
    lake,
    async count(work) {
      worked = { cpu: 0, peak: 0, starts: {}, requests: {} };
      meter.counts.clear();
      const made = await work(() => runtime.drain());
      // Of a queue, only sending is a function's request; the rest is the platform's.
      const own = [...meter.counts].filter(
        ([name]) => !name.startsWith('sqs.') || name.startsWith('sqs.Send'),
      );
      worked.requests = Object.fromEntries(own);
      worked.peak = process.resourceUsage().maxRSS / 1024;
      return { worked, made };
    },
  };
}
