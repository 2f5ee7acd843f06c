import {
  JOINS,
  NO_SESSION,
  SessionMachine,
  type SessionState,
  STARTS,
} from '../../shared/core/session/machine.ts';
import type { UnitRules } from './unit-rules.ts';

/** Bits of a row as the walk reads it. */
export const ROW = { kind: 3, firstOfVisitor: 4, listed: 8, url: 16, user: 32 } as const;
/** Kinds, in the lowest two bits. */
export const KIND = { other: 0, activity: 1, pageView: 2, engagement: 3 } as const;

/** Bits of a row that the walk writes. */
export const FLAG = {
  /** First activity event of its session. */
  landing: 1,
  /** Last activity event of its session, as far as this unit tells. */
  exit: 2,
  /** An earlier event of the session in this unit has a URL. */
  previousHere: 4,
  /** None has, but the session came over the edge with one. */
  previousCarried: 8,
  /** The last event of its session with a user id, as far as this unit tells. */
  user: 16,
} as const;

/**
 * The part of a session that lies in one unit. Sessions that start here and ones that came over the
 * edge alike; a row's `segment` is its place in this list.
 */
export interface Segment {
  /** Index of the tail it came in by, or -1 when it starts here. */
  carried: number;
  firstRow: number;
  /** Its last activity row, -1 when it holds engagement only. */
  exitRow: number;
  userRow: number;
  urlRow: number;
  count: number;
  pageViews: number;
  startedMs: number;
  endedMs: number;
  engagedMs: number;
  firstActivityMs: number | null;
  /**
   * A later event started the visitor's next session before this one had timed out. What comes after the
   * timeout closes nothing: else `open_until` would hang on all of the future, and on where units begin.
   */
  closed: boolean;
}

/** A session that may go on in the next unit. */
export interface LooseEnd {
  segment: number;
  state: SessionState;
}

export interface WalkResult {
  /** Per row: 0 no session, 1 joins, 2 starts, 3 engagement that joins; +4 when it came over the edge. */
  marks: Int8Array;
  /** Per row: index into `segments`, -1 without a session. */
  segment: Int32Array;
  /** Per row: place of an activity event in its session, from 1; 0 for others. */
  number: Int32Array;
  /** Per row: seconds to the session's next activity event, NaN when there is none in this unit. */
  next: Float64Array;
  flags: Uint8Array;
  /** Per row: time, ms UTC. */
  times: Float64Array;
  segments: Segment[];
  looseEnds: LooseEnd[];
  /** Tails (by index) whose visitor came back in time but started a session: the old one is closed. */
  cut: number[];
}

/**
 * Walks the rows of one unit in their order with the session machine: finds where sessions start and
 * everything about them that needs no strings. Rows of one visitor stand together, in order of time.
 *
 * @param endMs end of the unit (exclusive); a visitor seen within the timeout of it is a loose end
 */
export class UnitWalk {
  readonly #machine: SessionMachine;
  readonly #dayOf: (ms: number) => number;
  readonly #tails: ReadonlyMap<number, { index: number; state: SessionState; hasUrl: boolean }>;
  readonly #rules: UnitRules;
  readonly #horizon: number;
  readonly #result: WalkResult;
  #day = Number.NaN;
  #timeout = 0;
  #row = 0;
  #current = -1;
  #carried = -1;
  #carriedUrl = false;

  /** @param tails by the row at which their visitor first appears */
  constructor(
    rowCount: number,
    rules: UnitRules,
    dayOf: (ms: number) => number,
    endMs: number,
    tails: ReadonlyMap<number, { index: number; state: SessionState; hasUrl: boolean }>,
  ) {
    this.#machine = new SessionMachine(rules.on(dayOf(endMs - 1)), rules.terms.campaigns.length > 1);
    this.#rules = rules;
    this.#dayOf = dayOf;
    this.#tails = tails;
    this.#horizon = endMs - rules.reachOut;
    this.#result = {
      marks: new Int8Array(rowCount),
      segment: new Int32Array(rowCount).fill(-1),
      number: new Int32Array(rowCount),
      next: new Float64Array(rowCount).fill(Number.NaN),
      flags: new Uint8Array(rowCount),
      times: new Float64Array(rowCount),
      segments: [],
      looseEnds: [],
      cut: [],
    };
  }

  /** Takes the next row; codes are in the terms of the unit's rules. */
  row(
    bits: number,
    time: number,
    campaign: number,
    referrer: number,
    value: number,
    withClick?: number,
  ): void {
    const row = this.#row++;
    this.#result.times[row] = time;
    if (bits & ROW.firstOfVisitor) this.#nextVisitor(row);
    const kind = bits & ROW.kind;
    if (kind === KIND.other) return;
    const listed = (bits & ROW.listed) !== 0;
    const day = this.#dayOf(time);
    if (day !== this.#day) this.#judgeBy(day);
    const engagement = kind === KIND.engagement;
    const inTime = time - this.#machine.lastTime <= this.#timeout;
    const verdict = engagement
      ? this.#machine.engagement(time, day, listed, campaign, referrer, withClick)
      : this.#machine.activity(time, day, listed, campaign, referrer, withClick);
    if (verdict === NO_SESSION) return;
    const fresh = this.#openSegment(row, time, verdict, inTime);
    this.#place(row, time, bits, engagement, engagement ? value : 0);
    const base = verdict === STARTS ? STARTS : engagement ? 3 : JOINS;
    this.#result.marks[row] = base + (fresh && verdict === JOINS ? 4 : 0);
  }

  /** Ends the walk; the result is complete only now. */
  finish(): WalkResult {
    this.#endVisitor();
    const { segments, flags } = this.#result;
    for (const segment of segments) {
      if (segment.exitRow >= 0) flags[segment.exitRow]! |= FLAG.exit;
      if (segment.userRow >= 0) flags[segment.userRow]! |= FLAG.user;
    }
    return this.#result;
  }

  #judgeBy(day: number): void {
    const rules = this.#rules.on(day);
    this.#machine.use(rules);
    this.#timeout = rules.inactivity_ms;
    this.#day = day;
  }

  #nextVisitor(row: number): void {
    this.#endVisitor();
    const tail = this.#tails.get(row);
    this.#machine.load(tail?.state ?? null);
    this.#current = -1;
    this.#carried = tail?.index ?? -1;
    this.#carriedUrl = tail?.hasUrl ?? false;
  }

  #endVisitor(): void {
    if (this.#current < 0 || this.#machine.lastTime < this.#horizon) return;
    this.#result.looseEnds.push({ segment: this.#current, state: this.#machine.save()! });
  }

  /** Opens the segment that the row begins, if it begins one. */
  #openSegment(row: number, time: number, verdict: typeof JOINS | typeof STARTS, inTime: boolean): boolean {
    if (verdict === JOINS && this.#current >= 0) return false;
    const { segments } = this.#result;
    if (this.#current >= 0) segments[this.#current]!.closed = inTime;
    else if (verdict === STARTS && this.#carried >= 0 && inTime) this.#result.cut.push(this.#carried);
    this.#current = segments.length;
    segments.push({
      carried: verdict === JOINS ? this.#carried : -1,
      firstRow: row,
      exitRow: -1,
      userRow: -1,
      urlRow: -1,
      count: 0,
      pageViews: 0,
      startedMs: time,
      endedMs: time,
      engagedMs: 0,
      firstActivityMs: null,
      closed: false,
    });
    return true;
  }

  #place(row: number, time: number, bits: number, engagement: boolean, engagedMs: number): void {
    const { segment: segmentOf, number, next, flags, times, segments } = this.#result;
    const segment = segments[this.#current]!;
    segmentOf[row] = this.#current;
    if (segment.urlRow >= 0) flags[row]! |= FLAG.previousHere;
    else if (segment.carried >= 0 && this.#carriedUrl) flags[row]! |= FLAG.previousCarried;
    if (bits & ROW.url) segment.urlRow = row;
    if (bits & ROW.user) segment.userRow = row;
    segment.endedMs = time;
    if (engagement) {
      segment.engagedMs += engagedMs;
      return;
    }
    if (segment.exitRow >= 0) next[segment.exitRow] = (time - times[segment.exitRow]!) / 1000;
    else if (segment.carried < 0) flags[row]! |= FLAG.landing;
    segment.firstActivityMs ??= time;
    segment.exitRow = row;
    segment.count++;
    if ((bits & ROW.kind) === KIND.pageView) segment.pageViews++;
    number[row] = this.#machine.count;
  }
}
