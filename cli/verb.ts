import type { Io } from './io.ts';
import type { Output } from './output.ts';

/** An option as `node:util` parseArgs takes it, and what `--help` says of it. */
export interface VerbOption {
  type: 'string' | 'boolean';
  short?: string;
  multiple?: boolean;
  default?: string | boolean;
  /** What stands for the value in help: `S` in `--site S`. */
  value?: string;
  help: string;
  required?: boolean;
  /** The only values that are taken. */
  choices?: readonly string[];
}

/** A positional argument: `FILE..` is `{ name: 'FILE', required: true, many: true }`. */
export interface VerbArgument {
  name: string;
  required?: boolean;
  many?: boolean;
  help: string;
}

/** One command of the command line; a file in `verbs/` exports one as `verb`. */
export interface Verb {
  name: string;
  /** One line, without a full stop. */
  summary: string;
  arguments?: readonly VerbArgument[];
  options?: Readonly<Record<string, VerbOption>>;
  /** More to know, shown by `--help` under the summary. */
  details?: string;
  /** It works in a folder alone, not on a lake on AWS. */
  embedded?: boolean;
  /** Whole command lines. */
  examples?: readonly string[];
  /**
   * Does the work. It ends the command with 0, or with the exit code it returns; to fail it throws.
   * Heavy things (the engine, the SDK) are imported inside, so that help stays quick.
   */
  run(context: VerbContext): Promise<number | undefined>;
}

/** What a verb is given. Paths are absolute. */
export interface VerbContext {
  io: Io;
  output: Output;
  /** Folder of the embedded lake, or `s3://BUCKET` of one on AWS. */
  home: string;
  /** Whether the user named that folder. */
  homeGiven: boolean;
  /** Folder that holds `sites/`, `definitions/` and `marts/`. */
  dir: string;
  /** Arguments that are no options, checked in number. */
  positionals: string[];
  options: Options;
  /** Aborted when the user interrupts; a verb that waits or serves should then end. */
  signal: AbortSignal;
}

/** Whether a lake lies on AWS (`s3://BUCKET`), not in a folder. */
export const isDeployed = (home: string): boolean => home.startsWith('s3://');

/** Values of a verb's options, checked against what it declares. */
export class Options {
  private readonly values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = values;
  }

  /** The value of a string option, or null when it wasn't given and has no default. */
  text(name: string): string | null {
    const value = this.values[name];
    return typeof value === 'string' ? value : null;
  }

  /** Every value of an option that may be given many times. */
  texts(name: string): string[] {
    const value = this.values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }
}
