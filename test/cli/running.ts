import { Readable, Writable } from 'node:stream';
import type { Io, Sink } from '../../cli/io.ts';
import { main } from '../../cli/main.ts';
import type { Registered } from '../../cli/registry.ts';
import type { Verb } from '../../cli/verb.ts';

/** A stream that remembers what was printed to it. */
export class Paper extends Writable {
  text = '';
  isTTY = false;
  columns = 80;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export function registered(...verbs: Verb[]): Registered[] {
  return verbs.map((verb) => ({ name: verb.name, summary: verb.summary, load: async () => ({ verb }) }));
}

/** Runs a command line in this process and gives what it printed. */
export async function run(
  argv: string[],
  options: { verbs?: Registered[]; env?: Io['env']; cwd?: string; terminal?: boolean; stdout?: Sink } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const out = new Paper();
  const err = new Paper();
  out.isTTY = err.isTTY = options.terminal === true;
  const io: Io = {
    stdin: Readable.from([]),
    stdout: options.stdout ?? out,
    stderr: err,
    env: options.env ?? {},
    cwd: options.cwd ?? '/nowhere',
  };
  const code = await main(argv, io, options.verbs);
  return { code, stdout: out.text, stderr: err.text };
}
