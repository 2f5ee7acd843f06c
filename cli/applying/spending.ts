import { Meter } from '../../local/aws/index.ts';
import type { Invoked } from '../../local/runtime/index.ts';
import { PRICES, WORKER_GB } from '../../shared/core/prices.ts';

/** Memory of the functions in infra/functions.yml, GB; sessionize and its workers, compact: the default. */
const MEMORY: Record<string, number> = { land: 1, publish: 1 };

/**
 * What the work of this process would cost on AWS, as far as it can be told from here: time of functions and
 * requests to S3. What Athena scans to build marts is not in it.
 */
export class Spending {
  readonly meter = new Meter();
  #lambda = 0;

  readonly onInvoked = ({ function: name, milliseconds }: Invoked): void => {
    const gigabytes = MEMORY[name] ?? WORKER_GB;
    this.#lambda += (milliseconds / 1000) * gigabytes * PRICES.gigabyteSecond + PRICES.start;
  };

  /** Dollars so far. */
  dollars(): number {
    const of = (...operations: string[]): number =>
      operations.reduce((sum, operation) => sum + this.meter.of(`s3.${operation}`), 0);
    const writes = of('PutObject', 'ListObjectsV2') * PRICES.write;
    return this.#lambda + writes + of('GetObject', 'HeadObject') * PRICES.read;
  }
}
