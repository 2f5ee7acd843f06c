/**
 * Decodes one name or value of a query string (docs/semantics.md "Campaign"): `+` is a space, `%XX` runs
 * that are UTF-8 become their characters, and broken escapes stay literal. Broken is: not two hex digits,
 * not (complete, shortest-form, non-surrogate) UTF-8, or the NUL character, which no fact may hold.
 * Never throws; one pass.
 */
export function decodeQueryPart(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  let percent = spaced.indexOf('%');
  if (percent < 0) return spaced;
  let decoded = '';
  let copied = 0;
  while (percent >= 0) {
    const taken = sequenceAt(spaced, percent);
    if (taken === null) {
      percent = spaced.indexOf('%', percent + 1);
      continue;
    }
    decoded += spaced.slice(copied, percent) + String.fromCodePoint(taken.codePoint);
    copied = percent + 3 * taken.bytes;
    percent = spaced.indexOf('%', copied);
  }
  return decoded + spaced.slice(copied);
}

/** Lowest code point that needs 1, 2, 3, 4 bytes: anything below is an overlong form. */
const SHORTEST = [0, 0, 0x80, 0x800, 0x10000];

function sequenceAt(text: string, at: number): { codePoint: number; bytes: number } | null {
  const lead = escapeAt(text, at);
  if (lead <= 0) return null;
  if (lead < 0x80) return { codePoint: lead, bytes: 1 };
  const bytes = lead >= 0xf0 && lead < 0xf8 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead >= 0xf8) return null;
  let codePoint = lead & (0x7f >> bytes);
  for (let i = 1; i < bytes; i++) {
    const next = escapeAt(text, at + 3 * i);
    if (next < 0 || (next & 0xc0) !== 0x80) return null;
    codePoint = (codePoint << 6) | (next & 0x3f);
  }
  const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  if (codePoint < SHORTEST[bytes]! || codePoint > 0x10ffff || surrogate) return null;
  return { codePoint, bytes };
}

/** The byte that `%XX` at `at` stands for; -1 when there is none. */
function escapeAt(text: string, at: number): number {
  if (text.charCodeAt(at) !== 37) return -1;
  const high = hexDigit(text.charCodeAt(at + 1));
  const low = hexDigit(text.charCodeAt(at + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
