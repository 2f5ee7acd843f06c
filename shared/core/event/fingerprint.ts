import { hash } from 'node:crypto';
import type { EventFields } from './fields.ts';

/** First 128 bits of a text's SHA-256, as 32 hex digits. */
export function hash128(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}

/**
 * Identity of what the client said, 32 hex digits: the first 128 bits of SHA-256 over the canonical JSON of
 * `[type, name, url, referrer, user, title, value, properties, time, seq, visitor]`, null where absent:
 * `time` as given (not corrected, not floored), `visitor` only what the body itself said. So a beacon sent
 * again is the same event whatever its clock, address, user agent or cookie. `url` stands for the address
 * that the event was given: in an access log the target, since its host is only a guess.
 */
export function fingerprint(fields: EventFields, url: string | null = fields.url): string {
  const { type, name, referrer, user, title, value, properties, time, seq, visitor } = fields;
  // Of strings, finite numbers and nulls in a list JSON.stringify writes the canonical text.
  const before = JSON.stringify([type, name, url, referrer, user, title, value]);
  const after = JSON.stringify([time, seq, visitor]);
  return hash128(`${before.slice(0, -1)},${properties},${after.slice(1)}`);
}
