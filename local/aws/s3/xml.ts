/** Just enough XML for S3's requests and answers: elements, text and entities; attributes are skipped. */
export interface Element {
  name: string;
  text: string;
  children: Element[];
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Parses one document. Throws a SyntaxError when it isn't well formed. */
export function parseXml(source: string): Element {
  const root: Element = { name: '', text: '', children: [] };
  const open: Element[] = [root];
  const pattern = /<\?[^>]*\?>|<!--[\s\S]*?-->|<(\/?)([A-Za-z_][\w.:-]*)([^>]*?)(\/?)>|([^<]+)/y;
  let at = 0;
  while (at < source.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (!found) throw new SyntaxError('The XML is not well formed.');
    at = pattern.lastIndex;
    const [, closing, name, , empty, text] = found;
    const top = open[open.length - 1] as Element;
    if (text !== undefined) top.text += unescapeXml(text);
    else if (closing) {
      if (top.name !== name || open.length === 1) throw new SyntaxError('The XML is not well formed.');
      open.pop();
    } else if (name !== undefined) {
      const element: Element = { name, text: '', children: [] };
      top.children.push(element);
      if (!empty) open.push(element);
    }
  }
  const document = root.children[0];
  if (open.length !== 1 || !document) throw new SyntaxError('The XML is not well formed.');
  return document;
}

/** The children of one name. */
export function children(element: Element, name: string): Element[] {
  return element.children.filter((child) => child.name === name);
}

/** The text of the first child of that name, or undefined. */
export function childText(element: Element, name: string): string | undefined {
  return children(element, name)[0]?.text;
}

export type Content = string | number | boolean | undefined | null | Tree | (string | Tree)[];
export interface Tree {
  [name: string]: Content;
}

/** Writes elements; lists repeat their element, undefined and null leave it out. */
export function writeXml(tree: Tree): string {
  let out = '';
  for (const [name, content] of Object.entries(tree)) {
    if (content === undefined || content === null) continue;
    for (const item of Array.isArray(content) ? content : [content]) {
      const inner = typeof item === 'object' ? writeXml(item) : escapeXml(String(item));
      out += `<${name}>${inner}</${name}>`;
    }
  }
  return out;
}

function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys may hold them, XML needs them escaped
  return text.replace(/[&<>"\u0000-\u001f\u007f]/g, (char) => {
    if (char === '&') return '&amp;';
    if (char === '<') return '&lt;';
    if (char === '>') return '&gt;';
    if (char === '"') return '&quot;';
    return `&#x${char.charCodeAt(0).toString(16)};`;
  });
}

function unescapeXml(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]+|#\d+|\w+);/g, (whole, entity: string) => {
    if (entity.startsWith('#x')) return String.fromCodePoint(Number.parseInt(entity.slice(2), 16));
    if (entity.startsWith('#')) return String.fromCodePoint(Number(entity.slice(1)));
    return ENTITIES[entity] ?? whole;
  });
}
