import { createHash } from 'node:crypto';
import type { Head, Override, Tail } from './edges.ts';
import { type SessionStart, startOf } from './session-start.ts';
import { stateInTerms, type UnitRules } from './unit-rules.ts';
import { ROW, type Segment, UnitWalk, type VisitorEdges } from './walk.ts';
import { type LooseEnd, WalkArrays } from './walk-arrays.ts';

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

/** What the sessions that come in over the edge do in a unit; rows in order of visitor. */
export interface Stitch {
  /** Tails that change anything in the unit: it must be walked again with them. */
  carried: Tail[];
  /** Tails that the unit passes on in place of its own. */
  overrides: Override[];
  /** What the unit adds to sessions of earlier ones. */
  heads: Head[];
  /** Digest of where the sessions of the visitors in `carried` start and go on; `none` without any. */
  repaired: string;
}

/**
 * Repairs what a unit found by itself where a session comes in over its edge: walks the head regions of
 * the visitors at hand once with their tails and once without, and says where that differs.
 *
 * @param rows head regions of the visitors in `tails`, in the order of facts
 * @param tails what comes in, in order of visitor
 */
export function stitch(unit: StitchRules, rows: readonly HeadRow[], tails: readonly Tail[]): Stitch {
  const marked = markFirstRows(rows);
  const joined = walkRows(unit, marked, tails);
  const alone = walkRows(unit, marked, []);
  const tailsJoined = tailsOf(joined, marked, tails);
  const tailsAlone = tailsOf(alone, marked, []);
  const heads = headsOf(joined, marked, tails);
  const result: Omit<Stitch, 'repaired'> = { carried: [], overrides: [], heads: [] };
  const repaired = createHash('sha256');
  for (const tail of tails) {
    const visitor = tail.visitor_id;
    const head = heads.get(visitor);
    if (head) result.heads.push(head);
    const marks = marksOf(marked, joined, visitor);
    if (head?.joined || !marks.equals(marksOf(marked, alone, visitor))) {
      result.carried.push(tail);
      repaired.update(`${visitor}\n`).update(marks);
    }
    const passed = tailsJoined.get(visitor) ?? null;
    if (JSON.stringify(passed) === JSON.stringify(tailsAlone.get(visitor) ?? null)) continue;
    result.overrides.push({ visitor_id: visitor, tail: passed });
  }
  const digest = result.carried.length === 0 ? 'none' : repaired.digest('hex').slice(0, 32);
  return { ...result, repaired: digest };
}

interface MarkedRows {
  rows: readonly HeadRow[];
  bits: Uint8Array;
  /** Rows of each visitor: the first, and the one after the last. */
  spans: Map<string, [number, number]>;
}

function markFirstRows(rows: readonly HeadRow[]): MarkedRows {
  const bits = new Uint8Array(rows.length);
  const spans = new Map<string, [number, number]>();
  for (const [index, row] of rows.entries()) {
    const first = row.visitor_id !== rows[index - 1]?.visitor_id;
    bits[index] = (row.bits & ~ROW.firstOfVisitor) | (first ? ROW.firstOfVisitor : 0);
    if (first) spans.set(row.visitor_id, [index, index + 1]);
    else spans.get(row.visitor_id)![1] = index + 1;
  }
  return { rows, bits, spans };
}

function walkRows(unit: StitchRules, { rows, bits, spans }: MarkedRows, tails: readonly Tail[]): WalkArrays {
  const edges = new Map<number, VisitorEdges>();
  for (const [index, tail] of tails.entries()) {
    const span = spans.get(tail.visitor_id);
    if (!span) continue;
    const state = stateInTerms(unit.rules, tail);
    edges.set(span[0], { carriedIn: { index, state, hasUrl: tail.last_url !== null } });
  }
  const found = new WalkArrays(rows.length);
  const walk = new UnitWalk(unit.rules, unit.dayOf, unit.endMs, edges, found, Math.max(1, rows.length));
  for (const [index, row] of rows.entries()) {
    walk.row(bits[index]!, row.time, row.campaign_code, row.referrer_code, row.value, row.with_click_code);
  }
  walk.finish();
  return found;
}

/** Where the visitor's rows start and join sessions. */
function marksOf({ spans }: MarkedRows, walk: WalkArrays, visitor: string): Buffer {
  const [from, to] = spans.get(visitor) ?? [0, 0];
  return Buffer.from(walk.marks.subarray(from, to));
}

function tailsOf(walk: WalkArrays, { rows }: MarkedRows, tails: readonly Tail[]): Map<string, Tail> {
  const found = walk.looseEnds.map(({ segment, state }: LooseEnd): [string, Tail] => {
    const { carried, firstRow, urlRow } = walk.segments[segment]!;
    const before = carried >= 0 ? tails[carried]! : null;
    const last_url = urlRow >= 0 ? rows[urlRow]!.landing_url : (before?.last_url ?? null);
    const start = startOf(before ?? rows[firstRow]!);
    return [start.visitor_id, { ...start, state, last_url }];
  });
  return new Map(found);
}

function headsOf(walk: WalkArrays, { rows }: MarkedRows, tails: readonly Tail[]): Map<string, Head> {
  const agents = new Map<number, Set<string>>();
  for (const [row, segment] of walk.segmentOf.entries()) {
    const agent = rows[row]!.user_agent;
    if (segment < 0 || agent === null || walk.segments[segment]!.carried < 0) continue;
    agents.set(segment, (agents.get(segment) ?? new Set()).add(agent));
  }
  const loose = new Set(walk.looseEnds.map(({ segment }) => segment));
  const heads = new Map<string, Head>();
  for (const [index, segment] of walk.segments.entries()) {
    if (segment.carried < 0) continue;
    const { visitor_id } = tails[segment.carried]!;
    const user_agents = [...(agents.get(index) ?? [])].sort();
    heads.set(visitor_id, headOf(visitor_id, segment, rows, user_agents, loose.has(index)));
  }
  for (const index of walk.cuts) {
    const { visitor_id } = tails[index]!;
    heads.set(visitor_id, cutHead(visitor_id));
  }
  return heads;
}

function headOf(
  visitor_id: string,
  segment: Segment,
  rows: readonly HeadRow[],
  user_agents: string[],
  runs_on: boolean,
): Head {
  const exit = segment.exitRow >= 0 ? rows[segment.exitRow]! : null;
  return {
    visitor_id,
    count: segment.count,
    page_views: segment.pageViews,
    engaged_ms: segment.engagedMs,
    ended_ms: segment.endedMs,
    first_activity_ms: segment.firstActivityMs,
    exit_url: exit?.landing_url ?? null,
    exit_page: exit?.landing_page ?? null,
    user_id: segment.userRow >= 0 ? rows[segment.userRow]!.user_id : null,
    user_agents,
    runs_on,
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
