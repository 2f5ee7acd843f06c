/** A pattern that is wrong (`refused` false), or right but not supported here. */
export class PatternError extends Error {
  readonly refused: boolean;
  constructor(message: string, refused: boolean) {
    super(message);
    this.refused = refused;
  }
}

export const unknown = (what: string): PatternError => new PatternError(`${what} in a pattern`, true);

/** What Java's \s means, for the inside of a class. RE2 leaves out the vertical tab, JavaScript adds more. */
export const SPACES = '\\t\\n\\v\\f\\r ';

/** A part of a pattern in both engines' words, and how many characters of the pattern it took. */
export interface Part {
  re2: string;
  js: string;
  length: number;
}

/** `\x41`, `\x{1F600}`, `\u0041` */
export function codePoint(text: string): Part | null {
  const m = /^\\(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))/.exec(text);
  if (m === null) return null;
  const hex = (m[1] ?? m[2] ?? m[3])!;
  return { re2: `\\x{${hex}}`, js: `\\u{${hex}}`, length: m[0].length };
}

/** Unicode's general categories and the likely scripts, which all engines know; POSIX names mean different things. */
const CATEGORY = /^(L|Lu|Ll|Lt|Lm|Lo|M|N|Nd|P|S|Z|Zs)$/;
const SCRIPT = /^(Latin|Greek|Cyrillic|Han|Hiragana|Katakana|Hangul|Arabic|Hebrew|Thai)$/;

/** `\p{L}`, `\PL`, `\p{Han}` */
export function property(text: string): Part | null {
  const m = /^\\([pP])(?:\{(\w+)\}|([A-Z]))/.exec(text);
  if (m === null) return null;
  const name = (m[2] ?? m[3])!;
  const re2 = `\\${m[1]}{${name}}`;
  if (CATEGORY.test(name)) return { re2, js: re2, length: m[0].length };
  if (SCRIPT.test(name)) return { re2, js: `\\${m[1]}{Script=${name}}`, length: m[0].length };
  throw unknown(`the property ${name}`);
}
