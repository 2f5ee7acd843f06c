import {
  JOINS,
  NO_SESSION,
  SessionMachine,
  type SessionState,
  STARTS,
} from '../../shared/core/session/machine.ts';
import type { UnitRules } from './unit-rules.ts';

/** Bits of a row as the walk reads it. */
export const ROW = { kind: 3, firstOfVisitor: 4, listed: 8, url: 16, user: 32, robot: 64 } as const;
/** Kinds, in the lowest two bits. */
export const KIND = { other: 0, activity: 1, pageView: 2, engagement: 3 } as const;

/** Bits of a row that the walk writes. */
export const FLAG = {
  /** First activity event of its session. */
  landing: 1,
  /** Last activity event of its session. */
  exit: 2,
  /** An earlier event of the session in this unit has a URL. */
  previousHere: 4,
  /** None has, but the session came over the edge with one. */
  previousCarried: 8,
  /** Of a session that starts in this unit: its last event here with a user id. */
  user: 16,
  /** Of a session that starts in this unit: its last activity event here, whatever comes in later units. */
  exitHere: 32,
} as const;

/**
 * The part of a session that lies in one unit: sessions that start here and ones that came over the edge
 * alike. Rows count from 0 in the order of the unit's facts.
 */
export interface Segment {
  /** Its place among the unit's segments; a visitor's follow each other. */
  index: number;
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
  /** Time of its last activity event. */
  exitMs: number;
  /** An event of it comes from a bot. */
  robot: boolean;
  /**
   * A later event started the visitor's next session before this one had timed out. What comes after the
   * timeout closes nothing: else `open_until` would hang on all of the future, and on where units begin.
   */
  closed: boolean;
}

const EMPTY: Readonly<Segment> = {
  index: -1,
  carried: -1,
  firstRow: -1,
  exitRow: -1,
  userRow: -1,
  urlRow: -1,
  count: 0,
  pageViews: 0,
  startedMs: 0,
  endedMs: 0,
  engagedMs: 0,
  firstActivityMs: null,
  exitMs: 0,
  robot: false,
  closed: false,
};

/** What the walk says of consecutive rows, one item a row. */
export interface RowBlock {
  /** 0 no session, 1 joins, 2 starts, 3 engagement that joins; +4 when it came over the edge. */
  marks: Uint8Array;
  /** Index of the row's segment, -1 without one. */
  segment: Int32Array;
  /** Place of an activity event in its session, from 1; 0 for others. */
  number: Int32Array;
  /** Seconds to the session's next activity event, NaN when there is none. */
  next: Float64Array;
  flags: Uint8Array;
}

/**
 * Who takes what the walk finds, as it finds it: nothing that grows with the unit is kept. Blocks and segments
 * are used again once a call returns.
 */
export interface WalkSink {
  /** The next `length` rows, whole but for what `amend` says later. */
  rows(block: RowBlock, length: number): void;
  /** Of a row that was given out already: flags to add and, unless NaN, the time to the next event. */
  amend(row: number, flags: number, next: number): void;
  /** A segment is complete; in order of `index`. */
  segment(segment: Segment): void;
  /** The segment, complete, may go on in the next unit. */
  looseEnd(segment: Segment, state: SessionState): void;
  /** The tail's visitor came back in time but started a session: the old one is closed. */
  cut(tail: number): void;
}

/** A session that comes in with a visitor. */
export interface CarriedIn {
  /** Of the tail. */
  index: number;
  state: SessionState;
  hasUrl: boolean;
}

/** What later units say of the visitor's last session here. */
export interface CarriedOut {
  /** Called with that session before the sink has it: adds to its counts. */
  apply(segment: Segment): void;
  /** Time of its first activity event in later units, ms; null when there is none. */
  nextActivityMs: number | null;
}

/** A visitor with something on an edge. */
export interface VisitorEdges {
  carriedIn?: CarriedIn;
  carriedOut?: CarriedOut;
}

/** Rows given out at once. */
const BLOCK_ROWS = 65_536;

/**
 * Walks the rows of one unit in their order with the session machine: finds where sessions start and
 * everything about them that needs no strings. Rows of one visitor stand together, in order of time.
 * Keeps the rows of one block and the visitor's open session; a session longer than a block is amended.
 */
export class UnitWalk {
  readonly #machine: SessionMachine;
  readonly #dayOf: (ms: number) => number;
  readonly #edges: ReadonlyMap<number, VisitorEdges>;
  readonly #rules: UnitRules;
  readonly #horizon: number;
  readonly #sink: WalkSink;
  readonly #block: RowBlock;
  readonly #segment: Segment = { ...EMPTY };
  readonly #blockRows: number;
  /** Row at which the block begins, and the next row. */
  #from = 0;
  #row = 0;
  #segments = 0;
  #day = Number.NaN;
  #timeout = 0;
  #open = false;
  #carried = -1;
  #carriedUrl = false;
  #carriedOut: CarriedOut | undefined;

  /**
   * @param endMs end of the unit (exclusive); a visitor seen within the timeout of it is a loose end
   * @param edges by the row at which their visitor first appears
   */
  constructor(
    rules: UnitRules,
    dayOf: (ms: number) => number,
    endMs: number,
    edges: ReadonlyMap<number, VisitorEdges>,
    sink: WalkSink,
    blockRows = BLOCK_ROWS,
  ) {
    this.#machine = new SessionMachine(rules.on(dayOf(endMs - 1)), rules.terms.campaigns.length > 1);
    this.#rules = rules;
    this.#dayOf = dayOf;
    this.#edges = edges;
    this.#horizon = endMs - rules.reachOut;
    this.#sink = sink;
    this.#blockRows = blockRows;
    this.#block = {
      marks: new Uint8Array(blockRows),
      segment: new Int32Array(blockRows),
      number: new Int32Array(blockRows),
      next: new Float64Array(blockRows),
      flags: new Uint8Array(blockRows),
    };
    this.#clearBlock();
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
    if (this.#row - this.#from === this.#blockRows) this.#giveRows();
    const row = this.#row++;
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
    const fresh = verdict === STARTS || !this.#open;
    if (fresh) this.#openSegment(row, time, verdict, inTime);
    this.#place(row, time, bits, engagement, value);
    const base = verdict === STARTS ? STARTS : engagement ? 3 : JOINS;
    this.#block.marks[row - this.#from] = base + (fresh && verdict === JOINS ? 4 : 0);
  }

  /** Ends the walk: what is left goes to the sink. */
  finish(): void {
    this.#endVisitor();
    this.#giveRows();
  }

  #judgeBy(day: number): void {
    const rules = this.#rules.on(day);
    this.#machine.use(rules);
    this.#timeout = rules.inactivity_ms;
    this.#day = day;
  }

  #giveRows(): void {
    if (this.#row > this.#from) this.#sink.rows(this.#block, this.#row - this.#from);
    this.#from = this.#row;
    this.#clearBlock();
  }

  #clearBlock(): void {
    const { marks, segment, number, next, flags } = this.#block;
    marks.fill(0);
    segment.fill(-1);
    number.fill(0);
    next.fill(Number.NaN);
    flags.fill(0);
  }

  #nextVisitor(row: number): void {
    this.#endVisitor();
    const edges = this.#edges.get(row);
    this.#machine.load(edges?.carriedIn?.state ?? null);
    this.#carried = edges?.carriedIn?.index ?? -1;
    this.#carriedUrl = edges?.carriedIn?.hasUrl ?? false;
    this.#carriedOut = edges?.carriedOut;
  }

  #endVisitor(): void {
    if (!this.#open) return;
    const segment = this.#segment;
    const later = this.#carriedOut;
    const nextMs = later?.nextActivityMs ?? null;
    const goesOn = nextMs !== null && segment.exitRow >= 0;
    if (goesOn) this.#amend(segment.exitRow, 0, (nextMs - segment.exitMs) / 1000);
    this.#markEnds(goesOn);
    // Before what later units add: the state is this unit's own.
    if (this.#machine.lastTime >= this.#horizon) this.#sink.looseEnd(segment, this.#machine.save()!);
    later?.apply(segment);
    this.#endSegment();
  }

  /** Flags the rows from which the session's end is told. */
  #markEnds(goesOn: boolean): void {
    const { carried, exitRow, userRow } = this.#segment;
    const here = carried < 0;
    if (exitRow >= 0) {
      const flags = (goesOn ? 0 : FLAG.exit) | (here ? FLAG.exitHere : 0);
      if (flags !== 0) this.#amend(exitRow, flags, Number.NaN);
    }
    if (here && userRow >= 0) this.#amend(userRow, FLAG.user, Number.NaN);
  }

  #amend(row: number, flags: number, next: number): void {
    if (row < this.#from) {
      this.#sink.amend(row, flags, next);
      return;
    }
    this.#block.flags[row - this.#from]! |= flags;
    if (!Number.isNaN(next)) this.#block.next[row - this.#from] = next;
  }

  #endSegment(): void {
    this.#sink.segment(this.#segment);
    this.#segments++;
    this.#open = false;
  }

  #openSegment(row: number, time: number, verdict: typeof JOINS | typeof STARTS, inTime: boolean): void {
    const segment = this.#segment;
    if (this.#open) {
      segment.closed = inTime;
      this.#markEnds(false);
      this.#endSegment();
    } else if (verdict === STARTS && this.#carried >= 0 && inTime) this.#sink.cut(this.#carried);
    Object.assign(segment, EMPTY);
    segment.index = this.#segments;
    // Only the first thing that a visitor does here can join what came over the edge.
    segment.carried = verdict === JOINS ? this.#carried : -1;
    this.#carried = -1;
    segment.firstRow = row;
    segment.startedMs = time;
    this.#open = true;
  }

  #place(row: number, time: number, bits: number, engagement: boolean, value: number): void {
    const segment = this.#segment;
    const block = this.#block;
    const at = row - this.#from;
    block.segment[at] = segment.index;
    if (segment.urlRow >= 0) block.flags[at]! |= FLAG.previousHere;
    else if (segment.carried >= 0 && this.#carriedUrl) block.flags[at]! |= FLAG.previousCarried;
    if (bits & ROW.url) segment.urlRow = row;
    if (bits & ROW.user) segment.userRow = row;
    if (bits & ROW.robot) segment.robot = true;
    segment.endedMs = time;
    if (engagement) {
      segment.engagedMs += value;
      return;
    }
    if (segment.exitRow >= 0) this.#amend(segment.exitRow, 0, (time - segment.exitMs) / 1000);
    else if (segment.carried < 0) block.flags[at]! |= FLAG.landing;
    segment.firstActivityMs ??= time;
    segment.exitRow = row;
    segment.exitMs = time;
    segment.count++;
    if ((bits & ROW.kind) === KIND.pageView) segment.pageViews++;
    block.number[at] = this.#machine.count;
  }
}
