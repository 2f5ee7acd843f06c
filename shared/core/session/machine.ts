import type { SessionRules } from '../definition/types.ts';

/**
 * The one place that says where a session starts (docs/semantics.md, "Rules").
 *
 * The machine walks one visitor's events in order of (time, seq, event id). It is written over plain
 * numbers, with its state in fields, so that walking nine million rows allocates nothing. Strings
 * come in as codes: equal strings have equal codes, and 0 stands for "none".
 */
export interface SessionState {
  /** Time of the session's first event, ms UTC. */
  firstTime: number;
  /** Activity events that the session has so far. */
  count: number;
  /** Campaign of the session's first event (code), 0 for none. */
  campaign: number;
  /** The same with its click id, where rules of both kinds meet. */
  withClick?: number;
  /** External referrer host of the session's first event (code), 0 for none. */
  referrer: number;
  /** Time of the visitor's previous event, ms UTC. */
  lastTime: number;
  /** Site-local date of the visitor's previous event, as days since 1970-01-01. */
  lastDay: number;
  /** The visitor has not paused longer than the timeout since before the last local midnight. */
  unbroken: boolean;
}

/** What an event does: it has no session, joins the running one, or starts one. */
export const NO_SESSION = 0;
export const JOINS = 1;
export const STARTS = 2;
export type Verdict = typeof NO_SESSION | typeof JOINS | typeof STARTS;

export class SessionMachine {
  #inactivity = 0;
  #midnight = false;
  #campaigns = false;
  #clicks = false;
  #referrers = false;
  #maxDuration = 0;
  #maxEvents = 0;
  readonly #bothKinds: boolean;

  /** False before the visitor's first activity event: there is no state to compare with. */
  active = false;
  firstTime = 0;
  count = 0;
  campaign = 0;
  withClick = 0;
  referrer = 0;
  lastTime = 0;
  lastDay = 0;
  unbroken = false;

  /**
   * @param bothKinds rules that compare campaigns with and without click ids take turns: events come with
   *   a code for each
   */
  constructor(rules: SessionRules, bothKinds = false) {
    this.#bothKinds = bothKinds;
    this.use(rules);
  }

  /** From the next event on other rules hold. An event is judged by the rules of its own local date. */
  use(rules: SessionRules): void {
    this.#inactivity = rules.inactivity_ms;
    this.#midnight = rules.at_midnight;
    this.#campaigns = rules.on_campaign !== false;
    this.#clicks = this.#bothKinds && rules.on_campaign === 'utm_or_click_id';
    this.#referrers = rules.on_referrer;
    this.#maxDuration = rules.max_duration_ms ?? Number.POSITIVE_INFINITY;
    this.#maxEvents = rules.max_events ?? Number.POSITIVE_INFINITY;
  }

  /** Forgets everything: the next event is the first of a visitor's history. */
  reset(): void {
    this.active = false;
    this.unbroken = false;
  }

  /** Goes on from a saved state; null is `reset()`. */
  load(state: SessionState | null): void {
    this.active = state !== null;
    if (state === null) {
      this.unbroken = false;
      return;
    }
    this.firstTime = state.firstTime;
    this.count = state.count;
    this.campaign = state.campaign;
    this.withClick = state.withClick ?? 0;
    this.referrer = state.referrer;
    this.lastTime = state.lastTime;
    this.lastDay = state.lastDay;
    this.unbroken = state.unbroken;
  }

  /** A copy of the state after the last event; null when there was none. */
  save(): SessionState | null {
    if (!this.active) return null;
    return {
      firstTime: this.firstTime,
      count: this.count,
      campaign: this.campaign,
      ...(this.#bothKinds ? { withClick: this.withClick } : {}),
      referrer: this.referrer,
      lastTime: this.lastTime,
      lastDay: this.lastDay,
      unbroken: this.unbroken,
    };
  }

  /**
   * Takes the visitor's next activity event.
   *
   * @param time ms UTC, not before the previous event's
   * @param day site-local date of `time`, days since 1970-01-01
   * @param listed `on_event` names this event
   * @param campaign code of the campaign the event carries, 0 for none
   * @param referrer code of the event's external referrer host, 0 for none; negative when the host is
   *   external under the rules of other days only: it never cuts, but later events compare with it
   * @param withClick code of the campaign with its click id, where both kinds are compared
   */
  activity(
    time: number,
    day: number,
    listed: boolean,
    campaign: number,
    referrer: number,
    withClick = 0,
  ): Verdict {
    const starts = !this.active || this.#cuts(time, day, listed, campaign, referrer, withClick);
    this.#advance(time, day);
    if (starts) {
      this.active = true;
      this.firstTime = time;
      this.count = 1;
      this.campaign = campaign;
      this.withClick = withClick;
      this.referrer = Math.abs(referrer);
      return STARTS;
    }
    this.count++;
    return JOINS;
  }

  /**
   * Takes an `engagement` event: it joins when no rule would cut here, and is then the previous event
   * for the next one; otherwise it has no session and leaves the state untouched. Never counted.
   */
  engagement(
    time: number,
    day: number,
    listed: boolean,
    campaign: number,
    referrer: number,
    withClick = 0,
  ): Verdict {
    if (!this.active || this.#cuts(time, day, listed, campaign, referrer, withClick)) return NO_SESSION;
    this.#advance(time, day);
    return JOINS;
  }

  #cuts(
    time: number,
    day: number,
    listed: boolean,
    campaign: number,
    referrer: number,
    withClick: number,
  ): boolean {
    return (
      time - this.lastTime > this.#inactivity ||
      listed ||
      (day !== this.lastDay && (this.#midnight || this.unbroken)) ||
      (this.#campaigns &&
        (this.#clicks
          ? withClick !== 0 && withClick !== this.withClick
          : campaign !== 0 && campaign !== this.campaign)) ||
      (this.#referrers && referrer > 0 && referrer !== this.referrer) ||
      time - this.firstTime > this.#maxDuration ||
      this.count >= this.#maxEvents
    );
  }

  #advance(time: number, day: number): void {
    if (!this.active || time - this.lastTime > this.#inactivity) this.unbroken = false;
    else if (this.lastDay < day) this.unbroken = true;
    this.lastTime = time;
    this.lastDay = day;
  }
}
