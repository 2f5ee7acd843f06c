import type { LandingRecord } from '../core/event/types.ts';

/** Why a line of an access log is no event (docs/semantics.md "Import"). */
export type SkipReason = 'no_request' | 'not_a_get' | 'not_answered' | 'not_a_page';

/** A row that should have been an event and isn't, with the evidence. */
export interface RejectedRow {
  /** Machine-readable: a refusal of the event itself (`bad_time`, ..) or of its row (`malformed_line`, ..). */
  reason: string;
  /** One sentence that names the field and the fix. */
  detail: string;
  /** The row as read, cut to 8 KB. */
  body: string;
  /** Line of the (decompressed) file on which the row starts, from 1. */
  line: number;
}

/** What one row of an imported file came to. Exactly one of the three keys is there. */
export type ImportedRow = { ok: LandingRecord } | { skipped: SkipReason } | { rejected: RejectedRow };

/** What rows of csv and ndjson don't tell about who sent them. */
export const UNKNOWN_SENDER = { target: null, userAgent: null, address: null, country: null } as const;

/** Longest body of a rejected row, in characters. */
const MAX_BODY = 8 * 1024;

export function rejectedRow(reason: string, detail: string, body: string, line: number): ImportedRow {
  return { rejected: { reason, detail, body: body.slice(0, MAX_BODY), line } };
}
