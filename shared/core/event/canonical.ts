import { storedAddress } from '../address.ts';
import type { Site } from '../site.ts';
import { hostOf, parseUrl } from '../url.ts';
import { type EventFields, readEvent } from './fields.ts';
import { fingerprint } from './fingerprint.ts';
import { MAX_TEXT_BYTES } from './limits.ts';
import { type Refusal, refusal } from './refusal.ts';
import { textFault } from './text.ts';
import { eventTime } from './time.ts';
import type { LandingRecord } from './types.ts';

/** What the server knows about the beacon that an event came in. */
export interface BeaconContext {
  site: Pick<Site, 'site' | 'privacy'>;
  /** Whole ms UTC. */
  receivedAt: number;
  /** The sender's clock when it sent, ms; null when it didn't say. */
  sentAt: number | null;
  /** The visitor by cookie or by hash; null when there is none. */
  visitor: string | null;
  /** Whether a `visitor` in the event itself is believed (and then wins). */
  bodyVisitorAllowed: boolean;
  userAgent: string | null;
  /** The full client address; the record holds what the site's privacy leaves of it. */
  address: string | null;
  country: string | null;
  /** A fresh id for an event that brought none. */
  mintId(): string;
}

export type Canonical = { ok: LandingRecord } | { rejected: Refusal };

/** Turns what a client sent into the event as it lands, or says why not (docs/semantics.md "Events"). */
export function canonicalEvent(raw: unknown, context: BeaconContext): Canonical {
  const read = readEvent(raw);
  if ('fault' in read) return { rejected: read.fault };
  const { fields } = read;
  const time = eventTime(fields.time, context.sentAt, context.receivedAt);
  if (time === null) {
    const detail =
      '`time` corrected by `sent_at` falls outside 1970 to 9999: set the clock or omit `sent_at`.';
    return { rejected: refusal('bad_time', detail) };
  }
  const visitor = (context.bodyVisitorAllowed ? fields.visitor : null) ?? context.visitor;
  if (visitor === null) {
    const detail = '`visitor` is missing and no cookie came along: send a visitor id.';
    return { rejected: refusal('missing_visitor', detail) };
  }
  return landingRecord(fields, {
    site: context.site.site,
    privacy: context.site.privacy,
    eventId: fields.id ?? context.mintId(),
    eventTime: time,
    receivedAt: context.receivedAt,
    visitor,
    userAgent: context.userAgent,
    address: context.address,
    country: context.country,
    fingerprint: fingerprint(fields),
  });
}

/** What a landing record holds beside the fields of its event. */
export interface Surroundings {
  site: string;
  privacy: Site['privacy'];
  eventId: string;
  eventTime: number;
  receivedAt: number;
  visitor: string;
  userAgent: string | null;
  address: string | null;
  country: string | null;
  fingerprint: string;
}

/** Puts checked fields and what is known around them together into the record that lands. */
export function landingRecord(fields: EventFields, known: Surroundings): Canonical {
  const fault = textFault('user_agent', known.userAgent, MAX_TEXT_BYTES);
  if (fault !== null) return { rejected: fault };
  return {
    ok: {
      site: known.site,
      event_id: known.eventId,
      event_time: known.eventTime,
      received_at: known.receivedAt,
      seq: fields.seq,
      visitor_id: known.visitor,
      user_id: fields.user,
      event_type: fields.type,
      event_name: fields.name,
      value: fields.value,
      properties: fields.properties,
      url: fields.url,
      ...parseUrl(fields.url),
      title: fields.title,
      referrer: fields.referrer,
      referrer_host: hostOf(fields.referrer),
      user_agent: known.userAgent || null,
      address: storedAddress(known.address, known.privacy.address),
      country: countryCode(known.country),
      fingerprint: known.fingerprint,
    },
  };
}

/** Two letters in upper case, or null. */
function countryCode(country: string | null): string | null {
  return country !== null && /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : null;
}
