import type { RejectedRecord } from './types.ts';

/** Bytes of a refused event that are kept as evidence. */
export const MAX_EVIDENCE_BYTES = 8 * 1024;

/**
 * A refused event as it lands. `body` may be any text: it is cut to 8 KB, and what UTF-8 text can't hold
 * (half surrogate pairs, a character cut in two) or readers stumble over (NUL) becomes U+FFFD.
 */
export function rejectedRecord(fields: RejectedRecord): RejectedRecord {
  return { ...fields, body: evidence(fields.body) };
}

function evidence(text: string): string {
  // A character takes at least one byte: nothing past this many can survive the cut.
  const bytes = Buffer.from(text.slice(0, MAX_EVIDENCE_BYTES + 1));
  return bytes.subarray(0, MAX_EVIDENCE_BYTES).toString().replaceAll('\0', '\ufffd');
}
