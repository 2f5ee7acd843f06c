import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { badInput, RetconError } from '../shared/core/errors.ts';
import { nearest } from '../shared/core/nearest.ts';
import { mentions, parseCommand, parseGlobal, splitVerb } from './arguments.ts';
import { globalHelp, verbHelp } from './help.ts';
import { Interruption } from './interruption.ts';
import { type Io, processIo } from './io.ts';
import { Output } from './output.ts';
import { type Registered, VERBS } from './registry.ts';
import { Options, type Verb } from './verb.ts';

/**
 * Runs one command line and gives its exit code: 0 done; 1 failed; 2 the command, SQL, a definition or an
 * input file is wrong; 3 refused; 130 or 143 interrupted. Nothing is thrown: what goes wrong is printed.
 * When nobody reads stdout any more (`| head`), the command ends quietly with 0.
 *
 * @param argv the words after `retcon`
 * @param verbs the known verbs; another list is for tests
 */
export async function main(
  argv: readonly string[],
  io: Io = processIo(),
  verbs: readonly Registered[] = VERBS,
): Promise<number> {
  const output = new Output(io, mentions(argv, '--json'));
  const interruption = new Interruption(io);
  const pipes = [io.stdout, io.stderr].map((sink) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      output.close(sink);
      if (error.code !== 'EPIPE') process.exitCode = 1;
      else if (sink === io.stdout) interruption.stop(0);
    };
    sink.on('error', onError);
    return () => sink.off('error', onError);
  });
  try {
    return await interruption.orDone(command(argv, io, output, verbs, interruption.signal), (code) => {
      if (code > 0) output.failure(new RetconError('interrupted', 'interrupted before it was done'));
    });
  } catch (error) {
    return output.failure(error);
  } finally {
    output.finish();
    interruption.release();
    // A write may still fail after this; only a process of its own has no one else to listen.
    if (io.stdout !== process.stdout) for (const release of pipes) release();
  }
}

async function command(
  argv: readonly string[],
  io: Io,
  output: Output,
  verbs: readonly Registered[],
  signal: AbortSignal,
): Promise<number> {
  const { name, rest } = splitVerb(argv);
  if (name === null) return withoutVerb(rest, output, verbs);
  const registered = verbs.find((verb) => verb.name === name);
  if (registered === undefined) throw unknownVerb(name, verbs);
  const { verb } = await registered.load();
  const { values, positionals } = parseCommand(rest, verb);
  if (values.help === true) {
    output.result({ help: verbHelp(verb) }, verbHelp(verb));
    return 0;
  }
  const at = (path: unknown): string => resolve(io.cwd, String(path));
  const lake = lakeOf(values, io, verb);
  const code = await verb.run({
    io,
    output,
    home: lake ?? at(values.home ?? (io.env.RETCON_HOME || '.retcon')),
    homeGiven: values.home !== undefined || Boolean(io.env.RETCON_HOME),
    dir: at(values.dir),
    positionals,
    options: new Options(values),
    signal,
  });
  return code ?? 0;
}

/** The lake on AWS that the command is about, or null: it lies in a folder. What is written wins over the environment. */
function lakeOf(values: Record<string, unknown>, io: Io, verb: Verb): string | null {
  if (values.lake !== undefined && values.home !== undefined) {
    throw badInput('two_lakes', '--lake and --home name two lakes', {
      field: 'lake',
      fix: 'leave one of them out',
    });
  }
  const lake = values.lake ?? (values.home === undefined ? io.env.RETCON_LAKE : undefined);
  if (lake === undefined || lake === '') return null;
  if (!/^s3:\/\/./.test(String(lake))) {
    throw badInput('bad_lake', `${String(lake)} is no lake on AWS`, {
      field: 'lake',
      fix: 'write s3://BUCKET, or --home FOLDER for an embedded lake',
    });
  }
  if (verb.embedded) {
    throw badInput('needs_home', `retcon ${verb.name} works in a folder, not on a lake on AWS`, {
      field: 'lake',
      fix: 'name a folder with --home, and leave out --lake and RETCON_LAKE',
    });
  }
  return String(lake);
}

async function withoutVerb(
  rest: readonly string[],
  output: Output,
  verbs: readonly Registered[],
): Promise<number> {
  const { values } = parseGlobal(rest);
  if (values.version === true) {
    const version = await packageVersion();
    output.result({ version }, version);
    return 0;
  }
  const help = globalHelp(verbs);
  if (values.help === true) {
    output.result({ help }, help);
    return 0;
  }
  if (!output.json) output.note(help);
  throw badInput('missing_verb', 'no verb was given', {
    field: 'VERB',
    fix: `say what to do, one of ${verbs.map((verb) => verb.name).join(', ')}`,
  });
}

function unknownVerb(name: string, verbs: readonly Registered[]): RetconError {
  const names = verbs.map((verb) => verb.name);
  const near = nearest(name, names);
  return badInput('unknown_verb', `retcon has no verb "${name}"`, {
    field: 'VERB',
    fix: near === null ? `it has ${names.join(', ')}` : `did you mean ${near}?`,
  });
}

async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
