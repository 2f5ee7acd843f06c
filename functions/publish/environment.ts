import {
  badEnvironment,
  type LakeEnvironment,
  lakeEnvironment,
  required,
  type Variables,
} from '../../shared/environment.ts';

/** When marts are built whose inputs moved: at every announcement, or only when a schedule says so. */
export type MartsWhen = 'arrivals' | 'schedule';

/** What publish is told through its environment. */
export interface PublishEnvironment extends LakeEnvironment {
  /** Workgroup of its queries; it must not enforce its own result location, or CTAS lands there. */
  workGroup: string;
  marts: MartsWhen;
  /** Dollars a day that scheduled builds may cost. */
  martsPerDay: number;
}

/**
 * Reads `RETCON_BUCKET`, `RETCON_BUS`, `RETCON_WORKGROUP` and, optional, `RETCON_MARTS` and `RETCON_MARTS_PER_DAY`.
 * Throws `bad_environment`.
 */
export function publishEnvironment(variables: Variables): PublishEnvironment {
  const marts = variables['RETCON_MARTS'] || 'schedule';
  if (marts !== 'arrivals' && marts !== 'schedule') {
    throw badEnvironment('RETCON_MARTS', `is "${marts}": use arrivals or schedule`);
  }
  const martsPerDay = Number(variables['RETCON_MARTS_PER_DAY'] || 1);
  if (!(martsPerDay > 0)) {
    throw badEnvironment(
      'RETCON_MARTS_PER_DAY',
      `is "${variables['RETCON_MARTS_PER_DAY']}": give dollars a day, such as 1`,
    );
  }
  const workGroup = required(variables, 'RETCON_WORKGROUP');
  return { ...lakeEnvironment(variables), workGroup, marts, martsPerDay };
}

/** Reads `RETCON_BUCKET`. Throws `bad_environment`. */
export function garbageEnvironment(variables: Variables): Pick<LakeEnvironment, 'bucket'> {
  return { bucket: required(variables, 'RETCON_BUCKET') };
}
