import type { Pattern } from './pattern.ts';
import { PatternError } from './pattern-parts.ts';

/** A replacement's texts and the numbers of the groups between them. */
export type Replacement = (string | number)[];

/** Reads `$1`, `${name}` and `\$` as Java does; throws `PatternError` for a group that isn't there. */
export function readReplacement(text: string, { groups, names }: Pattern): Replacement {
  const parts: Replacement = [];
  const bad = (why: string): PatternError => new PatternError(`Illegal replacement sequence: ${why}`, false);
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\\') {
      if (++i === text.length) throw bad('\\');
      parts.push(text[i]!);
    } else if (c !== '$') parts.push(c);
    else if (text[i + 1] === '{') {
      const name = /^\{(\w+)\}/.exec(text.slice(i + 1))?.[1] ?? '';
      const group = names.get(name);
      if (group === undefined) throw bad(`unknown group { ${name} }`);
      parts.push(group);
      i += name.length + 2;
    } else {
      const digits = /^\d+/.exec(text.slice(i + 1))?.[0] ?? '';
      if (digits === '') throw bad(`$${text[i + 1] ?? ''}`);
      // As many digits as name a group: $11 is group 1 and a 1 where there are fewer than eleven.
      let length = 1;
      while (length < digits.length && Number(digits.slice(0, length + 1)) <= groups) length++;
      const group = Number(digits.slice(0, length));
      if (group > groups) throw bad(`unknown group ${group}`);
      parts.push(group);
      i += length;
    }
  }
  return parts;
}

/** The same for RE2, or null when it has no way to say it. */
export function re2Replacement(parts: Replacement): string | null {
  if (parts.some((p) => typeof p === 'number' && p > 9)) return null;
  return parts.map((p) => (typeof p === 'number' ? `\\${p}` : p.replaceAll('\\', '\\\\'))).join('');
}
