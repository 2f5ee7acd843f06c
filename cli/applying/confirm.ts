import { createInterface } from 'node:readline/promises';
import { RetconError } from '../../shared/core/errors.ts';
import type { VerbContext } from '../verb.ts';

/**
 * Asks a question on the terminal; only `yes` and `y` go on. Elsewhere `--yes` must have answered it.
 *
 * @throws `not_confirmed`, exit 3
 */
export async function confirm({ io, options, output, signal }: VerbContext, question: string): Promise<void> {
  if (options.flag('yes')) return;
  const asked = 'isTTY' in io.stdin && io.stdin.isTTY === true && io.stderr.isTTY === true;
  if (!asked) {
    throw new RetconError('not_confirmed', `${question} Nobody is there to answer, and nothing was changed`, {
      field: '--yes',
      fix: 'add --yes to go on without the question',
      exit: 3,
    });
  }
  output.progress.clear();
  const terminal = createInterface({ input: io.stdin, output: io.stderr });
  // A terminal that closes answers nothing.
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `, { signal }), closed]);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    terminal.close();
  }
  throw new RetconError('not_confirmed', 'not confirmed: nothing was changed', { exit: 3 });
}
