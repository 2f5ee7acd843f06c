import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { nearest } from '../nearest.ts';
import { type Problem, problemsError } from './problems.ts';

/** Longest configuration file read, in UTF-16 code units. */
const MAX_LENGTH = 1_000_000;
/** Deepest nesting of lists and mappings. */
const MAX_DEPTH = 64;

/**
 * A YAML file read with its positions. Problems are collected while its fields are read; `finish` throws
 * them all as one error. YAML 1.2 core schema: dates and `yes` are strings. Duplicate keys, aliases,
 * several documents, unknown tags and very deep nesting are problems.
 */
export class YamlFile {
  readonly fileName: string;
  readonly problems: Problem[] = [];
  readonly #code: string;
  readonly #lines = new LineCounter();
  readonly root: Field | null;

  /** @param code error code that `finish` throws, e.g. `bad_definition` */
  constructor(text: string, fileName: string, code: string) {
    this.fileName = fileName;
    this.#code = code;
    const contents = this.#parse(text);
    this.finish();
    this.root = contents === null ? null : new Field(this, contents, '', contents);
  }

  /** Throws every problem found so far as one error; returns when there is none. */
  finish(): void {
    if (this.problems.length > 0) throw problemsError(this.#code, this.fileName, this.problems);
  }

  /** Records a problem at an offset of the text (null: of the whole file). */
  report(offset: number | null, path: string, what: string, fix: string): void {
    const at = offset === null ? null : this.#lines.linePos(offset);
    this.problems.push({ line: at?.line ?? null, column: at?.col ?? null, path, what, fix });
  }

  #parse(text: string): Node | null {
    if (text.length > MAX_LENGTH) {
      this.report(null, '', `the file is longer than ${MAX_LENGTH} characters`, 'make it smaller');
      return null;
    }
    try {
      const document = parseDocument(text.replace(/^\uFEFF/, ''), {
        lineCounter: this.#lines,
        prettyErrors: false,
        uniqueKeys: false,
        strict: true,
        logLevel: 'error',
      });
      // One mistake of syntax makes the parser see many: the first one counts.
      const error = document.errors[0] ?? document.warnings[0];
      if (error !== undefined) this.#syntax(error);
      else if (isNode(document.contents)) {
        this.#refuse(document.contents, '', 0);
        if (this.problems.length > 0) return null;
        if (isScalar(document.contents) && document.contents.value === null) return null;
        return document.contents;
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.report(null, '', 'it is nested too deeply', `use at most ${MAX_DEPTH} levels`);
    }
    return null;
  }

  #syntax(error: { code: string; message: string; pos: [number, number] }): void {
    const what = error.message.replace(/\s+/g, ' ').replace(/\.$/, '');
    if (what.includes('call stack')) throw new RangeError(what);
    const fix =
      error.code === 'TAG_RESOLVE_FAILED'
        ? 'leave the tag out'
        : error.code === 'MULTIPLE_DOCS'
          ? 'put each document into a file of its own'
          : 'correct the YAML there (often indentation, a missing space after ":" or an unclosed quote)';
    this.report(error.pos[0], '', `not valid YAML: ${what}`, fix);
  }

  /** Aliases would let a small file stand for a huge one; of equal keys one would be lost silently. */
  #refuse(node: unknown, path: string, depth: number): void {
    if (!isNode(node)) return;
    const offset = node.range?.[0] ?? 0;
    if (isAlias(node)) {
      this.report(offset, path, `the alias *${node.source} is not supported`, 'write its content out');
    } else if (depth > MAX_DEPTH) {
      throw new RangeError('nested too deeply');
    } else if (isSeq(node)) {
      for (const [i, item] of node.items.entries()) this.#refuse(item, `${path}[${i}]`, depth + 1);
    } else if (isMap(node)) {
      const seen = new Set<string>();
      for (const pair of node.items) {
        const at = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
        const key = isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key.value : null;
        const inner = joinPath(path, key ?? '');
        if (key === null) this.report(at, path, 'a key is not a string', 'write a plain word before the ":"');
        else if (seen.has(key)) this.report(at, inner, 'the key stands there twice', 'keep one of the two');
        if (key !== null) seen.add(key);
        this.#refuse(pair.value, inner, depth + 1);
      }
    }
  }
}

function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** One value in a file, with its place. Reading methods record a problem and return null on a mismatch. */
export class Field {
  readonly file: YamlFile;
  readonly path: string;
  readonly #node: Node | null;
  readonly #anchor: Node;

  /** @param anchor the node whose position stands for this field: itself, or its key when it is empty */
  constructor(file: YamlFile, node: Node | null, path: string, anchor: Node) {
    this.file = file;
    this.path = path;
    this.#node = node;
    this.#anchor = anchor;
  }

  /** Records a problem at this field. */
  report(what: string, fix: string): null {
    this.file.report(this.#anchor.range?.[0] ?? null, this.path, what, fix);
    return null;
  }

  /** What the field holds, for messages: `"30"`, `true`, `a list`, `nothing`. */
  describe(): string {
    if (isMap(this.#node)) return 'a mapping';
    if (isSeq(this.#node)) return 'a list';
    const value = this.scalar();
    if (value === null) return 'nothing';
    return typeof value === 'string' ? JSON.stringify(value) : this.source();
  }

  /** A scalar as it is written in the file. */
  source(): string {
    return isScalar(this.#node) ? (this.#node.source ?? String(this.#node.value)) : '';
  }

  isNull(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#node.value === null);
  }

  isList(): boolean {
    return isSeq(this.#node);
  }

  isMapping(): boolean {
    return isMap(this.#node);
  }

  /** String, finite number or boolean; null for everything else, without a problem. */
  scalar(): string | number | boolean | null {
    if (!isScalar(this.#node)) return null;
    const value: unknown = this.#node.value;
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  }

  /** The field under a key of a mapping, without a problem; null when there is none. */
  child(key: string): Field | null {
    if (!isMap(this.#node)) return null;
    const node = this.#node.get(key, true);
    return isNode(node) ? new Field(this.file, node, joinPath(this.path, key), node) : null;
  }

  /**
   * The fields of a mapping by key. A key that isn't known is a problem that names the nearest known one.
   *
   * @param known keys that may stand here
   * @param what for the message when it isn't a mapping
   */
  mapping<K extends string>(known: readonly K[], what = 'a mapping'): Map<K, Field> | null {
    if (!isMap(this.#node)) return this.report(`${this.describe()} is not ${what}`, `write ${what} here`);
    const fields = new Map<K, Field>();
    for (const pair of this.#node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      const anchor = isNode(pair.key) ? pair.key : this.#node;
      const path = joinPath(this.path, key);
      const value = isNode(pair.value) ? pair.value : null;
      const empty = value === null || (isScalar(value) && value.source === '');
      const field = new Field(this.file, value, path, empty ? anchor : value);
      if ((known as readonly string[]).includes(key)) fields.set(key as K, field);
      else new Field(this.file, value, path, anchor).report('unknown key', unknownFix(key, known));
    }
    return fields;
  }

  /** The items of a list. */
  list(what = 'a list'): Field[] | null {
    const node = this.#node;
    if (!isSeq(node)) return this.report(`${this.describe()} is not ${what}`, `write ${what} in [ ]`);
    return node.items.map((item, i) => {
      const child = isNode(item) ? item : null;
      return new Field(this.file, child, `${this.path}[${i}]`, child ?? node);
    });
  }
}

/** `did you mean "inactivity"? Known keys here: ...`. */
export function unknownFix(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  const list = known.join(', ');
  return near === null ? `use one of ${list}` : `did you mean "${near}"? (known here: ${list})`;
}
