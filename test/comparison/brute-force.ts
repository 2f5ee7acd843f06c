import type { Reason } from '../../functions/publish/comparison/reasons.ts';
import type { Definition, SessionRules } from '../../shared/core/definition/types.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { type HistorySession, sessionsOfHistory } from '../../shared/core/session/history.ts';
import type { LocalDays } from '../../shared/core/time/local-date.ts';

const HOSTS = ['shop.example'];

/** A session as far as a comparison looks at it. */
interface Whole {
  session: HistorySession;
  first: LandingRecord;
  ended: number;
  /** Activity events, views of pages, engaged ms. */
  counts: [number, number, number];
}

/**
 * What becomes of every session of a history when one definition takes the place of
 * another, read off two walks over all facts at once: no window, no join, no SQL.
 */
export function reasonsByForce(
  records: readonly LandingRecord[],
  now: Definition,
  then: Definition,
  days: LocalDays,
): Record<string, number> {
  const byId = new Map(records.map((record) => [record.event_id, record]));
  const walk = (definition: Definition): Map<string, Whole> => {
    const options = { hosts: HOSTS, dayOf: (ms: number) => days.dayOf(ms) };
    const { sessions } = sessionsOfHistory(records, () => definition, options);
    return new Map(sessions.map((session) => [session.events[0]!, whole(session, byId)]));
  };
  const [before, after] = [walk(now), walk(then)];
  const sessionOfEvent = (side: Map<string, Whole>): Set<string> =>
    new Set([...side.values()].flatMap(({ session }) => session.events));
  const [inBefore, inAfter] = [sessionOfEvent(before), sessionOfEvent(after)];
  const counts: Record<string, number> = {};
  const note = (reason: Reason): void => {
    counts[reason] = (counts[reason] ?? 0) + 1;
  };
  for (const id of before.keys()) if (!after.has(id)) note(inAfter.has(id) ? 'merged' : 'disappeared');
  let previous: Whole | null = null;
  for (const [id, one] of after) {
    const own = previous?.session.visitor === one.session.visitor ? previous : null;
    previous = one;
    const had = before.get(id);
    if (had !== undefined) note(kept(had, one, now, then));
    else if (!inBefore.has(id)) note('appeared');
    else note(own === null ? 'split_activity' : whySplit(own, one, then, days));
  }
  return counts;
}

function whole(session: HistorySession, byId: Map<string, LandingRecord>): Whole {
  const activity = session.events.map((id) => byId.get(id)!);
  const engagement = session.engagement.map((id) => byId.get(id)!);
  return {
    session,
    first: activity[0]!,
    ended: Math.max(...[...activity, ...engagement].map(({ event_time }) => event_time)),
    counts: [
      activity.length,
      activity.filter(({ event_type }) => event_type === 'page_view' || event_type === 'screen_view').length,
      engagement.reduce((sum, { value }) => sum + (value ?? 0), 0),
    ],
  };
}

function kept(had: Whole, has: Whole, now: Definition, then: Definition): Reason {
  const order = [has.ended - had.ended, ...has.counts.map((count, i) => count - had.counts[i]!)];
  const first = order.find((difference) => difference !== 0);
  if (first !== undefined) return first > 0 ? 'longer' : 'shorter';
  return cameFrom(has.first, now) === cameFrom(has.first, then) ? 'unchanged' : 'relabelled';
}

function whySplit(before: Whole, { first }: Whole, { sessions }: Definition, days: LocalDays): Reason {
  if (first.event_time - before.ended > sessions.inactivity_ms) return 'split_inactivity';
  if (sessions.at_midnight && days.dayOf(before.ended) !== days.dayOf(first.event_time))
    return 'split_at_midnight';
  if (
    [first.event_type, first.event_name].some((name) => name !== null && sessions.on_event.includes(name))
  ) {
    return 'split_on_event';
  }
  const campaign = campaignOf(first, sessions.on_campaign);
  if (campaign !== null && campaign !== campaignOf(before.first, sessions.on_campaign))
    return 'split_on_campaign';
  const internal = new Set([...HOSTS, ...sessions.ignore_referrers]);
  const referrer = externalReferrer(first, internal);
  if (sessions.on_referrer && referrer !== null && referrer !== externalReferrer(before.first, internal)) {
    return 'split_on_referrer';
  }
  if (first.event_time - before.first.event_time > (sessions.max_duration_ms ?? Number.POSITIVE_INFINITY)) {
    return 'split_max_duration';
  }
  if (before.counts[0] >= (sessions.max_events ?? Number.POSITIVE_INFINITY)) return 'split_max_events';
  return 'split_endless';
}

/** Source of a session as far as a definition has a say in it: a referrer may be one to ignore. */
function cameFrom(event: LandingRecord, { sessions }: Definition): string | null {
  const internal = new Set([...HOSTS, ...sessions.ignore_referrers]);
  return campaignOf(event, 'utm_or_click_id') ?? externalReferrer(event, internal);
}

/** The campaign that an event carries under a rule, as one text; null for none. */
function campaignOf(event: LandingRecord, rule: SessionRules['on_campaign']): string | null {
  const parts = [event.utm_source, event.utm_medium, event.utm_campaign].map((part) => part ?? '');
  if (rule === 'utm_or_click_id') parts.push(event.click_id ?? '');
  return rule === false || parts.every((part) => part === '') ? null : parts.join('|');
}

function externalReferrer({ referrer_host }: LandingRecord, internal: ReadonlySet<string>): string | null {
  return referrer_host === null || internal.has(referrer_host) ? null : referrer_host;
}
