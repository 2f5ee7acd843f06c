import { type LakeEnvironment, lakeEnvironment, required, type Variables } from '../../shared/environment.ts';

/** What compact is told through its environment. */
export interface CompactEnvironment extends LakeEnvironment {
  /** Its own queue: landing objects whose units rest come back through it. */
  queueUrl: string;
}

/** Reads `RETCON_BUCKET`, `RETCON_BUS` and `RETCON_COMPACT_QUEUE_URL`. Throws `bad_environment`. */
export function compactEnvironment(variables: Variables): CompactEnvironment {
  return { ...lakeEnvironment(variables), queueUrl: required(variables, 'RETCON_COMPACT_QUEUE_URL') };
}
