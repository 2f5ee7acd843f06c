import { quoted, type Refusal, refusal } from './refusal.ts';

/**
 * Checks one string of an event: absent (null), or a string of at most `maxBytes` bytes of UTF-8 without
 * NUL and without half of a surrogate pair, which no UTF-8 text can hold. Refused, never repaired: a cut or
 * patched id would be another id.
 */
export function textFault(field: string, value: unknown, maxBytes: number): Refusal | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string') {
    return refusal('not_a_string', `\`${field}\` is ${quoted(value)}: send a string or leave it out.`);
  }
  if (value.length * 3 > maxBytes) {
    const bytes = Buffer.byteLength(value);
    if (bytes > maxBytes) {
      return refusal(
        'too_long',
        `\`${field}\` has ${bytes} bytes and at most ${maxBytes} are taken: shorten it.`,
      );
    }
  }
  return isPlainText(value) ? null : badString(field);
}

/** No NUL and no lone surrogate. */
export function isPlainText(text: string): boolean {
  return !text.includes('\0') && !LONE_SURROGATE.test(text);
}

const LONE_SURROGATE = /\p{Surrogate}/u;

export function badString(field: string): Refusal {
  return refusal(
    'bad_string',
    `\`${field}\` holds a NUL or half of a surrogate pair: send well-formed Unicode text.`,
  );
}
