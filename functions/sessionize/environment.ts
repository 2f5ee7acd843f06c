import { type LakeEnvironment, lakeEnvironment, required, type Variables } from '../../shared/environment.ts';

/** What sessionize and its workers are told through their environment. */
export interface SessionizeEnvironment extends LakeEnvironment {
  /** The queue that the function sends to: of sessionize, its workers'; of a worker, that of sessionize. */
  queueUrl: string;
}

/** Reads `RETCON_BUCKET`, `RETCON_BUS` and, as `variable` is called, the URL of a queue. */
export function sessionizeEnvironment(
  variables: Variables,
  variable: 'RETCON_WORK_QUEUE_URL' | 'RETCON_PLAN_QUEUE_URL',
): SessionizeEnvironment {
  return { ...lakeEnvironment(variables), queueUrl: required(variables, variable) };
}
