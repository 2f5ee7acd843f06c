import { badInput, type RetconError } from '../../../shared/core/errors.ts';

/** The error of an event pattern that isn't one. */
export function invalidPattern(reason: string): RetconError {
  return badInput('invalid_event_pattern', `Event pattern is not valid. Reason: ${reason}`);
}
