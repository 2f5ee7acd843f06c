import { RetconError } from '../../../shared/core/errors.ts';
import { AwsError } from '../errors.ts';
import { inputReader } from '../input.ts';

/** EventBridge's wording for parameters. */
export const read = inputReader('ValidationException');

/** Runs something that compiles a pattern, with AWS's error for a bad one. */
export function withPattern<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RetconError) throw new AwsError('InvalidEventPatternException', error.message);
    throw error;
  }
}
