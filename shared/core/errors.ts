/**
 * An error whose message is meant for the person who caused it or who must act on it: one clear
 * sentence that names what is wrong and, in `fix`, the way out. Lower code throws it; only the edge
 * (command line, handler) prints or logs it.
 *
 * Exit codes of the command line (CONTRACT "Command line"): 1 failed; 2 the command, SQL, a definition
 * or an input file is wrong; 3 refused (budget, a plan that no longer holds, not confirmed).
 */
export class RetconError extends Error {
  readonly code: string;
  readonly field: string | undefined;
  readonly fix: string | undefined;
  readonly exit: 1 | 2 | 3;

  constructor(
    code: string,
    message: string,
    options: { field?: string; fix?: string; exit?: 1 | 2 | 3; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RetconError';
    this.code = code;
    this.field = options.field;
    this.fix = options.fix;
    this.exit = options.exit ?? 1;
  }
}

/** Something that a user wrote is wrong: a file, an argument, SQL. Exit code 2. */
export function badInput(
  code: string,
  message: string,
  options: { field?: string; fix?: string; cause?: unknown } = {},
): RetconError {
  return new RetconError(code, message, { ...options, exit: 2 });
}

/** A mistake as it is told: the JSON of a verb's error, of an answer, of a site file that was refused. */
export interface Mistake {
  error: string;
  message: string;
  field?: string;
  fix?: string;
}

/** The mistake of whoever asked. Anything else, a service that doesn't answer say, is thrown on. */
export function mistakeOf(cause: unknown): Mistake {
  if (!(cause instanceof RetconError) || cause.exit === 1) throw cause;
  const { code, message, field, fix } = cause;
  return {
    error: code,
    message,
    ...(field === undefined ? {} : { field }),
    ...(fix === undefined ? {} : { fix }),
  };
}
