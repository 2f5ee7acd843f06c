import type { LocalLake } from './lake.ts';
import type { Runtime } from './runtime/index.ts';

/**
 * A lake as the verbs work on it, wherever it lies: embedded in a folder, or on AWS, where its functions run by
 * themselves and `drain` waits for them.
 */
export interface WorkingLake
  extends Pick<
    LocalLake,
    | 'clock'
    | 'log'
    | 'lake'
    | 'objects'
    | 'bus'
    | 'clients'
    | 'queries'
    | 'queueUrl'
    | 'bucketUri'
    | 'compactAgain'
    | 'close'
  > {
  runtime: Pick<Runtime, 'drain'>;
  /** The in-process AWS of an embedded lake. */
  aws?: LocalLake['aws'];
}
