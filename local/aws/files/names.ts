/**
 * File names for object keys. A key's last segment becomes `<segment>@` (an object), the others directories
 * `<segment>`, so that `a` and `a/b` coexist; `@` itself is always escaped. Letters, digits and the usual
 * punctuation stay as they are; everything else is `%XX` per UTF-8 byte. An empty segment is `%`; a segment
 * whose name would be longer than 200 bytes is cut into directories `<part>%+`. Nothing can leave the root:
 * `.` and `..` are escaped. (On a disk that ignores case, keys that differ only in case are one.)
 */
const PLAIN = /^[\w=.,+~ ()'!-]+$/;
const LONGEST = 200;
const MORE = '%+';

/** One key segment as a list of path parts (more than one only when it is very long). */
export function segmentParts(segment: string): string[] {
  if (segment.length <= LONGEST && PLAIN.test(segment) && segment !== '.' && segment !== '..')
    return [segment];
  if (segment === '') return ['%'];
  if (segment === '.') return ['%2E'];
  if (segment === '..') return ['%2E%2E'];
  const parts: string[] = [];
  let part = '';
  for (const byte of Buffer.from(segment)) {
    const char = String.fromCharCode(byte);
    const token =
      byte < 128 && PLAIN.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    if (part.length + token.length > LONGEST) {
      parts.push(part + MORE);
      part = '';
    }
    part += token;
  }
  parts.push(part);
  return parts;
}

/** The path of a key's head below the keys directory, and how many directories lie above it. */
export function keyPath(key: string): { path: string; depth: number } {
  const parts = key.split('/').flatMap(segmentParts);
  return { path: `${parts.join('/')}@`, depth: parts.length };
}

/** Undoes `segmentParts` for one complete part (without `@` and `%+`). */
export function decodeSegment(part: string): string {
  if (!part.includes('%')) return part;
  if (part === '%') return '';
  return decodeBytes(part).toString('utf8');
}

/** The bytes behind an escaped part, for long segments that are cut inside a character. */
export function decodeBytes(part: string): Buffer {
  const bytes: number[] = [];
  for (let i = 0; i < part.length; i++) {
    if (part[i] === '%') {
      bytes.push(Number.parseInt(part.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(part.charCodeAt(i));
  }
  return Buffer.from(bytes);
}

/** Whether a directory only carries on a long segment; gives the part without its mark. */
export function continuation(name: string): string | null {
  return name.endsWith(MORE) ? name.slice(0, -MORE.length) : null;
}

/** Compares two strings in the order of their UTF-8 bytes (S3's order of keys). */
export function compareUtf8(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x !== y) {
      // UTF-16 puts surrogates (characters beyond U+FFFF) before U+E000..U+FFFF; UTF-8 puts them after.
      if (x >= 0xd800 && y >= 0xd800) {
        x = x < 0xe000 ? x + 0x2000 : x - 0x800;
        y = y < 0xe000 ? y + 0x2000 : y - 0x800;
      }
      return x - y;
    }
  }
  return a.length - b.length;
}
