import { definitionPeriods } from '../../../shared/core/definition/scopes.ts';
import type { Definition, SessionRules } from '../../../shared/core/definition/types.ts';
import { SessionMachine, STARTS } from '../../../shared/core/session/machine.ts';
import { dayOfDate } from '../../../shared/core/unit.ts';
import { fillSql, sqlText } from '../../../shared/sql-text.ts';
import type { Asking } from './asking.ts';
import type { ComparedSide } from './changes.ts';
import { aroundSql, type ComparedRange, insideSql } from './range.ts';
import { type Sides, sides } from './sides.ts';
import { text, texts } from './sql-literals.ts';

const PAUSES = sqlText(import.meta.url, 'pauses.sql');
const COUNTED = sqlText(import.meta.url, 'curve.sql');
const WALKED = sqlText(import.meta.url, 'curve-walked.sql');

const MINUTE = 60_000;
const TIMEOUTS = [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 240, 480].map((minutes) => minutes * MINUTE);

/** Events that are fetched and walked at most; timeouts that would need more are left out. */
const WALK_MOST = 100_000;

/** Sessions that a timeout would give in the range, all other rules being those proposed. */
export interface CurvePoint {
  inactivity_ms: number;
  sessions: number;
}

export interface Curve {
  points: CurvePoint[];
  /** Why points are missing, or null. */
  note: string | null;
  /** The timeouts of the two sides; null without a curve. */
  inactivity_ms: Sides<number> | null;
}

/**
 * Sessions of a range as a function of the timeout, exactly, or not at all. Counting pauses is exact while
 * sessions end by timeout and midnight only; the endless rule is counted along, and where it meets engagement
 * the machine walks. Under other rules a session depends on more than pauses, and no points are given.
 */
export async function curveOf(
  asking: Asking,
  now: ComparedSide,
  then: ComparedSide,
  range: ComparedRange,
): Promise<Curve> {
  const reason = inexact(now, then, range.sites);
  if (reason !== null) return { points: [], note: reason, inactivity_ms: null };
  const [live, rules] = [now, then].map(
    ({ definition }) => definitionPeriods(definition, range.sites[0]!)[0]!.definition,
  ) as [Definition, Definition];
  const inactivity_ms = sides(live.sessions.inactivity_ms, rules.sessions.inactivity_ms);
  const timeouts = [...new Set([...TIMEOUTS, ...Object.values(inactivity_ms)])].sort((a, b) => a - b);
  const inside = insideSql(range);
  const events = now.slices.events!;
  const pauses = fillSql(PAUSES, {
    events: text(events),
    around: aroundSql(range),
    activity: texts(rules.activity),
  });
  const counts = timeouts.map((timeout) => countsSql(timeout, rules.sessions.at_midnight)).join(',\n');
  const answer = await asking.query(fillSql(COUNTED, { pauses, inside, counts }));
  const cells = answer.rows[0]!.map(Number);
  const counted = timeouts.map((inactivity_ms, i) => ({
    inactivity_ms,
    sessions: cells[2 * i]!,
    toWalk: cells[2 * i + 1]!,
  }));
  const kept = counted.filter(({ toWalk }) => toWalk <= WALK_MOST);
  const points = kept.map(({ inactivity_ms, sessions }) => ({ inactivity_ms, sessions }));
  const longest = kept.filter(({ toWalk }) => toWalk > 0).at(-1)?.inactivity_ms;
  if (longest !== undefined) {
    const walked = await asking.query(fillSql(WALKED, { pauses, inside, timeout: String(longest) }));
    for (const point of points) point.sessions += startsOf(walked.rows, rules.sessions, point.inactivity_ms);
  }
  const note =
    kept.length === counted.length
      ? null
      : `Timeouts are left out where more than ${WALK_MOST.toLocaleString('en')} events of visitors who never pause would have to be walked.`;
  return { points, note, inactivity_ms };
}

/** Two columns: starts that counting tells, and events of visitors who must be walked. */
function countsSql(timeout: number, atMidnight: boolean): string {
  const cut = atMidnight ? 'is_new_day' : `coalesce(endless_from <= ${timeout}, false)`;
  const starts = `activities > 0 AND (is_first OR pause > ${timeout} OR ${cut})`;
  if (atMidnight) return `count_if(${starts}), 0`;
  const walks = `(is_engaged AND coalesce(first_endless <= ${timeout}, false))`;
  return `count_if(${starts} AND NOT ${walks}), coalesce(sum(CASE WHEN ${walks} THEN moments ELSE 0 END), 0)`;
}

/** Sessions that walked visitors start in the range; rows come by visitor, in order. */
function startsOf(rows: readonly (string | null)[][], rules: SessionRules, timeout: number): number {
  const machine = new SessionMachine({ ...rules, inactivity_ms: timeout });
  let visitor = '';
  let starts = 0;
  for (const [site, id, dt, ms, activity, inside, firstEndless] of rows) {
    if (Number(firstEndless) > timeout) continue;
    if (visitor !== `${site} ${id}`) machine.reset();
    visitor = `${site} ${id}`;
    const [time, day] = [Number(ms), dayOfDate(dt!)];
    if (activity !== 'true') machine.engagement(time, day, false, 0, 0);
    else if (machine.activity(time, day, false, 0, 0) === STARTS && inside === 'true') starts++;
  }
  return starts;
}

/** Why a curve can't be drawn exactly, or null. */
function inexact(now: ComparedSide, then: ComparedSide, sites: readonly string[]): string | null {
  const { definition } = then;
  const periods = sites.map((site) => definitionPeriods(definition, site));
  const scoped = periods.some((own) =>
    own.some(({ definition: one }) => !sameRules(one, periods[0]![0]!.definition)),
  );
  if (scoped)
    return 'No curve: the rules differ between sites or days (scopes), so there is no one timeout to vary.';
  const { sessions } = periods[0]![0]!.definition;
  const more = [
    ...(sessions.on_event.length > 0 ? ['on_event'] : []),
    ...(sessions.on_campaign === false ? [] : ['on_campaign']),
    ...(sessions.on_referrer ? ['on_referrer'] : []),
    ...(sessions.max_duration_ms === null ? [] : ['max_duration']),
    ...(sessions.max_events === null ? [] : ['max_events']),
  ];
  if (more.length > 0) {
    return `No curve: with ${more.join(', ')} on, pauses alone don't tell how many sessions a timeout gives.`;
  }
  if (excludes(now) || excludes(then)) {
    return 'No curve: filters exclude rows, and sessions are found before they do.';
  }
  if (sites.some((site) => now.sites[site]?.time_zone !== then.sites[site]?.time_zone)) {
    return 'No curve: a time zone changes with it, and the events at hand still lie on the old days.';
  }
  return now.slices.events === undefined ? 'No curve: the events are not computed.' : null;
}

const sameRules = (a: Definition, b: Definition): boolean =>
  JSON.stringify([a.sessions, a.activity]) === JSON.stringify([b.sessions, b.activity]);

const excludes = ({ definition }: ComparedSide): boolean =>
  [definition.filters, ...definition.scopes.map(({ overrides }) => overrides.filters ?? {})].some(
    ({ bots, internal_mode }) => bots === 'exclude' || internal_mode === 'exclude',
  );
