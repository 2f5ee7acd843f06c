import type { Definition, SessionRules } from '../definition/types.ts';
import type { LandingRecord } from '../event/types.ts';
import { hostOf, parseUrl } from '../url.ts';
import { NO_SESSION, SessionMachine, STARTS } from './machine.ts';
import { compareBytes, compareEvents } from './order.ts';

/**
 * An event as far as sessions look at it. Campaign and referrer come from the columns that were read out
 * when the event landed; an event that has none of these columns (undefined) brings `url` or `referrer`,
 * and they are read out of those.
 */
export type HistoryEvent = Pick<
  LandingRecord,
  'event_id' | 'event_time' | 'seq' | 'visitor_id' | 'event_type' | 'event_name'
> &
  Partial<Pick<LandingRecord, CampaignColumn | 'url' | 'referrer' | 'referrer_host'>>;

type CampaignColumn = 'utm_source' | 'utm_medium' | 'utm_campaign' | 'click_id';

export interface HistoryOptions {
  /** The site's hosts: lower case, no leading `www.`. */
  hosts: readonly string[];
  /** The site's local date of an instant (ms UTC), as days since 1970-01-01. */
  dayOf(ms: number): number;
}

export interface HistorySession {
  visitor: string;
  /** Ids of its activity events in order; the first one starts the session. */
  events: string[];
  /** Ids of the engagement events that joined it, in order. */
  engagement: string[];
}

export interface HistorySessions {
  /** By visitor (as bytes), then by start. */
  sessions: HistorySession[];
  /** Ids of events without a session: by visitor, then in order. */
  unassigned: string[];
}

/**
 * Sessions of a whole history: what any way of computing them unit by unit must agree with
 * (docs/semantics.md). Takes events of one site, of any number of visitors, in any order.
 *
 * @param rulesOn session rules and activity kinds of a local date: an event is judged by those of its own
 */
export function sessionsOfHistory(
  events: readonly HistoryEvent[],
  rulesOn: (day: number) => Pick<Definition, 'sessions' | 'activity'>,
  options: HistoryOptions,
): HistorySessions {
  const machine = new SessionMachine(rulesOn(0).sessions, true);
  const codes = new Codes();
  const result: HistorySessions = { sessions: [], unassigned: [] };
  let session: HistorySession | null = null;
  let visitor: string | null = null;

  for (const event of inOrder(events)) {
    if (event.visitor_id !== visitor) {
      machine.reset();
      visitor = event.visitor_id;
      session = null;
    }
    const time = event.event_time;
    const day = options.dayOf(event.event_time);
    const { sessions: rules, activity } = rulesOn(day);
    const isActivity = activity.includes(event.event_type);
    if (!isActivity && event.event_type !== 'engagement') {
      result.unassigned.push(event.event_id);
      continue;
    }
    machine.use(rules);
    const isListed =
      rules.on_event.includes(event.event_type) ||
      (event.event_name !== null && rules.on_event.includes(event.event_name));
    const campaign = codes.of(campaignOf(event, 'utm'));
    const withClick = codes.of(campaignOf(event, 'utm_or_click_id'));
    const host = hostOfReferrer(event);
    const own = host === null || options.hosts.includes(host) || rules.ignore_referrers.includes(host);
    const referrer = own ? -codes.of(host) : codes.of(host);
    const verdict = isActivity
      ? machine.activity(time, day, isListed, campaign, referrer, withClick)
      : machine.engagement(time, day, isListed, campaign, referrer, withClick);
    if (verdict === STARTS) {
      session = { visitor, events: [], engagement: [] };
      result.sessions.push(session);
    }
    if (verdict === NO_SESSION || session === null) result.unassigned.push(event.event_id);
    else (isActivity ? session.events : session.engagement).push(event.event_id);
  }
  return result;
}

function inOrder(events: readonly HistoryEvent[]): HistoryEvent[] {
  return [...events].sort((a, b) => compareBytes(a.visitor_id, b.visitor_id) || compareEvents(a, b));
}

/**
 * The campaign that an event carries under a rule, as one text: equal texts are equal campaigns. Null for
 * none (docs/semantics.md "Campaign").
 */
function campaignOf(event: HistoryEvent, rule: Exclude<SessionRules['on_campaign'], false>): string | null {
  const parts = event.utm_source === undefined ? parseUrl(event.url ?? null) : event;
  const tuple = [parts.utm_source ?? '', parts.utm_medium ?? '', parts.utm_campaign ?? ''];
  if (rule === 'utm_or_click_id') tuple.push(parts.click_id ?? '');
  return tuple.some((part) => part !== '') ? tuple.join('\u0000') : null;
}

function hostOfReferrer(event: HistoryEvent): string | null {
  return event.referrer_host === undefined ? hostOf(event.referrer ?? null) : event.referrer_host;
}

/** Small integers for strings: equal strings have equal codes, null is 0. */
class Codes {
  readonly #codes = new Map<string, number>();

  of(text: string | null): number {
    if (text === null) return 0;
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.#codes.size + 1;
      this.#codes.set(text, code);
    }
    return code;
  }
}
