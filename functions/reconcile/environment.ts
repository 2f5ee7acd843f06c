import { type LakeEnvironment, lakeEnvironment, required, type Variables } from '../../shared/environment.ts';

/** What the reconciler is told through its environment. */
export interface ReconcileEnvironment extends LakeEnvironment {
  /** Where beacons wait to be landed, and where those lie that could not be. */
  ingestQueueUrl: string;
  ingestDeadLettersUrl: string;
  compactQueueUrl: string;
}

/** Reads `RETCON_BUCKET`, `RETCON_BUS` and the URLs of three queues. Throws `bad_environment`. */
export function reconcileEnvironment(variables: Variables): ReconcileEnvironment {
  return {
    ...lakeEnvironment(variables),
    ingestQueueUrl: required(variables, 'RETCON_INGEST_QUEUE_URL'),
    ingestDeadLettersUrl: required(variables, 'RETCON_INGEST_DEAD_LETTERS_URL'),
    compactQueueUrl: required(variables, 'RETCON_COMPACT_QUEUE_URL'),
  };
}
