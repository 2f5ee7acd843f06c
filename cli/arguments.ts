import { parseArgs } from 'node:util';
import { badInput, type RetconError } from '../shared/core/errors.ts';
import { nearest } from '../shared/core/nearest.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';
import { usageOf } from './help.ts';
import type { Verb, VerbOption } from './verb.ts';

type Declared = Readonly<Record<string, VerbOption>>;

/** A command line taken apart. */
export interface Parsed {
  values: Record<string, unknown>;
  positionals: string[];
}

/**
 * The verb's name, which is the first word that is neither an option nor the value of one, and everything
 * else; null when there is no such word.
 */
export function splitVerb(argv: readonly string[]): { name: string | null; rest: string[] } {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--') break;
    const option = word.startsWith('--') ? (GLOBAL_OPTIONS as Declared)[word.slice(2)] : undefined;
    if (option?.type === 'string') i++;
    else if (!word.startsWith('-')) return { name: word, rest: [...argv.slice(0, i), ...argv.slice(i + 1)] };
  }
  return { name: null, rest: [...argv] };
}

/** Whether a flag is among words that have not been parsed, before any `--`. */
export function mentions(argv: readonly string[], ...flags: string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).some((word) => flags.includes(word));
}

/**
 * Takes a command line (without the verb's name) apart by what the verb declares.
 * @throws exit 2: `unknown_option`, `bad_option`, `missing_option`, `missing_argument`, `unexpected_argument`
 */
export function parseCommand(rest: readonly string[], verb: Verb): Parsed {
  const options: Declared = { ...GLOBAL_OPTIONS, ...verb.options };
  const parsed = parseOptions(rest, options, `retcon ${verb.name}`);
  if (parsed.values.help === true) return parsed;
  for (const [name, option] of Object.entries(options)) {
    if (!option.required || parsed.values[name] !== undefined) continue;
    const message = `${verb.name} needs --${name} ${option.value ?? 'VALUE'}: ${option.help}`;
    throw wrong('missing_option', message, `--${name}`, `usage: ${usageOf(verb)}`);
  }
  checkArguments(parsed.positionals, verb);
  return parsed;
}

/** Options alone, of a command line that names no verb. */
export function parseGlobal(rest: readonly string[]): Parsed {
  return parseOptions(rest, GLOBAL_OPTIONS, 'retcon');
}

function parseOptions(rest: readonly string[], options: Declared, command: string): Parsed {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short === undefined ? {} : { short }), multiple: multiple === true },
    ]),
  );
  const { tokens, positionals } = parseArgs({
    args: [...rest],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, unknown> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = options[token.name];
    if (option === undefined) throw unknownOption(token.rawName, options, command);
    // What looks like an option was hardly meant as a value; `--name=-x` says that it was.
    const swallowed = token.inlineValue === false && /^-./.test(token.value);
    const value = checkedValue(token.name, option, swallowed ? undefined : token.value);
    const before = values[token.name];
    values[token.name] = !option.multiple ? value : Array.isArray(before) ? [...before, value] : [value];
  }
  for (const [name, option] of Object.entries(options)) {
    if (values[name] === undefined && option.default !== undefined) values[name] = option.default;
  }
  return { values, positionals };
}

function checkedValue(name: string, option: VerbOption, value: string | undefined): string | true {
  const field = `--${name}`;
  if (option.type === 'boolean') {
    if (value === undefined) return true;
    throw wrong('bad_option', `${field} takes no value`, field, `write ${field} alone`);
  }
  const example = option.value ?? 'VALUE';
  if (value === undefined || value === '') {
    throw wrong('bad_option', `${field} needs a value`, field, `write ${field} ${example}`);
  }
  if (option.choices && !option.choices.includes(value)) {
    const near = nearest(value, option.choices);
    const fix = near === null ? `use one of ${option.choices.join(', ')}` : `did you mean ${near}?`;
    throw wrong('bad_option', `${field} can't be "${value}"`, field, fix);
  }
  return value;
}

function unknownOption(rawName: string, options: Declared, command: string): RetconError {
  const near = nearest(rawName.replace(/^-+/, ''), Object.keys(options));
  const fix = near === null ? `${command} --help lists them` : `did you mean --${near}?`;
  return wrong('unknown_option', `${command} has no option ${rawName}`, rawName, fix);
}

function checkArguments(positionals: readonly string[], verb: Verb): void {
  const declared = verb.arguments ?? [];
  const missing = declared[positionals.length];
  if (missing?.required) {
    const message = `${verb.name} needs ${missing.name}: ${missing.help}`;
    throw wrong('missing_argument', message, missing.name, `usage: ${usageOf(verb)}`);
  }
  if (positionals.length > declared.length && !declared.at(-1)?.many) {
    const extra = positionals[declared.length]!;
    const message = `${verb.name} doesn't know what to do with "${extra}"`;
    throw wrong('unexpected_argument', message, extra, `usage: ${usageOf(verb)}`);
  }
}

function wrong(code: string, message: string, field: string, fix: string): RetconError {
  return badInput(code, message, { field, fix });
}
