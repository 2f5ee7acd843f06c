import { doubleJson } from './number.ts';

/**
 * JSON as Athena's JSON functions see it. A node is a text of JSON (a scalar as written), a list or the
 * members of an object in the order of the text, equal names included.
 */
export type Node = { raw: string } | { list: Node[] } | { members: [string, Node][] };

const SCALAR =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\r\n]*/y;
const MOST_LEVELS = 500;

class Reader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  skip(): string {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
    return this.text[this.at] ?? '';
  }

  scalar(): string {
    SCALAR.lastIndex = this.at;
    const m = SCALAR.exec(this.text);
    if (m === null) throw new Error('no JSON');
    this.at = SCALAR.lastIndex;
    return m[0];
  }

  name(): string {
    if (this.skip() !== '"') throw new Error('a name must be a text');
    const name = JSON.parse(this.scalar()) as string;
    if (this.skip() !== ':') throw new Error('expected a colon');
    this.at++;
    return name;
  }

  /** Whether another item follows; takes the comma or the closing bracket. */
  more(close: string, first: boolean): boolean {
    const c = this.skip();
    if (c === close) {
      this.at++;
      return false;
    }
    if (first) return true;
    if (c !== ',') throw new Error('expected a comma');
    this.at++;
    return true;
  }

  value(depth = 0): Node {
    if (depth > MOST_LEVELS) throw new Error('too deep');
    const c = this.skip();
    if (c === '[') {
      this.at++;
      const list: Node[] = [];
      while (this.more(']', list.length === 0)) list.push(this.value(depth + 1));
      return { list };
    }
    if (c !== '{') return { raw: this.scalar() };
    this.at++;
    const members: [string, Node][] = [];
    while (this.more('}', members.length === 0)) members.push([this.name(), this.value(depth + 1)]);
    return { members };
  }

  /** The value at a path, read no further than to its end; null when there is none. */
  find(steps: string[], from = 0): Node | null {
    const step = steps[from];
    if (step === undefined) return this.value(from);
    const c = this.skip();
    if (c !== '[' && c !== '{') return this.scalar(), null;
    this.at++;
    const close = c === '[' ? ']' : '}';
    for (let i = 0; this.more(close, i === 0); i++) {
      if ((c === '[' ? String(i) : this.name()) === step) return this.find(steps, from + 1);
      this.value(from);
    }
    return null;
  }
}

/** Athena's text of a node: no space, numbers as Java writes them. `sorted`: names in order, the last of equal ones. */
export function writeJson(node: Node, sorted: boolean): string {
  if ('raw' in node) return writeScalar(node.raw);
  if ('list' in node) return `[${node.list.map((n) => writeJson(n, sorted)).join(',')}]`;
  const members = sorted
    ? [...new Map(node.members)].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    : node.members;
  return `{${members.map(([name, n]) => `${jsonText(name)}:${writeJson(n, sorted)}`).join(',')}}`;
}

function writeScalar(raw: string): string {
  if (raw.startsWith('"')) return jsonText(JSON.parse(raw) as string);
  if (raw === '-0') return '0';
  return /[.eE]/.test(raw) && !/^[tfn]/.test(raw) ? doubleJson(Number(raw)) : raw;
}

/** A text as JSON; characters beyond the first plane are written as two escapes. */
export function jsonText(text: string): string {
  return escapeJson(JSON.stringify(text).replace(/\\u[0-9a-f]{4}/g, (e) => `\\u${e.slice(2).toUpperCase()}`));
}

/** JSON with its characters beyond the first plane escaped, as Athena shows it. */
export const escapeJson = (json: string): string =>
  json.replace(/[\ud800-\udbff][\udc00-\udfff]/g, (pair) =>
    [0, 1].map((i) => `\\u${pair.charCodeAt(i).toString(16).toUpperCase()}`).join(''),
  );

/** json_parse: the canonical text, or an error. */
export function parseJson(text: string): string {
  const reader = new Reader(text);
  try {
    const node = reader.value();
    if (reader.skip() === '') return writeJson(node, true);
  } catch {}
  throw new Error(`INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: '${text.slice(0, 200)}'`);
}

function found(text: string, steps: string[]): Node | null {
  try {
    return new Reader(text).find(steps);
  } catch {
    return null;
  }
}

/** json_extract: the text at a path, members as they are written; NULL when there is none or it is no JSON. */
export function getJson(text: string, steps: string[]): string | null {
  const node = found(text, steps);
  return node === null ? null : writeJson(node, false);
}

/** json_extract_scalar: a text, or a number or boolean as it is written; NULL for anything else. */
export function scalarJson(text: string, steps: string[]): string | null {
  const node = found(text, steps);
  if (node === null || !('raw' in node) || node.raw === 'null') return null;
  return node.raw.startsWith('"') ? (JSON.parse(node.raw) as string) : node.raw;
}
