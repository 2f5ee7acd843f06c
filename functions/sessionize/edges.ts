import { createHash } from 'node:crypto';
import type { SessionState } from '../../shared/core/session/machine.ts';
import type { SessionStart } from './session-start.ts';

/**
 * What the next unit must know of a visitor whose last session event lies within the timeout of this
 * unit's end: the machine's state, and what was known when the session started. Facts, no labels.
 */
export interface Tail extends SessionStart {
  state: SessionState;
  /** The last URL of the session so far. */
  last_url: string | null;
}

/** A visitor whose tail is another than the unit by itself says, since a session came in over its edge. */
export interface Override {
  visitor_id: string;
  /** null: nothing goes on, though the unit by itself says so. */
  tail: Tail | null;
}

/** What a unit adds to a session that started in an earlier one. */
export interface Head {
  visitor_id: string;
  /** Activity events and, among them, page and screen views. */
  count: number;
  page_views: number;
  engaged_ms: number;
  /** Time of the session's last event in this unit, ms. */
  ended_ms: number;
  /** Time of its first activity event in this unit; null when it holds engagement only. */
  first_activity_ms: number | null;
  /** Of its last activity event, when there is one. */
  exit_url: string | null;
  exit_page: string | null;
  /** The last non-null user id. */
  user_id: string | null;
  user_agents: string[];
  /** The session is the visitor's last of the unit: it may go on in the next. */
  runs_on: boolean;
  /** False: no event joined; the visitor's next event came in time but started a session of its own. */
  joined: boolean;
  /** A later event is known to have started the visitor's next session. */
  closed: boolean;
}

/** Digest of rows in their order; `none` when there are none. */
export function edgeDigest(rows: readonly object[]): string {
  if (rows.length === 0) return 'none';
  const hash = createHash('sha256');
  for (const row of rows) hash.update(`${JSON.stringify(row)}\n`);
  return hash.digest('hex').slice(0, 32);
}

/**
 * What all later units add to the sessions that run out of a unit, from the next unit's heads and what
 * crosses out of that one.
 */
export function crossings(next: readonly Head[], beyond: readonly Head[]): Head[] {
  const later = new Map(beyond.map((head) => [head.visitor_id, head]));
  return next.map((head) => {
    const more = head.joined && head.runs_on ? later.get(head.visitor_id) : undefined;
    if (more === undefined) return head;
    return more.joined ? join(head, more) : { ...head, closed: true };
  });
}

function join(head: Head, more: Head): Head {
  const exit = more.count > 0 ? more : head;
  return {
    visitor_id: head.visitor_id,
    count: head.count + more.count,
    page_views: head.page_views + more.page_views,
    engaged_ms: head.engaged_ms + more.engaged_ms,
    ended_ms: more.ended_ms,
    first_activity_ms: head.first_activity_ms ?? more.first_activity_ms,
    exit_url: exit.exit_url,
    exit_page: exit.exit_page,
    user_id: more.user_id ?? head.user_id,
    user_agents: [...new Set([...head.user_agents, ...more.user_agents])].sort(),
    runs_on: more.runs_on,
    joined: true,
    closed: more.closed,
  };
}
