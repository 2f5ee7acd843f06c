import { hash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import type { EventFields } from './fields.ts';
import { hash128 } from './fingerprint.ts';

/** What an imported row says, as far as its id depends on it (docs/semantics.md "Import"). */
export interface ImportedContent {
  site: string;
  visitor: string;
  /** Whole ms UTC. */
  time: number;
  fields: Pick<EventFields, 'type' | 'name' | 'url' | 'referrer' | 'user' | 'title' | 'value' | 'properties'>;
  /**
   * The request target of an access log line, which stands in for the url: the url's host comes from the
   * site's settings, and editing those must not make new events. Null for every other format.
   */
  target: string | null;
}

/**
 * SHA-256, 64 hex digits, over the canonical JSON of the array
 * `[site, visitor, time, type, name, url, referrer, user, title, value, properties]`, null where absent.
 */
export function contentHash(content: ImportedContent): string {
  const { site, visitor, time, fields } = content;
  const { type, name, referrer, user, title, value, properties } = fields;
  const url = content.target ?? fields.url;
  const head = canonicalJson([site, visitor, time, type, name, url, referrer, user, title, value]);
  return hash('sha256', `${head.slice(0, -1)},${properties}]`, 'hex');
}

/**
 * Id of an imported row that has none: 32 hex digits from its content hash and its ordinal (0, 1, ..) among
 * the rows of equal content in its file. So the same file again names the same events, and two equal rows
 * of one file stay two.
 */
export function importId(contentHash: string, ordinal: number): string {
  return hash128(`${contentHash}:${ordinal}`);
}

/**
 * Visitor of an access log line: 32 hex digits, the first 128 bits of SHA-256 over the canonical JSON of
 * `[site, address, userAgent]` (an array, so that no two triples share a text), from the full address and
 * before any truncation. A line without a user agent has null there.
 */
export function visitorFromAddress(site: string, address: string, userAgent: string | null): string {
  return hash128(canonicalJson([site, address, userAgent]));
}
