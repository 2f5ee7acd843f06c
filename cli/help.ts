import { GLOBAL_OPTIONS } from './global-options.ts';
import type { Registered } from './registry.ts';
import { textWidth } from './text-width.ts';
import type { Verb, VerbOption } from './verb.ts';

/** What `retcon --help` prints. */
export function globalHelp(verbs: readonly Registered[]): string {
  return [
    'Retcon: web analytics whose definitions can change after the fact.',
    '',
    'Usage: retcon VERB [ARGUMENTS] [OPTIONS]',
    '',
    'Verbs:',
    ...pairs(verbs.map((verb) => [verb.name, verb.summary])),
    '',
    'Options of every verb:',
    ...pairs(optionPairs(GLOBAL_OPTIONS)),
    '',
    '`retcon VERB --help` says more about one.',
    '',
  ].join('\n');
}

/** What `retcon VERB --help` prints. */
export function verbHelp(verb: Verb): string {
  const options = optionPairs(verb.options ?? {});
  const lines = [`retcon ${verb.name}: ${verb.summary}`, '', `Usage: ${usageOf(verb)}`];
  if (verb.details !== undefined) lines.push('', verb.details.trim());
  const named = (verb.arguments ?? []).map((argument) => [argument.name, argument.help] as [string, string]);
  if (named.length > 0) lines.push('', 'Arguments:', ...pairs(named));
  if (options.length > 0) lines.push('', 'Options:', ...pairs(options));
  lines.push('', 'Options of every verb:', ...pairs(optionPairs(GLOBAL_OPTIONS)));
  if (verb.examples?.length) lines.push('', 'Examples:', ...verb.examples.map((example) => `  ${example}`));
  return `${lines.join('\n')}\n`;
}

/** `retcon import FILE.. --site S [OPTIONS]` */
export function usageOf(verb: Verb): string {
  const words = ['retcon', verb.name];
  for (const { name, required, many } of verb.arguments ?? []) {
    const word = many ? `${name}..` : name;
    words.push(required ? word : `[${word}]`);
  }
  const options = Object.entries(verb.options ?? {});
  for (const [name, option] of options) {
    if (option.required) words.push(`--${name} ${placeholder(option)}`);
  }
  if (options.some(([, option]) => !option.required)) words.push('[OPTIONS]');
  return words.join(' ');
}

function placeholder(option: VerbOption): string {
  return option.choices?.join('|') ?? option.value ?? 'VALUE';
}

function optionPairs(options: Readonly<Record<string, VerbOption>>): [string, string][] {
  return Object.entries(options).map(([name, option]) => {
    const short = option.short === undefined ? '' : `-${option.short}, `;
    const value = option.type === 'string' ? ` ${option.choices ? 'X' : placeholder(option)}` : '';
    const choices = option.choices ? `: ${option.choices.join(', ')}` : '';
    const byDefault = typeof option.default === 'string' ? ` (default ${option.default})` : '';
    return [`${short}--${name}${value}`, `${option.help}${choices}${byDefault}`];
  });
}

/** Two columns; a left side that is too wide puts its right side on the next line. */
function pairs(rows: readonly (readonly [string, string])[]): string[] {
  const column = Math.min(26, Math.max(...rows.map(([left]) => textWidth(left))));
  return rows.map(([left, right]) =>
    textWidth(left) > column
      ? `  ${left}\n  ${' '.repeat(column)}  ${right}`
      : `  ${left}${' '.repeat(column - textWidth(left))}  ${right}`,
  );
}
