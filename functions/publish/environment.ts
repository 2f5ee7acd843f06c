import { type LakeEnvironment, lakeEnvironment, required, type Variables } from '../../shared/environment.ts';

/** What publish is told through its environment. */
export interface PublishEnvironment extends LakeEnvironment {
  /** Workgroup of its queries; it must not enforce its own result location, or CTAS lands there. */
  workGroup: string;
}

/** Reads `RETCON_BUCKET`, `RETCON_BUS` and `RETCON_WORKGROUP`. Throws `bad_environment`. */
export function publishEnvironment(variables: Variables): PublishEnvironment {
  return { ...lakeEnvironment(variables), workGroup: required(variables, 'RETCON_WORKGROUP') };
}
