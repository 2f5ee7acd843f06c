import type { RejectedRecord } from './types.ts';

/** Bytes of a refused event that are kept as evidence. */
export const MAX_EVIDENCE_BYTES = 8 * 1024;

/**
 * A refused event as it lands. Its texts may be any: what UTF-8 can't hold (half surrogate pairs, as a cut
 * quotation leaves them; a character cut in two) or readers stumble over (NUL) becomes U+FFFD, for one such
 * line would make the whole table unreadable. `body` is cut to 8 KB.
 */
export function rejectedRecord(fields: RejectedRecord): RejectedRecord {
  const { detail, source, body } = fields;
  // A character takes at least one byte: nothing past this many can survive the cut.
  const bytes = Buffer.from(body.slice(0, MAX_EVIDENCE_BYTES + 1));
  return {
    ...fields,
    detail: readable(Buffer.from(detail)),
    source: readable(Buffer.from(source)),
    body: readable(bytes.subarray(0, MAX_EVIDENCE_BYTES)),
  };
}

function readable(bytes: Buffer): string {
  return bytes.toString().replaceAll('\0', '\ufffd');
}
