import { duration } from '../../functions/publish/comparison/words.ts';
import type { WorkingLake } from '../../local/working-lake.ts';
import { definitionOn } from '../../shared/core/definition/scopes.ts';
import type { Definition, SessionRules } from '../../shared/core/definition/types.ts';
import { quoted } from './row.ts';

type Row = Record<string, string | null>;

/** Why a session is one, and why it begins where it does. */
export interface SessionStory {
  session_id: string;
  /** The rule by which its first event started a session, in words. */
  why: string;
  events: { event_id: string; event_time: string; what: string; number: number | null }[];
}

const MOST = 50;

/**
 * Tells a session: its events, and which rule of the definition separates it from the visitor's session before.
 *
 * @param session a row of the table `sessions`
 * @param hosts of the site, by which a referrer is its own
 */
export async function storyOf(
  lake: WorkingLake,
  definition: Definition,
  hosts: readonly string[],
  session: Row,
): Promise<SessionStory> {
  const { site, visitor_id, session_id } = session;
  const mine = `site = ${quoted(site!)} AND visitor_id = ${quoted(visitor_id!)}`;
  const before = await rowsOf(
    lake,
    `SELECT * FROM sessions WHERE ${mine} AND started_at <= TIMESTAMP '${session['started_at']}' AND session_id <> ${quoted(session_id!)}
     ORDER BY started_at DESC, session_id LIMIT 1`,
  );
  const events = await rowsOf(
    lake,
    `SELECT event_id, event_time, event_type, event_name, url_path, session_event_number FROM events
     WHERE ${mine} AND session_id = ${quoted(session_id!)}
     ORDER BY event_time, session_event_number, event_id LIMIT ${MOST}`,
  );
  const rules = definitionOn(definition, site!, session['dt']!).sessions;
  return {
    session_id: session_id!,
    why: whyItStarts(rules, hosts, before[0] ?? null, session, events[0] ?? {}),
    events: events.map((event) => ({
      event_id: event['event_id']!,
      event_time: event['event_time']!,
      what: [event['event_type'], event['event_name'], event['url_path']].filter(Boolean).join(' '),
      number: event['session_event_number'] ? Number(event['session_event_number']) : null,
    })),
  };
}

/** The first rule that separates two sessions of a visitor, as docs/semantics.md has them. */
export function whyItStarts(
  rules: SessionRules,
  hosts: readonly string[],
  before: Row | null,
  session: Row,
  first: Row,
): string {
  if (before === null) return 'nothing of this visitor came before it';
  const start = ms(session['started_at']);
  const pause = start - ms(before['ended_at']);
  if (pause > rules.inactivity_ms) {
    return `the visitor had paused for ${duration(pause)}, longer than the ${duration(rules.inactivity_ms)} of inactivity`;
  }
  if (rules.at_midnight && session['dt'] !== before['dt']) return `at_midnight: ${session['dt']} had begun`;
  const listed = [first['event_name'], first['event_type']].find(
    (name) => name && rules.on_event.includes(name),
  );
  if (listed) return `on_event: ${listed} starts a session`;
  if (rules.on_campaign !== false) {
    const columns = ['utm_source', 'utm_medium', 'utm_campaign'];
    if (rules.on_campaign === 'utm_or_click_id') columns.push('click_id');
    const [was, is] = [before, session].map((row) => columns.map((column) => row[column] || '-').join(' / '));
    if (columns.some((column) => session[column]) && was !== is) return `on_campaign: ${is} after ${was}`;
  }
  if (rules.on_referrer) {
    const own = new Set([...hosts, ...rules.ignore_referrers]);
    const external = (row: Row) =>
      row['referrer_host'] && !own.has(row['referrer_host']) ? row['referrer_host'] : null;
    const [was, is] = [external(before), external(session)];
    if (is !== null && is !== was) return `on_referrer: ${is} after ${was ?? 'none'}`;
  }
  const lasted = start - ms(before['started_at']);
  if (rules.max_duration_ms !== null && lasted > rules.max_duration_ms) {
    return `max_duration: the session before had begun ${duration(lasted)} earlier, more than ${duration(rules.max_duration_ms)}`;
  }
  if (rules.max_events !== null && Number(before['event_count']) >= rules.max_events) {
    return `max_events: the session before had its ${rules.max_events} events`;
  }
  return `the visitor did not pause for longer than ${duration(rules.inactivity_ms)} on the whole day before: such a stay is cut at local midnight`;
}

const ms = (text: string | null | undefined): number => Date.parse(`${text!.replace(' ', 'T')}Z`);

async function rowsOf(lake: WorkingLake, sql: string): Promise<Row[]> {
  const { columns, rows } = await lake.queries.query(sql);
  return rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i]!.name, value])));
}
