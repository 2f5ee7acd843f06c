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

/** SQL over facts for each column of `SessionStart`, of the session that a row starts. */
export function startColumns(site: string, dt: string): Record<keyof SessionStart, string> {
  return {
    session_id: sessionIdSql(site),
    visitor_id: 'visitor_id',
    dt,
    landing_url: 'url',
    landing_page: 'url_path',
    referrer: 'referrer',
    referrer_host: 'referrer_host',
    utm_source: 'utm_source',
    utm_medium: 'utm_medium',
    utm_campaign: 'utm_campaign',
    click_id: 'click_id',
    country: 'country',
    user_agent: 'user_agent',
  };
}

/** The same as a list of SELECT. */
export function startColumnsSql(site: string, dt: string): string {
  const columns = startColumns(site, dt);
  return START_NAMES.map((name) => `${columns[name]} AS ${name}`).join(', ');
}

/** Id of a session from (site, visitor, id of its first event): the same wherever rules agree on its start. */
export function sessionIdSql(site: string): string {
  return `md5(${literal(site)} || chr(31) || visitor_id || chr(31) || event_id)`;
}
