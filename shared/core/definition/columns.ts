/** What a column holds, as far as conditions are concerned. */
export type ColumnKind = 'text' | 'number' | 'boolean';

/** Columns that the conditions of one part of a definition may name, and why others may not. */
export interface ConditionColumns {
  kinds: ReadonlyMap<string, ColumnKind>;
  /** `properties.x` may be used. */
  properties: boolean;
  /** Columns that exist but not for these conditions, with the reason as a clause. */
  refused: ReadonlyMap<string, string>;
}

const texts = (names: string): [string, ColumnKind][] => names.split(' ').map((name) => [name, 'text']);
const because = (reason: string, names: string): [string, string][] =>
  names.split(' ').map((name) => [name, reason]);

const OWN: [string, ColumnKind][] = [
  ...texts('site dt event_id visitor_id user_id event_type event_name'),
  ['value', 'number'],
  ...texts('url url_host url_path title referrer referrer_host'),
  ...texts('utm_source utm_medium utm_campaign utm_term utm_content click_id'),
  ...texts('user_agent device_class browser os country'),
  ['is_bot', 'boolean'],
];

const TIMES = 'is a time, and conditions compare text, numbers and booleans (dt is the local day as text)';
const WHOLE = 'is JSON text, one property of it is written properties.name';
const SESSION = 'belongs to the session, and this condition looks at single events';
const SESSION_COLUMNS =
  'session_id session_event_number session_channel session_landing_page previous_url is_landing is_exit seconds_to_next';

/** For `filters.internal`: what an event says by itself. */
export const INTERNAL_COLUMNS: ConditionColumns = {
  kinds: new Map(OWN),
  properties: true,
  refused: new Map([
    ...because(TIMES, 'event_time received_at'),
    ...because(WHOLE, 'properties'),
    ...because(SESSION, SESSION_COLUMNS),
    ...because('is what this very filter decides', 'is_internal'),
    ...because('is labelled after internal traffic is', 'page_group'),
  ]),
};

/** For `page_groups`: an event by itself, and whether it is internal. */
export const PAGE_GROUP_COLUMNS: ConditionColumns = {
  kinds: new Map([...OWN, ['is_internal', 'boolean']]),
  properties: true,
  refused: new Map([
    ...because(TIMES, 'event_time received_at'),
    ...because(WHOLE, 'properties'),
    ...because(SESSION, SESSION_COLUMNS),
    ...because('is what these rules decide', 'page_group'),
  ]),
};

/** For `conversions`: every column of the table `events` but times. */
export const CONVERSION_COLUMNS: ConditionColumns = {
  kinds: new Map([
    ...OWN,
    ['is_internal', 'boolean'],
    ...texts('page_group session_id'),
    ['session_event_number', 'number'],
    ...texts('session_channel session_landing_page previous_url'),
    ['is_landing', 'boolean'],
    ['is_exit', 'boolean'],
    ['seconds_to_next', 'number'],
  ]),
  properties: true,
  refused: new Map([...because(TIMES, 'event_time received_at'), ...because(WHOLE, 'properties')]),
};

const LATER = "is only known when the session ends, and a channel is given at the session's start";

/** For `channels`: the session's columns that its first event decides, and the source's category. */
export const CHANNEL_COLUMNS: ConditionColumns = {
  kinds: new Map([
    ...texts('site dt session_id visitor_id landing_url landing_page referrer referrer_host'),
    ...texts('utm_source utm_medium utm_campaign click_id source medium source_category'),
    ...texts('device_class browser os country'),
  ]),
  properties: false,
  refused: new Map([
    ...because(TIMES, 'started_at ended_at open_until'),
    ...because(LATER, 'user_id duration_seconds engaged_seconds event_count page_views is_bounce'),
    ...because(LATER, 'exit_url exit_page conversion_count conversion_value is_bot is_internal is_open'),
    ...because('is what these rules decide', 'channel'),
  ]),
};

/** The prefix of a field that is a property of the event. */
export const PROPERTY_PREFIX = 'properties.';

/** The key of `properties.<key>`, or null for a plain column. */
export function propertyKey(field: string): string | null {
  return field.startsWith(PROPERTY_PREFIX) ? field.slice(PROPERTY_PREFIX.length) : null;
}
