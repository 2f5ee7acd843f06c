import { userAgentLabels } from '../../shared/core/labels/user-agent.ts';
import { type Connection, createTable, tableFromRows } from '../../shared/duckdb/engine.ts';
import type { Addition } from './additions.ts';
import type { UnitInput } from './context.ts';
import type { Head, Tail } from './edges.ts';
import { NO_HITS, readHits } from './hits-of-sessions.ts';
import { labelAddresses } from './internal.ts';
import { channelLabels, labelOrigins, labelUserAgents } from './labels.ts';
import { stateInTerms, type UnitRules, unitRules } from './unit-rules.ts';
import type { Segment, VisitorEdges } from './walk.ts';
import { WalkTables } from './walk-tables.ts';
import type { walkUnit } from './walk-unit.ts';

/**
 * Prepares the temporary tables that the outputs read:
 *
 * - `agents` and `origins`: labels by user agent, and by where a session came from;
 * - `walk` and `measures`: what the walk says of each fact and of each session that starts here;
 * - `own_addresses`: which addresses lie in which range of internal traffic;
 * - `continued`: what later units add to sessions that start here, beyond their measures;
 * - `hits_of`: what converts in which session; empty until it is read;
 * - `carried_sessions`: the sessions that came in over the edge, by their segment here.
 *
 * @param walk finds where sessions start
 * @param tails sessions that come in
 * @param crossing what later units add to the sessions that run out of this one
 * @param additions what of that converts or is internal
 */
export async function prepareEmit(
  connection: Connection,
  input: UnitInput,
  walk: typeof walkUnit,
  tails: readonly Tail[],
  crossing: readonly Head[],
  additions: readonly Addition[] = [],
): Promise<void> {
  const robots = await labelUserAgents(connection, input);
  const tables = await WalkTables.create(connection);
  const continued: Record<string, unknown>[] = [];
  const added = new Map(additions.map((addition) => [addition.visitor_id, addition]));
  const edges = edgesOf(unitRules(input), tails, crossing, (segment, head) => {
    addHead(segment, head, added.get(head.visitor_id), continued);
  });
  await walk(input, tables, { edges, robots });
  await tables.close(connection);
  await tableFromRows(
    connection,
    'continued',
    {
      segment: 'INTEGER',
      exits_later: 'BOOLEAN',
      exit_url: 'VARCHAR',
      exit_page: 'VARCHAR',
      user_id: 'VARCHAR',
      conversions: 'BIGINT',
      millionths: 'VARCHAR',
      is_internal: 'BOOLEAN',
    },
    continued,
  );
  await readHits(connection, NO_HITS);
  await labelAddresses(connection, input);
  await labelOrigins(connection, input);
  await carriedSessions(connection, input, tables, tails);
}

/** Visitors with a session on an edge; `add` takes what later units say of one that goes out. */
function edgesOf(
  rules: UnitRules,
  tails: readonly Tail[],
  crossing: readonly Head[],
  add: (segment: Segment, head: Head) => void,
): Map<string, VisitorEdges> {
  const edges = new Map<string, VisitorEdges>();
  for (const [index, tail] of tails.entries()) {
    const state = stateInTerms(rules, tail);
    edges.set(tail.visitor_id, { carriedIn: { index, state, hasUrl: tail.last_url !== null } });
  }
  for (const head of crossing) {
    edges.set(head.visitor_id, {
      ...edges.get(head.visitor_id),
      carriedOut: {
        nextActivityMs: head.joined ? head.first_activity_ms : null,
        apply: (segment) => add(segment, head),
      },
    });
  }
  return edges;
}

function addHead(
  segment: Segment,
  head: Head,
  added: Addition | undefined,
  continued: Record<string, unknown>[],
): void {
  segment.closed = head.closed;
  if (!head.joined) return;
  segment.count += head.count;
  segment.pageViews += head.page_views;
  segment.engagedMs += head.engaged_ms;
  segment.endedMs = head.ended_ms;
  segment.robot ||= head.user_agents.some((agent) => userAgentLabels(agent).is_bot);
  if (segment.carried >= 0) return;
  const { exit_url, exit_page, user_id } = head;
  const { conversions = 0, millionths = '0', is_internal = false } = added ?? {};
  const texts = { exits_later: head.count > 0, exit_url, exit_page, user_id };
  continued.push({ segment: segment.index, ...texts, conversions, millionths, is_internal });
}

async function carriedSessions(
  connection: Connection,
  input: UnitInput,
  tables: WalkTables,
  tails: readonly Tail[],
): Promise<void> {
  const fill = await createTable(connection, 'carried_sessions', {
    segment: 'INTEGER',
    session_id: 'VARCHAR',
    landing_page: 'VARCHAR',
    channel: 'VARCHAR',
    carried_url: 'VARCHAR',
  });
  for (const { segment, tail } of tables.carried) {
    const carried = tails[tail]!;
    const { session_id, landing_page, last_url } = carried;
    const { channel } = channelLabels(input.context, carried);
    fill.row({ segment, session_id, landing_page, channel, carried_url: last_url });
  }
  fill.close();
}
