import type { Site } from '../site.ts';
import { type Canonical, landingRecord } from './canonical.ts';
import { readEvent } from './fields.ts';
import { fingerprint } from './fingerprint.ts';
import { contentHash, importId } from './import-id.ts';
import { refusal } from './refusal.ts';

/** What an import knows about a row beside the event it was mapped to. */
export interface ImportContext {
  site: Pick<Site, 'site' | 'privacy'>;
  /** Request target of an access log line, without scheme and authority; null for other formats. */
  target: string | null;
  userAgent: string | null;
  /** The full client address; the record holds what the site's privacy leaves of it. */
  address: string | null;
  country: string | null;
  /** How many earlier rows of the file had this content hash; asked once for every row without an id. */
  ordinal(contentHash: string): number;
}

/**
 * Turns an imported row, mapped to an event object (the fields of docs/semantics.md "Events"; `time` in
 * ms), into the event as it lands, or says why not. Such an event was received when it happened, needs a
 * visitor and a time, and gets its id from its content when it has none.
 */
export function importedEvent(mapped: unknown, context: ImportContext): Canonical {
  const read = readEvent(mapped);
  if ('fault' in read) return { rejected: read.fault };
  const { fields } = read;
  if (fields.visitor === null) {
    const detail = '`visitor` is missing: name the column that holds it with `--map visitor=..`.';
    return { rejected: refusal('missing_visitor', detail) };
  }
  if (fields.time === null) {
    const detail = '`time` is missing: name the column that holds it with `--map time=..`.';
    return { rejected: refusal('missing_time', detail) };
  }
  const site = context.site.site;
  const { visitor } = fields;
  const time = Math.floor(fields.time);
  const eventId = fields.id ?? idFromContent();
  return landingRecord(fields, {
    site,
    privacy: context.site.privacy,
    eventId,
    eventTime: time,
    receivedAt: time,
    visitor,
    userAgent: context.userAgent,
    address: context.address,
    country: context.country,
    fingerprint: fingerprint(fields, context.target ?? fields.url),
  });

  function idFromContent(): string {
    const content = contentHash({ site, visitor, time, fields, target: context.target });
    return importId(content, context.ordinal(content));
  }
}
