import type { SessionState } from '../../shared/core/session/machine.ts';
import type { Head, Tail } from './edges.ts';
import { type SessionStart, startOf } from './session-start.ts';
import { stateInTerms, type UnitRules } from './unit-rules.ts';
import {
  KIND,
  ROW,
  type RowBlock,
  type Segment,
  UnitWalk,
  type VisitorEdges,
  type WalkSink,
} from './walk.ts';

/** A row of a unit's head regions: what the walk reads of it, and what it says as a session's first event. */
export interface HeadRow extends SessionStart {
  bits: number;
  time: number;
  campaign_code: number;
  referrer_code: number;
  with_click_code?: number;
  value: number;
  user_id: string | null;
}

export interface StitchRules {
  rules: UnitRules;
  dayOf: (ms: number) => number;
  /** End of the unit (exclusive), ms UTC. */
  endMs: number;
}

/** What a walk found of one visitor. */
export interface Visit {
  visitor_id: string;
  /** Where the visitor's rows start and join sessions, as `RowBlock.marks`. */
  marks: Bytes;
  /** What the unit adds to the session that came in; null when the visitor didn't come back in time. */
  head: Head | null;
  /** The session that may go on in the next unit. */
  tail: Tail | null;
}

/** The visitor who is walked, and the rows from which the open session is told. */
interface Visiting extends Visit {
  came: Tail | null;
  segment: number;
  first: HeadRow | null;
  url: HeadRow | null;
  user: HeadRow | null;
  exit: HeadRow | null;
  agents: Set<string>;
  runsOn: boolean;
}

/** A row that ends the visitor before it and belongs to no session. */
const END = ROW.firstOfVisitor | KIND.other;

/**
 * Walks head regions visitor by visitor and keeps what is told of sessions that cross an edge: of each
 * visitor a few rows and a byte for each event.
 */
export class EdgeWalk implements WalkSink {
  readonly #unit: StitchRules;
  readonly #tails: ReadonlyMap<string, { tail: Tail; index: number }>;
  readonly #edges = new Map<number, VisitorEdges>();
  readonly #walk: UnitWalk;
  #row = 0;
  /** The row that the walk has taken and not yet told of. */
  #taken: HeadRow | null = null;
  #visiting: Visiting | null = null;
  #cut = false;

  /** @param tails what comes in with visitors; none to walk the unit by itself */
  constructor(unit: StitchRules, tails: readonly Tail[]) {
    this.#unit = unit;
    this.#tails = new Map(tails.map((tail, index) => [tail.visitor_id, { tail, index }]));
    // A row at a time: each is told of, and its visitor ended, when the next one comes.
    this.#walk = new UnitWalk(unit.rules, unit.dayOf, unit.endMs, this.#edges, this, 1);
  }

  /** Takes the next row. @returns the visitor before, when the row begins another one */
  row(row: HeadRow): Visit | null {
    const at = this.#row++;
    const before = this.#visiting;
    const begins = row.visitor_id !== before?.visitor_id;
    const came = begins ? this.#tails.get(row.visitor_id) : undefined;
    if (came !== undefined) {
      const state = stateInTerms(this.#unit.rules, came.tail);
      this.#edges.set(at, { carriedIn: { index: came.index, state, hasUrl: came.tail.last_url !== null } });
    }
    const bits = (row.bits & ~ROW.firstOfVisitor) | (begins ? ROW.firstOfVisitor : 0);
    this.#walk.row(bits, row.time, row.campaign_code, row.referrer_code, row.value, row.with_click_code);
    this.#edges.delete(at);
    this.#taken = row;
    if (begins) this.#visiting = visiting(row.visitor_id, came?.tail ?? null);
    if (this.#cut) this.#visiting!.head = cutHead(row.visitor_id);
    this.#cut = false;
    return begins ? before : null;
  }

  /** @returns the last visitor, null when there was none */
  finish(): Visit | null {
    if (this.#visiting !== null) this.#walk.row(END, 0, 0, 0, 0);
    return this.#visiting;
  }

  rows({ marks, segment }: RowBlock): void {
    const visit = this.#visiting!;
    const row = this.#taken!;
    const mark = marks[0]!;
    visit.marks.add(mark);
    if (segment[0]! < 0) return;
    if (segment[0] !== visit.segment) {
      Object.assign(visit, { segment: segment[0], first: row, url: null, user: null, exit: null });
      visit.agents.clear();
    }
    if (row.bits & ROW.url) visit.url = row;
    if (row.bits & ROW.user) visit.user = row;
    if ((row.bits & ROW.kind) !== KIND.engagement) visit.exit = row;
    if (row.user_agent !== null) visit.agents.add(row.user_agent);
  }

  amend(): void {}

  looseEnd({ carried }: Segment, state: SessionState): void {
    const visit = this.#visiting!;
    const before = carried >= 0 ? visit.came : null;
    const last_url = visit.url === null ? (before?.last_url ?? null) : visit.url.landing_url;
    visit.tail = { ...startOf(before ?? visit.first!), state, last_url };
    visit.runsOn = true;
  }

  segment(segment: Segment): void {
    if (segment.carried >= 0) this.#visiting!.head = headOf(this.#visiting!, segment);
  }

  cut(): void {
    this.#cut = true;
  }
}

/** Bytes that are added one by one. */
export class Bytes {
  #held = Buffer.alloc(16);
  #length = 0;

  add(byte: number): void {
    if (this.#length === this.#held.length) this.#held = Buffer.concat([this.#held], this.#length * 2);
    this.#held[this.#length++] = byte;
  }

  taken(): Buffer {
    return this.#held.subarray(0, this.#length);
  }
}

function visiting(visitor_id: string, came: Tail | null): Visiting {
  return {
    visitor_id,
    came,
    marks: new Bytes(),
    head: null,
    tail: null,
    segment: -1,
    first: null,
    url: null,
    user: null,
    exit: null,
    agents: new Set(),
    runsOn: false,
  };
}

function headOf({ visitor_id, exit, user, agents, runsOn }: Visiting, segment: Segment): Head {
  return {
    visitor_id,
    count: segment.count,
    page_views: segment.pageViews,
    engaged_ms: segment.engagedMs,
    ended_ms: segment.endedMs,
    first_activity_ms: segment.firstActivityMs,
    exit_url: exit?.landing_url ?? null,
    exit_page: exit?.landing_page ?? null,
    user_id: user?.user_id ?? null,
    user_agents: [...agents].sort(),
    runs_on: runsOn,
    joined: true,
    closed: segment.closed,
  };
}

function cutHead(visitor_id: string): Head {
  return {
    visitor_id,
    count: 0,
    page_views: 0,
    engaged_ms: 0,
    ended_ms: 0,
    first_activity_ms: null,
    exit_url: null,
    exit_page: null,
    user_id: null,
    user_agents: [],
    runs_on: false,
    joined: false,
    closed: true,
  };
}
