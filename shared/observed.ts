import type { MiddlewareObj } from '@middy/core';
import { PRICES } from './core/prices.ts';
import { type Metrics, noMetrics } from './ports/metrics.ts';
import { Spend } from './spend.ts';

/** What a function tells of itself beside its work. */
export interface Observed {
  metrics: Metrics;
  /** Adds up what its clients spend. */
  spend: Spend;
}

/** Where nobody looks: on a laptop. */
export const unobserved = (): Observed => ({ metrics: noMetrics, spend: new Spend() });

/** What is less is told with the next: a value an hour for calls that do next to nothing would cost more than they. */
const LEAST_TOLD = 0.001;

/**
 * Adds to `spend` what an invocation cost, of one that fails too: its time at its memory. Tells at its end what was
 * spent, in it and through the clients that `spend` watches, since it was told before.
 */
export function spending({ metrics, spend }: Observed): MiddlewareObj {
  let began = 0;
  const tell = ({ context }: { context: { functionName?: string; memoryLimitInMB?: string } }): void => {
    const seconds = (performance.now() - began) / 1000;
    const gigabytes = Number(context.memoryLimitInMB ?? 0) / 1024;
    spend.add(PRICES.start + seconds * gigabytes * PRICES.gigabyteSecond);
    if (spend.dollars < LEAST_TOLD) return;
    const SpendDollars = Number(spend.take().toPrecision(6));
    metrics.send({ SpendDollars }, { function: context.functionName });
  };
  return {
    before: () => {
      began = performance.now();
    },
    after: tell,
    onError: tell,
  };
}
