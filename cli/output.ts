import { once } from 'node:events';
import { RetconError } from '../shared/core/errors.ts';
import { isNoSpace, noSpace } from '../shared/no-space.ts';
import type { Io, Sink } from './io.ts';
import { Progress } from './progress.ts';
import { type Style, styleFor } from './style.ts';

/**
 * Where a command's words go. With `--json` stdout carries exactly one JSON document and everything else
 * goes to stderr; without it, results go to stdout and asides to stderr.
 */
export class Output {
  readonly json: boolean;
  /** For text that goes to stdout through `say` or `result`. */
  readonly style: Style;
  readonly progress: Progress;
  private readonly io: Io;
  private documented = false;
  private readonly closed = new WeakSet<Sink>();

  constructor(io: Io, json: boolean) {
    this.io = io;
    this.json = json;
    this.style = styleFor(json ? io.stderr : io.stdout, io.env);
    this.progress = new Progress(io.stderr, io.env);
  }

  /** A line for the reader: on stdout, or with `--json` on stderr. */
  say(text = ''): void {
    this.print(this.json ? this.io.stderr : this.io.stdout, `${text}\n`);
  }

  /** An aside (what is going on, a warning): always on stderr. */
  note(text: string): void {
    this.print(this.io.stderr, `${text}\n`);
  }

  /**
   * What the command came to: `value` as JSON with `--json`, else `text`. Once in a command.
   * @param value anything JSON can hold; integers beyond 2^53 must be strings already.
   */
  result(value: unknown, text: string): void {
    if (this.json) this.document(value);
    else if (text !== '') this.print(this.io.stdout, text.endsWith('\n') ? text : `${text}\n`);
  }

  /** A part of a result too large to hold, as it is; waits while the reader is slow. With `--json` the
   *  caller sees to it that all parts make one document. */
  async part(text: string): Promise<void> {
    this.documented = true;
    this.progress.clear();
    if (!this.closed.has(this.io.stdout) && !this.io.stdout.write(text)) {
      await Promise.race([once(this.io.stdout, 'drain'), once(this.io.stdout, 'close')]).catch(() => {});
    }
  }

  /** Reports what went wrong, for people or as the JSON document. @returns the exit code it means. */
  failure(error: unknown): number {
    const known = knownError(error);
    const message = known === null ? unexpected(error) : known.message;
    const fix = known?.fix;
    if (this.json && !this.documented) {
      this.document({
        error: known?.code ?? 'unexpected',
        message: fix === undefined ? message : `${message}: ${fix}`,
        ...(known?.field === undefined ? {} : { field: known.field }),
      });
    } else {
      const style = styleFor(this.io.stderr, this.io.env);
      this.note(
        `${style.red('retcon:')} ${message}${fix === undefined ? '' : `\n  ${style.bold('fix:')} ${fix}`}`,
      );
    }
    if (this.io.env.RETCON_DEBUG === '1') this.note(stacksOf(error));
    return known?.exit ?? 1;
  }

  /** With `--json`, prints an empty document if nothing has been printed. */
  finish(): void {
    this.progress.clear();
    if (this.json && !this.documented) this.document({});
  }

  /** Nobody reads this stream any more: what is printed to it is dropped. */
  close(sink: Sink): void {
    this.closed.add(sink);
  }

  private document(value: unknown): void {
    if (this.documented) throw new Error('a command has one result');
    this.documented = true;
    this.print(this.io.stdout, `${JSON.stringify(value)}\n`);
  }

  private print(sink: Sink, text: string): void {
    this.progress.clear();
    if (!this.closed.has(sink)) sink.write(text);
  }
}

/** An error that nobody foresaw, in one sentence. */
function unexpected(error: unknown): string {
  const [first] = (error instanceof Error ? error.message || error.name : String(error)).split('\n') as [
    string,
  ];
  return `something unexpected went wrong: ${first} (RETCON_DEBUG=1 shows where)`;
}

function stacksOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${stacksOf(error.cause)}`;
}

/** What a person can act on; null for a mistake of ours. */
function knownError(error: unknown): RetconError | null {
  if (error instanceof RetconError) return error;
  return isNoSpace(error) ? noSpace('a write found no room', error) : null;
}
