import type { Readable, Writable } from 'node:stream';

/** A stream that text is printed to. */
export type Sink = Writable & { isTTY?: boolean; columns?: number };

/** The world of a command. */
export interface Io {
  stdin: Readable;
  stdout: Sink;
  stderr: Sink;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
  };
}

/** Whether colour and progress belong on a stream: a terminal, and nobody said no (https://no-color.org). */
export function isLively(sink: Sink, env: Io['env']): boolean {
  return sink.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}
