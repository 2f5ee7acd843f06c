/**
 * JSON as Athena's JSON functions see it: keys sorted, no space, numbers with the digits they were
 * written with. A node is a text of JSON (a scalar), a list or a sorted map.
 */
export type Node = { raw: string } | { list: Node[] } | { map: Map<string, Node> };

const SCALAR =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

/** The JSON in a text, or null when it is none. */
export function readJson(text: string): Node | null {
  const at = { i: 0 };
  try {
    const node = read(text, at, 0);
    skip(text, at);
    return at.i === text.length ? node : null;
  } catch {
    return null;
  }
}

function skip(text: string, at: { i: number }): void {
  SPACE.lastIndex = at.i;
  SPACE.exec(text);
  at.i = SPACE.lastIndex;
}

function read(text: string, at: { i: number }, depth: number): Node {
  if (depth > 500) throw new Error('too deep');
  skip(text, at);
  const c = text[at.i];
  if (c === '[' || c === '{') {
    const close = c === '[' ? ']' : '}';
    const list: Node[] = [];
    const map = new Map<string, Node>();
    at.i++;
    skip(text, at);
    if (text[at.i] === close) at.i++;
    else
      for (;;) {
        if (c === '{') {
          skip(text, at);
          const key = JSON.parse(scalar(text, at)) as unknown;
          if (typeof key !== 'string') throw new Error('a key must be a text');
          skip(text, at);
          if (text[at.i++] !== ':') throw new Error('expected a colon');
          map.set(key, read(text, at, depth + 1));
        } else list.push(read(text, at, depth + 1));
        skip(text, at);
        const end = text[at.i++];
        if (end === close) break;
        if (end !== ',') throw new Error('expected a comma');
      }
    return c === '[' ? { list } : { map };
  }
  return { raw: scalar(text, at) };
}

function scalar(text: string, at: { i: number }): string {
  SCALAR.lastIndex = at.i;
  const m = SCALAR.exec(text);
  if (m === null) throw new Error('no JSON');
  at.i = SCALAR.lastIndex;
  return m[0];
}

/** Canonical text: what json_format prints. */
export function writeJson(node: Node): string {
  if ('raw' in node) return node.raw.startsWith('"') ? JSON.stringify(JSON.parse(node.raw)) : node.raw;
  if ('list' in node) return `[${node.list.map(writeJson).join(',')}]`;
  const keys = [...node.map.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${keys.map((k) => `${JSON.stringify(k)}:${writeJson(node.map.get(k)!)}`).join(',')}}`;
}

/** json_parse: the canonical text, or an error. */
export function parseJson(text: string): string {
  const node = readJson(text);
  if (node === null)
    throw new Error(`INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: '${text.slice(0, 200)}'`);
  return writeJson(node);
}

/** json_extract: the canonical text at a path, or NULL. */
export function getJson(text: string, steps: (string | number)[]): string | null {
  const node = at(text, steps);
  return node === null ? null : writeJson(node);
}

/** A number at a path as it was written. */
export function numberJson(text: string, steps: (string | number)[]): string | null {
  const node = at(text, steps);
  return node !== null && 'raw' in node ? node.raw : null;
}

function at(text: string, steps: (string | number)[]): Node | null {
  let node: Node | null | undefined = readJson(text);
  for (const step of steps) {
    if (!node || 'raw' in node) return null;
    if ('map' in node) node = node.map.get(String(step));
    else node = typeof step === 'number' ? node.list[step] : null;
  }
  return node ?? null;
}
