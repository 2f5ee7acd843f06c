/** Kinds of event (docs/semantics.md "Events"). */
export const EVENT_TYPES = [
  'page_view',
  'event',
  'impression',
  'screen_view',
  'mail_open',
  'mail_delivery',
  'identify',
  'engagement',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** What is read out of a URL once, when the event lands. All null for a malformed or missing URL. */
export interface UrlParts {
  url_host: string | null;
  url_path: string | null;
  utm_source: string | null;
  utm_medium: string | null;
  utm_campaign: string | null;
  utm_term: string | null;
  utm_content: string | null;
  /** `<name>=<value>` of the first click id of docs/semantics.md "Campaign" that the query string carries. */
  click_id: string | null;
}

/**
 * One accepted event as it lands: one line of a landing object, and (without `site`) one row of facts.
 * Field names are column names. It depends on no definition. Times are whole milliseconds UTC.
 */
export interface LandingRecord extends UrlParts {
  site: string;
  event_id: string;
  event_time: number;
  received_at: number;
  /** The visitor's sequence number from the client; null sorts before any number. */
  seq: number | null;
  visitor_id: string;
  user_id: string | null;
  event_type: EventType;
  event_name: string | null;
  value: number | null;
  /** Canonical JSON text (sorted keys) of an object; `{}` when there are none. */
  properties: string;
  url: string | null;
  title: string | null;
  referrer: string | null;
  /** Host of `referrer`, lower case, without a leading `www.`; null when there is none or it is malformed. */
  referrer_host: string | null;
  user_agent: string | null;
  /** Client address after the site's privacy setting: truncated, kept, or null. */
  address: string | null;
  /** ISO country code from the CDN's header, or null. */
  country: string | null;
  /** 32 hex digits over the client's content; with site and event id, the identity of a fact. */
  fingerprint: string;
}

/** An event that was refused, as it lands under `rejected/` and shows in the table `rejected`. */
export interface RejectedRecord {
  received_at: number;
  site: string;
  /** Short machine-readable reason: `too_long`, `bad_time`, ... */
  reason: string;
  /** One sentence that names the field and the fix. */
  detail: string;
  /** `collector`, `import:<file>`, `compact`. */
  source: string;
  /** What was received, as text, cut to 8 KB (a rejected body is evidence, not a fact). */
  body: string;
}
