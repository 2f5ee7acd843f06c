import type { LocalResponse } from './wire.ts';

export type ServiceName = 's3' | 'sqs' | 'events' | 'glue' | 'athena';

/** One call as faults, meters and traces see it. */
export interface Call {
  service: ServiceName;
  operation: string;
  /** What it is about: `bucket/key` for S3, else the operation's target name when it has one. */
  summary: string;
  /** 1 for the first call of this in-process AWS. */
  number: number;
}

/**
 * Called before and after every operation, for tests. It may throw (the client sees a connection that
 * broke: before, nothing has happened; after, the operation has been applied), or answer instead.
 */
export type FaultHook = (
  call: Call,
  phase: 'before' | 'after',
  response?: LocalResponse,
) => LocalResponse | undefined | Promise<LocalResponse | undefined>;

/** Counts requests per service and operation, e.g. `s3.PutObject`. */
export class Meter {
  readonly counts = new Map<string, number>();

  count(call: Call): void {
    const name = `${call.service}.${call.operation}`;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** How often an operation was called so far. */
  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }
}
