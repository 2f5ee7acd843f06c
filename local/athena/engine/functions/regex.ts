import { type Pattern, readPattern } from '../../dialect/functions/pattern.ts';
import { PatternError } from '../../dialect/functions/pattern-parts.ts';
import { type Replacement, readReplacement } from '../../dialect/functions/replacement.ts';

/** Patterns that were read before, by their text: the same few come for every row. */
const compiled = new Map<string, { pattern: Pattern; regex: RegExp }>();

function compile(text: string): { pattern: Pattern; regex: RegExp } {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const fresh = guarded(() => {
    const pattern = readPattern(text);
    if (pattern.js === null) throw new PatternError('flags inside a pattern that varies by row', true);
    return { pattern, regex: new RegExp(pattern.js.source, `${pattern.js.flags}g`) };
  });
  if (compiled.size > 1000) compiled.clear();
  compiled.set(text, fresh);
  return fresh;
}

function guarded<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof PatternError && error.refused)
      throw new Error(`NOT_SUPPORTED: ${error.message} is not supported by the embedded Athena`);
    throw new Error(`INVALID_FUNCTION_ARGUMENT: ${(error as Error).message}`);
  }
}

function all(text: string, pattern: string): RegExpMatchArray[] {
  return [...text.matchAll(compile(pattern).regex)];
}

/** 'true' when the pattern matches somewhere in the text. */
export function regexTest(text: string, pattern: string): string {
  const { regex } = compile(pattern);
  regex.lastIndex = 0;
  return String(regex.test(text));
}

/** A group of the first match (0 is all of it); NULL when there is none or the group took no part. */
export function regexExtract(text: string, pattern: string, group: number): string | null {
  const { regex, pattern: read } = compile(pattern);
  checkGroup(read, group);
  regex.lastIndex = 0;
  return regex.exec(text)?.[group] ?? null;
}

/** That group of every match, as JSON. */
export function regexExtractAll(text: string, pattern: string, group: number): string {
  checkGroup(compile(pattern).pattern, group);
  return JSON.stringify(all(text, pattern).map((m) => m[group] ?? null));
}

function checkGroup({ groups, unsure }: Pattern, group: number): void {
  if (group < 0) throw new Error('INVALID_FUNCTION_ARGUMENT: Group cannot be negative');
  if (group > groups)
    throw new Error(`INVALID_FUNCTION_ARGUMENT: Pattern has ${groups} groups. Cannot access group ${group}`);
  if (group > 0 && unsure)
    throw new Error('NOT_SUPPORTED: a group in a repeated choice is not supported by the embedded Athena');
}

const replacements = new WeakMap<Pattern, Map<string, Replacement>>();

/** Every match replaced; `$1` and `${name}` stand for groups. */
export function regexReplace(text: string, pattern: string, replacement: string): string {
  const { regex, pattern: read } = compile(pattern);
  const known = replacements.get(read) ?? new Map<string, Replacement>();
  replacements.set(read, known);
  const parts = known.get(replacement) ?? guarded(() => readReplacement(replacement, read));
  known.set(replacement, parts);
  return text.replace(regex, (...args) =>
    parts.map((p) => (typeof p === 'string' ? p : ((args[p] as string | undefined) ?? ''))).join(''),
  );
}

/** The text between the matches, as JSON. */
export function regexSplit(text: string, pattern: string): string {
  const pieces: string[] = [];
  let from = 0;
  for (const m of all(text, pattern)) {
    pieces.push(text.slice(from, m.index));
    from = m.index! + m[0].length;
  }
  return JSON.stringify([...pieces, text.slice(from)]);
}

/** How many matches there are. */
export const regexCount = (text: string, pattern: string): string => String(all(text, pattern).length);

/** Where the nth match from a character on begins, counted in characters from 1; -1 when there is none. */
export function regexPosition(text: string, pattern: string, start: number, nth: number): string {
  if (start < 1 || nth < 1)
    throw new Error(
      `INVALID_FUNCTION_ARGUMENT: ${start < 1 ? 'start' : 'occurrence'} must be greater than 0`,
    );
  const chars = [...text];
  if (start > chars.length) return '-1';
  const { regex } = compile(pattern);
  regex.lastIndex = chars.slice(0, start - 1).join('').length;
  for (let n = 1; ; n++) {
    const m = regex.exec(text);
    if (m === null) return '-1';
    if (n === nth) return String([...text.slice(0, m.index)].length + 1);
    if (m[0] === '') regex.lastIndex++;
  }
}
