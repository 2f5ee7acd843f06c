import { required, type Variables } from '../../shared/environment.ts';

/** What the watch is told through its environment. */
export interface WatchEnvironment {
  bucket: string;
  /** Queues of messages that were given up. */
  deadLetterUrls: string[];
}

/** Reads `RETCON_BUCKET` and `RETCON_DEAD_LETTER_URLS`, which a comma separates. Throws `bad_environment`. */
export function watchEnvironment(variables: Variables): WatchEnvironment {
  return {
    bucket: required(variables, 'RETCON_BUCKET'),
    deadLetterUrls: required(variables, 'RETCON_DEAD_LETTER_URLS').split(','),
  };
}
