import { bareHost, hostOf } from '../url.ts';
import { type Field, unknownFix } from './yaml-file.ts';

/** `true` or `false`; null after a problem. */
export function readBoolean(field: Field): boolean | null {
  const value = field.scalar();
  if (typeof value === 'boolean') return value;
  return field.report(`${field.describe()} is neither true nor false`, 'write true or false');
}

/** A string that isn't empty and has no control character; null after a problem. */
export function readText(field: Field, what: string, maxLength = 2048): string | null {
  const value = field.scalar();
  if (typeof value === 'number' || typeof value === 'boolean') {
    return field.report(
      `${field.describe()} is not a string`,
      `write ${what} in quotes: "${field.source()}"`,
    );
  }
  if (typeof value !== 'string') return field.report(`${field.describe()} is not a string`, `write ${what}`);
  if (value.trim() === '') return field.report('it is empty', `write ${what}`);
  if (value.length > maxLength) {
    return field.report(`it is longer than ${maxLength} characters`, 'make it shorter');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(value) || /\p{Surrogate}/u.test(value)) {
    return field.report('it holds a control character or half a character', 'remove it');
  }
  return value;
}

/** One of a few words; null after a problem. */
export function readChoice<T extends string>(field: Field, choices: readonly T[]): T | null {
  const value = field.scalar();
  if ((choices as readonly unknown[]).includes(value)) return value as T;
  return field.report(`${field.describe()} is not one of its values`, unknownFix(String(value), choices));
}

/** A whole number within bounds; null after a problem. */
export function readInteger(field: Field, least: number, most: number, example: string): number | null {
  const value = field.scalar();
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  return field.report(
    `${field.describe()} is not a whole number of at least ${least}${most < Number.MAX_SAFE_INTEGER ? ` and at most ${most}` : ''}`,
    `write one such as ${example}`,
  );
}

const UNIT_MILLISECONDS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A duration: a whole number and one of the units s, m, h, d (`30m`), in milliseconds; null after a
 * problem.
 *
 * @param least smallest value allowed, ms, and its text
 * @param most largest value allowed, ms, and its text
 */
export function readDuration(field: Field, least: [number, string], most: [number, string]): number | null {
  const value = field.scalar();
  const text = field.describe();
  if (typeof value === 'number') {
    return field.report(`${text} has no unit`, `write ${value}s, ${value}m, ${value}h or ${value}d`);
  }
  const match = typeof value === 'string' ? /^(\d{1,9})([smhd])$/.exec(value) : null;
  if (!match) {
    return field.report(
      `${text} is not a duration`,
      'write a whole number and one of the units s, m, h, d, such as 90s, 30m, 8h or 7d',
    );
  }
  const milliseconds = Number(match[1]) * UNIT_MILLISECONDS[match[2]!]!;
  if (milliseconds < least[0]) return field.report(`${text} is too short`, `write at least ${least[1]}`);
  if (milliseconds > most[0]) return field.report(`${text} is too long`, `write at most ${most[1]}`);
  return milliseconds;
}

/** A list of strings without equal ones; null after a problem. */
export function readTexts(field: Field, what: string, one: (item: Field) => string | null): string[] | null {
  const items = field.list(`a list of ${what}`);
  if (items === null) return null;
  const texts: string[] = [];
  for (const item of items) {
    const text = one(item);
    if (text === null) continue;
    if (texts.includes(text)) item.report(`"${text}" is listed twice`, 'keep one of them');
    else texts.push(text);
  }
  return texts;
}

/**
 * A host in the form in which hosts are compared: lower case, no leading `www.`, no port, an international
 * name as the browser sends it (`xn--..`). Null after a problem.
 */
export function readHost(field: Field): string | null {
  const text = readText(field, 'a host such as example.com', 255);
  if (text === null) return null;
  if (/[/?#@\s*]|:\/\//.test(text) || /:\d*$/.test(text)) {
    const host = hostOf(text.includes('://') ? text : `https://${text}`);
    return field.report(
      `"${text}" is not a plain host`,
      host === null || host.includes('*')
        ? 'write just the host, such as example.com'
        : `write just the host: ${host}`,
    );
  }
  const host = hostOf(`https://${text}`);
  if (host === null || text.endsWith('.') || text.includes('..')) {
    return field.report(`"${text}" is not a host`, 'write one such as example.com');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: anything beyond ASCII
  return /^[\u0000-\u007f]*$/.test(host) ? host : bareHost(asciiHost(host));
}

/** A host with international labels as browsers send it; unchanged when it has no such form. */
function asciiHost(host: string): string {
  try {
    return new URL(`https://${host}/`).hostname;
  } catch {
    return host;
  }
}
