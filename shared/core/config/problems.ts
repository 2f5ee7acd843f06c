import { badInput, type RetconError } from '../errors.ts';

/** Most problems that one message lists. */
const MOST_SHOWN = 20;

/** One mistake in a file that a person wrote. */
export interface Problem {
  /** 1-based; null when the mistake has no place (something is missing from the whole file). */
  line: number | null;
  column: number | null;
  /** Where in the file's structure: `sessions.inactivity`, `scopes[1].from`; empty for the file itself. */
  path: string;
  /** What is wrong, as a clause: `"30" has no unit`. */
  what: string;
  /** What to do, as a clause: `write 30m`. */
  fix: string;
}

/** `definitions/default.yaml:3:15: sessions.inactivity: "30" has no unit; write 30m or 30s`. */
export function problemText(fileName: string, problem: Problem): string {
  const place = problem.line === null ? fileName : `${fileName}:${problem.line}:${problem.column}`;
  const path = problem.path === '' ? '' : `${problem.path}: `;
  return `${place}: ${path}${problem.what}; ${problem.fix}`;
}

/**
 * All problems of a file as one error, in the order of the file; `field` is the path of the first.
 * The fixes stand in the message, so that one line says everything.
 */
export function problemsError(code: string, fileName: string, problems: readonly Problem[]): RetconError {
  const place = (p: Problem): number => (p.line ?? 0) * 1e6 + (p.column ?? 0);
  const sorted = [...problems].sort((a, b) => place(a) - place(b));
  const lines = sorted.slice(0, MOST_SHOWN).map((problem) => problemText(fileName, problem));
  if (sorted.length > MOST_SHOWN) lines.push(`and ${sorted.length - MOST_SHOWN} more`);
  const message =
    sorted.length === 1 ? lines[0]! : `${fileName} has ${sorted.length} mistakes:\n  ${lines.join('\n  ')}`;
  return badInput(code, message, { field: sorted[0]?.path });
}
