import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/core/canonical-json.ts';
import { sliceOf } from '../../shared/core/definition/slice.ts';
import type { Definition, SessionRules } from '../../shared/core/definition/types.ts';
import type { SessionState } from '../../shared/core/session/machine.ts';
import { UNIT_MS } from '../../shared/core/unit.ts';
import { type UnitPlace, unitSpan } from './context.ts';
import type { SessionStart } from './session-start.ts';
import { definitionsOf, ownSlice, steadyDefinition } from './unit-definitions.ts';

/** No pause of a session is longer: what lies farther behind an edge never matters to it. */
export const LONGEST_PAUSE_MS = 8 * 3_600_000;

/** What the codes of a unit's rows hold: it hangs on the rules of its own local dates. */
export interface CodeTerms {
  /** Kinds of campaign that some rule compares. Both: the first without, the second with click ids. */
  campaigns: readonly ('utm' | 'utm_or_click_id')[];
  /** Some rule compares referrers. */
  referrers: boolean;
  /** Referrers that don't count are not the same on all dates: their codes are kept, negative. */
  mixedReferrers: boolean;
}

/** The session rules of one unit, and how far they reach over its edges. */
export interface UnitRules {
  /** Rules of a local date, days since 1970-01-01. */
  on(day: number): SessionRules;
  /** The longest timeout on the unit's own dates: how far into it a session that comes in may reach. */
  reachIn: number;
  /** The longest timeout just after it: how long before its end a session may have paused and go on. */
  reachOut: number;
  terms: CodeTerms;
  /** The unit before has other rules: what comes over the edge was coded in other terms. */
  otherTermsBefore: boolean;
}

const KINDS = ['utm', 'utm_or_click_id'] as const;

/** The terms in which a unit's rows are coded. */
export function codeTerms(place: UnitPlace): CodeTerms {
  const all = definitionsOf(place).map(({ sessions }) => sessions);
  const ignored = new Set(all.map(({ ignore_referrers }) => ignore_referrers.join()));
  return {
    campaigns: KINDS.filter((kind) => all.some(({ on_campaign }) => on_campaign === kind)),
    referrers: all.some(({ on_referrer }) => on_referrer),
    mixedReferrers: ignored.size > 1,
  };
}

export function unitRules(place: UnitPlace): UnitRules {
  const { definitions } = place.context;
  return {
    on: (day) => definitions.on(day).sessions,
    reachIn: longestPause(definitionsOf(place)),
    reachOut: reachOut(place),
    terms: codeTerms(place),
    otherTermsBefore: otherTermsBefore(place),
  };
}

const longestPause = (of: readonly Definition[]): number =>
  Math.max(...of.map(({ sessions }) => sessions.inactivity_ms));

function reachOut(place: UnitPlace): number {
  const steady = steadyDefinition(place);
  if (steady !== null) return steady.sessions.inactivity_ms;
  const { definitions, days } = place.context;
  const { to } = unitSpan(place);
  return longestPause(days.boundaries(to, to + LONGEST_PAUSE_MS).map(({ day }) => definitions.on(day)));
}

/** Whether the session rules of a unit's dates and of the day before are more than one set. */
export function otherTermsBefore(place: UnitPlace): boolean {
  if (steadyDefinition(place) !== null) return false;
  const { definitions, days } = place.context;
  const { from, to } = unitSpan(place);
  const around = new Set(days.boundaries(from - UNIT_MS, to).map(({ day }) => definitions.on(day)));
  return new Set([...around].map(({ sessions }) => canonicalJson(sessions))).size > 1;
}

/** What the places at which sessions start in a unit depend on of the definition. */
export function rulesSlice(place: UnitPlace) {
  return [ownSlice(place, 'boundaries', (then) => sliceOf(then, 'boundaries')), reachOut(place)];
}

/**
 * The state of a session that comes over the edge, in a unit's own terms: the unit before may have compared
 * other kinds of campaign, or none. Its first event's strings came along.
 */
export function stateInTerms(
  { terms, otherTermsBefore }: UnitRules,
  tail: SessionStart & { state: SessionState },
): SessionState {
  if (!otherTermsBefore) return tail.state;
  const { withClick: _, ...state } = tail.state;
  const [first, second] = terms.campaigns;
  return {
    ...state,
    campaign: first === undefined ? 0 : campaignCode(tail, first),
    ...(second === undefined ? {} : { withClick: campaignCode(tail, second) }),
    referrer: terms.referrers && tail.referrer_host !== null ? codeOf(tail.referrer_host) : 0,
  };
}

function campaignCode(start: SessionStart, kind: (typeof KINDS)[number]): number {
  const parts = [start.utm_source, start.utm_medium, start.utm_campaign];
  if (kind === 'utm_or_click_id') parts.push(start.click_id);
  if (parts.every((part) => part === null)) return 0;
  return codeOf(parts.map((part) => part ?? '').join('\u001f'));
}

/** The code that `codes.ts` gives a text in SQL. */
export function codeOf(text: string): number {
  const low = createHash('md5').update(text).digest().readBigUInt64LE(8);
  return Number(low >> 11n) + 1;
}
