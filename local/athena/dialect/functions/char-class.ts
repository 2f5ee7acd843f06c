import { codePoint, property, SPACES, unknown } from './pattern-parts.ts';

interface Item {
  re2: string;
  js: string;
  /** How many characters of the pattern it takes. */
  length: number;
  /** Whether it is one character, which can begin or end a range. */
  single: boolean;
  hyphen: boolean;
}

/** The inside of `[..]`: characters, ranges and short classes. Unions and intersections are refused. */
export function readCharClass(body: string): { re2: string; js: string } {
  if (body === '' || /^\^|&&|(^|[^\\])\[/.test(body)) throw unknown('a class like this');
  const items: Item[] = [];
  for (let rest = [...body]; rest.length > 0; rest = rest.slice(items.at(-1)!.length))
    items.push(item(rest, body));
  let re2 = '';
  let js = '';
  for (let i = 0; i < items.length; i++) {
    const [one, dash, end] = items.slice(i, i + 3) as [Item, Item?, Item?];
    if (one.single && !one.hyphen && dash?.hyphen && end?.single) {
      re2 += `${one.re2}-${end.hyphen ? '\\-' : end.re2}`;
      js += `${one.js}-${end.hyphen ? '\\-' : end.js}`;
      i += 2;
    } else {
      // At an end, beside \w and after a range a hyphen is itself.
      re2 += one.hyphen ? '\\-' : one.re2;
      js += one.hyphen ? '\\-' : one.js;
    }
  }
  return { re2, js };
}

function item(chars: string[], body: string): Item {
  const coded = codePoint(chars.join(''));
  if (coded) return { ...coded, single: true, hyphen: false };
  const named = property(chars.join(''));
  if (named) return { ...named, single: false, hyphen: false };
  const [c = '', e = ''] = chars;
  const make = (text: string, length: number, single: boolean): Item => ({
    re2: text,
    js: text,
    length,
    single,
    hyphen: c === '-',
  });
  if (c === '-') return make('-', 1, true);
  if (c !== '\\') return make(escaped(c), 1, true);
  if (/[dDwW]/.test(e)) return make(`\\${e}`, 2, false);
  if (e === 's') return make(SPACES, 2, false);
  // Together with \s it is everything; alone the engines differ in what they leave out.
  if (e === 'S' && body.includes('\\s')) return make('\\S', 2, false);
  if (/[tnrf]/.test(e)) return make(`\\${e}`, 2, true);
  if (e === '' || /[A-Za-z0-9]/.test(e)) throw unknown(`\\${e} inside a class`);
  return make(escaped(e), 2, true);
}

const escaped = (c: string): string => (/[\\\]^[-]/.test(c) ? `\\${c}` : c);
