/** An error that a service answers with: the code and status of its API page. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Further members of the error's body (S3: elements; JSON services: fields). */
  readonly extra: Record<string, string>;

  constructor(code: string, message: string, status = 400, extra: Record<string, string> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.extra = extra;
  }
}

/** The sentence for what the in-process AWS refuses rather than answers wrongly. */
export function unsupportedMessage(what: string): string {
  return `The in-process AWS does not support ${what}; leave it out or use a lake on AWS.`;
}

/** The `code` of a failed system call (`ENOENT`, ...), or undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
