import { readCharClass } from './char-class.ts';
import { codePoint, PatternError, property, SPACES, unknown } from './pattern-parts.ts';

/**
 * Athena's regular expressions (Java's syntax, as the Joni library reads it) in the words of the engines at
 * hand: RE2, which DuckDB runs itself, and JavaScript's, which knows look-around, back references and
 * groups that took no part. What either would read differently is refused.
 */
export interface Pattern {
  /** The pattern for RE2, or null when it can't say it. */
  re2: string | null;
  /** The same where only the question is whether there is a match at all. */
  re2Test: string | null;
  /** The pattern for JavaScript with flags, or null. */
  js: { source: string; flags: string } | null;
  /** Capturing groups; names of those that have one, by number. */
  groups: number;
  names: Map<string, number>;
  /** Whether a group may take no part in a match. */
  optional: boolean;
  /** Whether it may have taken part in an earlier round of a repetition only: engines differ then. */
  unsure: boolean;
}

const LETTER = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}]';
const BOUNDARY = `(?:(?<=${LETTER})(?!${LETTER})|(?<!${LETTER})(?=${LETTER}))`;

/** A part in RE2's words, in JavaScript's, and in RE2's where only a match counts. */
type Said = [re2: string, js?: string, test?: string];

/** Reads a pattern; throws `PatternError`. */
export function readPattern(text: string): Pattern {
  return new Reader(text).read();
}

class Reader {
  readonly #chars: string[];
  #at = 0;
  #re2 = '';
  #test = '';
  #js = '';
  #needsJs = false;
  #needsRe2 = false;
  #dollar = false;
  #optional = false;
  #repeated = false;
  #back = false;
  #groups = 0;
  readonly #names = new Map<string, number>();
  #ignoreCase = false;
  #dotAll = false;
  #multiline = false;

  constructor(text: string) {
    this.#chars = [...text];
  }

  read(): Pattern {
    this.#leadingFlags();
    let depth = 0;
    while (this.#at < this.#chars.length) {
      const c = this.#chars[this.#at]!;
      if (c === '(') {
        depth++;
        this.#group();
      } else if (c === ')') {
        if (depth-- === 0) throw new PatternError('unmatched close parenthesis', false);
        this.#at++;
        if (/[?*{]/.test(this.#peek())) this.#optional = true;
        if (/[*+{]/.test(this.#peek())) this.#repeated = true;
        this.#all(')');
      } else if (/[*+?]/.test(c) || (c === '{' && this.#counted())) this.#quantifier();
      else this.#all(...this.#atom());
    }
    if (depth > 0) throw new PatternError('end pattern with unmatched parenthesis', false);
    const flags = `${this.#ignoreCase ? 'i' : ''}${this.#dotAll ? 's' : ''}${this.#multiline ? 'm' : ''}`;
    const re2 = (body: string): string => `${flags === '' ? '' : `(?${flags})`}${body}`;
    const js = this.#needsRe2 ? null : { source: this.#js, flags: this.#ignoreCase ? 'iu' : 'u' };
    if (this.#needsJs && js === null) throw unknown('these together');
    // A reference to a group that took no part fails in Java and matches nothing in JavaScript.
    if (this.#back && this.#optional) throw unknown('a back reference beside an optional group');
    return {
      re2: this.#needsJs || this.#dollar ? null : re2(this.#re2),
      re2Test: this.#needsJs ? null : re2(this.#test),
      js,
      groups: this.#groups,
      names: this.#names,
      optional: this.#optional,
      unsure: this.#optional && this.#repeated,
    };
  }

  #peek(ahead = 0): string {
    return this.#chars[this.#at + ahead] ?? '';
  }

  #rest(): string {
    return this.#chars.slice(this.#at).join('');
  }

  #all(re2: string, js: string = re2, test: string = re2): void {
    this.#re2 += re2;
    this.#js += js;
    this.#test += test;
  }

  #leadingFlags(): void {
    const m = /^\(\?([ism]+)\)/.exec(this.#rest());
    if (m === null) return;
    this.#ignoreCase = m[1]!.includes('i');
    this.#dotAll = m[1]!.includes('s');
    this.#multiline = m[1]!.includes('m');
    this.#at += m[0].length;
  }

  #group(): void {
    const rest = this.#rest();
    const named = /^\(\?<([A-Za-z]\w*)>/.exec(rest);
    const look = /^\(\?(<?[=!])/.exec(rest);
    if (named) {
      this.#groups++;
      this.#names.set(named[1]!, this.#groups);
      this.#all(`(?P<${named[1]}>`, `(?<${named[1]}>`);
      this.#at += named[0].length;
    } else if (look) {
      this.#needsJs = true;
      this.#all(look[0]);
      this.#at += look[0].length;
    } else if (rest.startsWith('(?:')) {
      this.#all('(?:');
      this.#at += 3;
    } else if (/^\(\?[ism]+:/.test(rest)) {
      const opened = /^\(\?[ism]+:/.exec(rest)![0];
      this.#needsRe2 = true;
      this.#all(opened);
      this.#at += opened.length;
    } else if (rest.startsWith('(?')) throw unknown(`the group ${rest.slice(0, 4)}`);
    else {
      this.#groups++;
      this.#all('(');
      this.#at++;
    }
  }

  #counted(): boolean {
    return /^\{\d+(,\d*)?\}/.test(this.#rest());
  }

  #quantifier(): void {
    if (this.#test === '' || /(^|[^\\])[(|]$/.test(this.#test))
      throw new PatternError('target of repeat operator is not specified', false);
    const m = /^(?:[*+?]|\{\d+(?:,\d*)?\})(\??)/.exec(this.#rest())!;
    this.#at += m[0].length;
    if (/^([*+]|\{\d)/.test(this.#rest()) || this.#peek() === '?')
      throw unknown('a possessive or repeated quantifier');
    this.#all(m[0]);
  }

  #atom(): Said {
    const c = this.#chars[this.#at]!;
    if (c === '\\') return this.#escape();
    if (c === '[') return this.#class();
    this.#at++;
    switch (c) {
      case '.':
        return ['.', this.#dotAll ? '[\\s\\S]' : '[^\\n]'];
      case '^':
        return ['^', this.#multiline ? '(?<![^\\n])' : '^'];
      case '$':
        if (this.#multiline) return ['$', '(?=\\n|(?![\\s\\S]))'];
        // The end, or before a line feed that is the end: RE2 can say so only when nobody asks where.
        this.#dollar = true;
        return ['$', '(?=\\n?(?![\\s\\S]))', '(?:\\n?\\z)'];
      case '|':
        this.#optional = true;
        return ['|'];
      case '{':
        throw unknown('a brace that is no quantifier');
      default:
        return this.#literal(c);
    }
  }

  #literal(c: string): Said {
    const escaped = /[\\^$.*+?()[\]{}|/]/.test(c) ? `\\${c}` : c;
    return c === '/' ? [c, escaped] : [escaped];
  }

  #escape(): Said {
    const c = this.#peek(1);
    const rest = this.#rest();
    const coded = codePoint(rest) ?? property(rest);
    if (coded) {
      this.#at += coded.length;
      return [coded.re2, coded.js];
    }
    this.#at += 2;
    if (/[dDwWtnrf]/.test(c)) return [`\\${c}`];
    switch (c) {
      case 'b':
      case 'B':
        // Boundaries go by Unicode's letters, though \w has those of ASCII only.
        this.#needsJs = true;
        return ['', c === 'b' ? BOUNDARY : `(?!${BOUNDARY})`];
      case 's':
        return [`[${SPACES}]`];
      case 'S':
        return [`[^${SPACES}]`];
      case 'A':
        return ['\\A', '(?<![\\s\\S])'];
      case 'z':
        return ['\\z', '(?![\\s\\S])'];
      case 'Z':
        this.#dollar = true;
        return ['$', '(?=\\n?(?![\\s\\S]))', '(?:\\n?\\z)'];
      case 'k': {
        const name = /^<([A-Za-z]\w*)>/.exec(this.#rest());
        if (name === null) throw unknown('\\k');
        this.#at += name[0].length;
        this.#needsJs = true;
        this.#back = true;
        return [`\\k${name[0]}`];
      }
      case '':
        throw new PatternError('end pattern at escape', false);
      default:
        if (/[1-9]/.test(c)) {
          if (/\d/.test(this.#peek())) throw unknown('a back reference of two digits');
          this.#needsJs = true;
          this.#back = true;
          return [`\\${c}`, `\\${c}(?:)`];
        }
        if (/[A-Za-z0-9]/.test(c)) throw unknown(`\\${c}`);
        return this.#literal(c);
    }
  }

  #class(): Said {
    const m = /^\[(\^?)((?:\\[\s\S]|[^\]\\])*)\]/.exec(this.#rest());
    if (m === null) throw new PatternError('premature end of char-class', false);
    this.#at += [...m[0]].length;
    const { re2, js } = readCharClass(m[2]!);
    return [`[${m[1]}${re2}]`, `[${m[1]}${js}]`];
  }
}
