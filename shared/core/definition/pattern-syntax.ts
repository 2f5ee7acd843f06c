/**
 * The syntax tree of a `matches` pattern. Characters are Unicode code points; `fold` holds when the pattern
 * begins with `(?i)`.
 */
export type PatternNode =
  | { kind: 'characters'; ranges: readonly Range[]; negated: boolean }
  | { kind: 'sequence'; items: PatternNode[] }
  | { kind: 'choice'; options: PatternNode[] }
  | { kind: 'repeat'; item: PatternNode; least: number; most: number | null }
  | { kind: 'assert'; what: 'start' | 'end' | 'boundary' | 'no-boundary' };

/** Inclusive range of code points. */
export type Range = readonly [from: number, to: number];

/** A pattern that isn't in the language; `message` says what is wrong and `fix` what to write. */
export class PatternError extends Error {
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/** Longest pattern, in code points. */
const MAX_LENGTH = 1000;
/** RE2's bound on counted repeats, also on the product of nested ones. */
const MAX_REPEAT = 1000;

const DIGIT: readonly Range[] = [[48, 57]];
const WORD: readonly Range[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const SPACE: readonly Range[] = [
  [9, 10],
  [12, 13],
  [32, 32],
];
const CONTROL: Record<string, number> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

/**
 * Parses a pattern of the common part of RE2 and of what people expect: literals, `.` (not a newline),
 * classes, `\d \w \s` and their opposites (ASCII, as in RE2), `^ $ \b \B \A \z`, groups `( )` and `(?: )`,
 * `|`, `* + ? {n,m}` with or without a lazy `?`, `\xHH`, `\x{H}`, and `(?i)` at the very beginning.
 *
 * What RE2 doesn't have (back-references, look-around, atomic groups, possessive repeats) and what engines
 * disagree on (`\p{..}`, POSIX classes, named groups, flags in the middle) throws a `PatternError`.
 */
export function parsePattern(pattern: string): { tree: PatternNode; fold: boolean } {
  if (/\p{Surrogate}/u.test(pattern)) throw new PatternError('it holds half a character', 'remove it');
  const fold = pattern.startsWith('(?i)');
  const points = [...(fold ? pattern.slice(4) : pattern)];
  if (points.length > MAX_LENGTH) {
    throw new PatternError(`it is longer than ${MAX_LENGTH} characters`, 'split it with any: [..]');
  }
  const parser = new Parser(points);
  const tree = parser.choice();
  if (!parser.done()) throw new PatternError('a ) closes nothing', 'write \\) for the character');
  if (largestRepeat(tree) > MAX_REPEAT) {
    throw new PatternError(`nested repeats exceed ${MAX_REPEAT}`, `stay within ${MAX_REPEAT} in all`);
  }
  return { tree, fold };
}

class Parser {
  readonly #text: readonly string[];
  #at = 0;

  constructor(text: readonly string[]) {
    this.#text = text;
  }

  done(): boolean {
    return this.#at >= this.#text.length;
  }

  choice(): PatternNode {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  #sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (!this.done() && this.#peek() !== '|' && this.#peek() !== ')') items.push(this.#repeated());
    return items.length === 1 ? items[0]! : { kind: 'sequence', items };
  }

  #repeated(): PatternNode {
    const item = this.#atom();
    const bounds = this.#bounds();
    if (bounds === null) return item;
    if (item.kind === 'assert') {
      throw new PatternError('a repeat follows ^, $ or \\b, which have no length', 'remove the repeat');
    }
    this.#take('?');
    if (this.#peek() === '+') {
      throw new PatternError('possessive repeats (a++, a*+) are not in RE2', 'write a+ or a*');
    }
    if (this.#bounds() !== null) {
      throw new PatternError('two repeats follow each other', 'put the first into a group: (?:a*)*');
    }
    return { kind: 'repeat', item, ...bounds };
  }

  /** Takes a repeat operator; null when none stands here. A `{` that is none is a plain character. */
  #bounds(): { least: number; most: number | null } | null {
    if (this.#take('*')) return { least: 0, most: null };
    if (this.#take('+')) return { least: 1, most: null };
    if (this.#take('?')) return { least: 0, most: 1 };
    if (this.#peek() !== '{') return null;
    const rest = this.#text.slice(this.#at, this.#at + 16).join('');
    const match = /^\{(\d+)(,(\d*))?\}/.exec(rest);
    if (!match) return null;
    const least = Number(match[1]);
    const most = match[2] === undefined ? least : match[3] === '' ? null : Number(match[3]);
    if (least > MAX_REPEAT || (most ?? 0) > MAX_REPEAT || (most !== null && most < least)) {
      throw new PatternError(
        `the repeat ${match[0]} is out of bounds`,
        `use 0 to ${MAX_REPEAT}, lower first`,
      );
    }
    this.#at += match[0].length;
    return { least, most };
  }

  #atom(): PatternNode {
    if (this.#bounds() !== null) {
      throw new PatternError('a repeat (* + ? {n}) has nothing before it', 'write \\ before the character');
    }
    const char = this.#text[this.#at++]!;
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return this.#characterClass();
      case '.':
        return { kind: 'characters', ranges: [[10, 10]], negated: true };
      case '^':
        return { kind: 'assert', what: 'start' };
      case '$':
        return { kind: 'assert', what: 'end' };
      case '\\':
        return this.#escape();
    }
    return literal(char.codePointAt(0)!);
  }

  #group(): PatternNode {
    if (this.#take('?')) {
      const next = this.#text.slice(this.#at, this.#at + 2).join('');
      if (/^(=|!|<=|<!)/.test(next)) {
        throw new PatternError('look-around is not in RE2', 'combine conditions with all, any and not');
      }
      if (next[0] === '>') throw new PatternError('atomic groups are not in RE2', 'write a plain group ( )');
      if (next[0] === '<' || next[0] === 'P') {
        throw new PatternError('named groups are of no use here', 'write a plain group ( )');
      }
      if (!this.#take(':')) {
        throw new PatternError(
          'flags inside a pattern are not supported',
          'write (?i) at its very beginning',
        );
      }
    }
    const inner = this.choice();
    if (!this.#take(')'))
      throw new PatternError('a ( is not closed', 'add ), or write \\( for the character');
    return inner;
  }

  #escape(): PatternNode {
    const char = this.#peek();
    const set = this.#escapedSet();
    if (set !== null) return { kind: 'characters', ...set };
    const asserted = { b: 'boundary', B: 'no-boundary', A: 'start', z: 'end' } as const;
    if (char !== null && char in asserted) {
      this.#at++;
      return { kind: 'assert', what: asserted[char as keyof typeof asserted] };
    }
    return literal(this.#escapedCharacter());
  }

  /** `\d \D \w \W \s \S`, after the backslash; null when it is none of them. */
  #escapedSet(): { ranges: readonly Range[]; negated: boolean } | null {
    const char = this.#peek();
    const ranges = { d: DIGIT, w: WORD, s: SPACE }[char?.toLowerCase() ?? ''];
    if (ranges === undefined || char === null) return null;
    this.#at++;
    return { ranges, negated: char !== char.toLowerCase() };
  }

  /** The character that an escape stands for, after the backslash. */
  #escapedCharacter(): number {
    const char = this.#text[this.#at++];
    if (char === undefined) throw new PatternError('it ends in a single \\', 'write \\\\ for the character');
    if (CONTROL[char] !== undefined) return CONTROL[char];
    if (/^[!-/:-@[-`{-~ ]$/.test(char)) return char.charCodeAt(0);
    if (char === 'x') {
      const rest = this.#text.slice(this.#at, this.#at + 10).join('');
      const match = /^(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/.exec(rest);
      const point = match ? Number.parseInt(match[1] ?? match[2]!, 16) : Number.NaN;
      if (!match || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
        throw new PatternError('\\x is not followed by a code', 'write \\x41 or \\x{1F600}');
      }
      this.#at += match[0].length;
      return point;
    }
    if (/[1-9]/.test(char)) {
      throw new PatternError(`back-references (\\${char}) are not in RE2`, 'write out what may stand there');
    }
    if (char === 'p' || char === 'P') {
      throw new PatternError('\\p{..} is not supported', 'write the characters as ranges, such as [ぁ-ん]');
    }
    throw new PatternError(`the escape \\${char} is unknown`, `write ${char} without \\`);
  }

  #characterClass(): PatternNode {
    const negated = this.#take('^');
    const ranges: Range[] = [];
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.done()) throw new PatternError('a [ is not closed', 'add ], or write \\[ for the character');
      if (this.#peek() === '[' && this.#text[this.#at + 1] === ':') {
        throw new PatternError('POSIX classes ([:alpha:]) are not supported', 'write ranges, such as a-zA-Z');
      }
      if (this.#peek() === '\\') {
        this.#at++;
        const set = this.#escapedSet();
        if (set !== null) {
          ranges.push(...(set.negated ? complement(set.ranges) : set.ranges));
          continue;
        }
        this.#at--;
      }
      ranges.push(this.#classRange());
    }
    this.#at++;
    return { kind: 'characters', ranges, negated };
  }

  #classRange(): Range {
    const from = this.#classCharacter();
    const next = this.#text[this.#at + 1];
    if (this.#peek() !== '-' || next === ']' || next === undefined) return [from, from];
    this.#at++;
    const to = this.#classCharacter();
    if (to < from) throw new PatternError('a range in [ ] runs backwards', 'write the lower end first');
    return [from, to];
  }

  #classCharacter(): number {
    if (this.#take('\\')) return this.#escapedCharacter();
    const char = this.#text[this.#at++];
    if (char === undefined) throw new PatternError('a [ is not closed', 'add ]');
    return char.codePointAt(0)!;
  }

  #peek(): string | null {
    return this.#text[this.#at] ?? null;
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }
}

function literal(point: number): PatternNode {
  return { kind: 'characters', ranges: [[point, point]], negated: false };
}

/** Everything outside of sorted, disjoint ranges. */
function complement(ranges: readonly Range[]): Range[] {
  const out: Range[] = [];
  let from = 0;
  for (const [low, high] of ranges) {
    if (low > from) out.push([from, low - 1]);
    from = high + 1;
  }
  out.push([from, 0x10ffff]);
  return out;
}

/** The largest product of counted repeats inside each other. */
function largestRepeat(node: PatternNode): number {
  switch (node.kind) {
    case 'repeat':
      return Math.max(1, node.most ?? node.least) * largestRepeat(node.item);
    case 'sequence':
      return Math.max(1, ...node.items.map(largestRepeat));
    case 'choice':
      return Math.max(1, ...node.options.map(largestRepeat));
    default:
      return 1;
  }
}
