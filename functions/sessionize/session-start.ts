import { literal } from '../../shared/duckdb/engine.ts';

/** What is known of a session when it starts: all of its first event, no label. */
export interface SessionStart {
  session_id: string;
  visitor_id: string;
  dt: string;
  landing_url: string | null;
  landing_page: string | null;
  referrer: string | null;
  referrer_host: string | null;
  utm_source: string | null;
  utm_medium: string | null;
  utm_campaign: string | null;
  click_id: string | null;
  country: string | null;
  user_agent: string | null;
}

/** Names of its columns. */
export const START_NAMES = [
  'session_id',
  'visitor_id',
  'dt',
  'landing_url',
  'landing_page',
  'referrer',
  'referrer_host',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'click_id',
  'country',
  'user_agent',
] as const satisfies (keyof SessionStart)[];

/** Only what is known of a session's start, whatever else the value holds. */
export function startOf(from: SessionStart): SessionStart {
  return Object.fromEntries(START_NAMES.map((name) => [name, from[name]])) as unknown as SessionStart;
}

/** Columns of `SessionStart` as SQL over the table `starts`. */
export const START_COLUMNS = [
  'session_id',
  'visitor_id',
  'dt',
  'url AS landing_url',
  'url_path AS landing_page',
  'referrer',
  'referrer_host',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'click_id',
  'country',
  'user_agent',
];

/** Id of a session from (site, visitor, id of its first event): the same wherever rules agree on its start. */
export function sessionIdSql(site: string): string {
  return `md5(${literal(site)} || chr(31) || visitor_id || chr(31) || event_id)`;
}
