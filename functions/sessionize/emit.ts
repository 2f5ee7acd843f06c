import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DOUBLE, INTEGER, UTINYINT } from '@duckdb/node-api';
import { userAgentLabels } from '../../shared/core/labels/user-agent.ts';
import { dayOfDate } from '../../shared/core/unit.ts';
import { type Connection, literal, row, tableFromArrays, tableFromRows } from '../../shared/duckdb/engine.ts';
import { digestSql, milliseconds, wholeMilliseconds } from '../../shared/lake/digest.ts';
import { PARQUET_OPTIONS } from '../../shared/lake/facts.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import { dtSql, localDaysOf, type UnitInput } from './context.ts';
import type { Head, Tail } from './edges.ts';
import { channelLabels, labelOrigins, labelUserAgents, originKey, pageGroupSql } from './labels.ts';
import { sessionIdSql } from './session-start.ts';
import { byDate, byDefinition, SESSION_REACH_MS } from './unit-definitions.ts';
import { FLAG, type WalkResult } from './walk.ts';
import { rowsOfVisitors } from './walk-unit.ts';

const STARTS = sqlText(import.meta.url, 'starts.sql');
const SESSIONS = sqlText(import.meta.url, 'sessions.sql');
const EVENTS = sqlText(import.meta.url, 'events.sql');

/** Key and added columns of each table: what its digest covers. Never `open_until`. */
const DIGESTS = {
  sessions: digestSql([
    'session_id',
    'dt',
    'visitor_id',
    'user_id',
    milliseconds('started_at'),
    milliseconds('ended_at'),
    wholeMilliseconds('engaged_seconds'),
    'event_count',
    'page_views',
    'landing_url',
    'exit_url',
    'referrer',
    'channel',
    'source',
    'medium',
    'utm_campaign',
    'click_id',
    'conversion_count',
    wholeMilliseconds('conversion_value'),
    'device_class',
    'browser',
    'os',
    'country',
    'is_bot',
    'is_internal',
  ]),
  events: digestSql([
    'event_id',
    'dt',
    'page_group',
    'device_class',
    'browser',
    'os',
    'is_bot',
    'is_internal',
    'session_id',
    'session_event_number',
    'session_channel',
    'session_landing_page',
    'previous_url',
    'is_landing',
    'is_exit',
    wholeMilliseconds('seconds_to_next'),
  ]),
};

/** A table file of one unit and one local day. */
export interface EmittedPart {
  dt: string;
  file: string;
  rows: number;
  bytes: number;
}

export interface Emitted {
  parts: EmittedPart[];
  rows: number;
  digest: string;
}

/**
 * Prepares the temporary tables that both outputs read: the walk's columns beside the facts, the
 * sessions that start, labels, and what later units add.
 *
 * @param crossing what later units add to the sessions that run out of this one
 */
export async function prepareEmit(
  connection: Connection,
  input: UnitInput,
  walk: WalkResult,
  tails: readonly Tail[],
  crossing: readonly Head[],
): Promise<void> {
  const { context } = input;
  const facts = factsSql(input);
  const unitExit = new Uint8Array(walk.flags.length);
  for (const { exitRow } of walk.segments) if (exitRow >= 0) unitExit[exitRow] = 1;
  const continued = await joinCrossing(connection, input, walk, crossing);
  await tableFromArrays(connection, 'walk', [
    { name: 'segment', type: INTEGER, sqlType: 'INTEGER', items: walk.segment },
    { name: 'number', type: INTEGER, sqlType: 'INTEGER', items: walk.number },
    { name: 'next', type: DOUBLE, sqlType: 'DOUBLE', items: walk.next },
    { name: 'flags', type: UTINYINT, sqlType: 'UTINYINT', items: walk.flags },
    { name: 'unit_exit', type: UTINYINT, sqlType: 'UTINYINT', items: unitExit },
  ]);
  await measures(connection, walk);
  await tableFromRows(
    connection,
    'continued',
    {
      segment: 'INTEGER',
      exits_later: 'BOOLEAN',
      exit_url: 'VARCHAR',
      exit_page: 'VARCHAR',
      user_id: 'VARCHAR',
      is_bot: 'BOOLEAN',
    },
    continued,
  );
  await connection.run(
    fillSql(STARTS, { facts, session_id: sessionIdSql(context.site), dt: dtSql(input, 'event_time') }),
  );
  await labelUserAgents(connection, facts);
  await labelOrigins(connection, input);
  await sessionsOfSegments(connection, input, walk, tails);
}

/** Adds to the walk what later units say: exits that are none, times to next, counts. */
async function joinCrossing(
  connection: Connection,
  input: UnitInput,
  walk: WalkResult,
  crossing: readonly Head[],
): Promise<Record<string, unknown>[]> {
  const lastRows = await rowsOfVisitors(connection, input.file, crossing, 'max');
  const continued: Record<string, unknown>[] = [];
  for (const [index, lastRow] of lastRows) {
    const head = crossing[index]!;
    let last = lastRow;
    while (last >= 0 && walk.segment[last]! < 0) last--;
    if (last < 0) continue;
    const number = walk.segment[last]!;
    const segment = walk.segments[number]!;
    segment.closed = head.closed;
    if (!head.joined) continue;
    if (head.first_activity_ms !== null && segment.exitRow >= 0) {
      walk.flags[segment.exitRow]! &= ~FLAG.exit;
      walk.next[segment.exitRow] = (head.first_activity_ms - walk.times[segment.exitRow]!) / 1000;
    }
    segment.count += head.count;
    segment.pageViews += head.page_views;
    segment.engagedMs += head.engaged_ms;
    segment.endedMs = head.ended_ms;
    continued.push({
      segment: number,
      exits_later: head.count > 0,
      exit_url: head.exit_url,
      exit_page: head.exit_page,
      user_id: head.user_id,
      is_bot: head.user_agents.some((agent) => userAgentLabels(agent).is_bot),
    });
  }
  return continued;
}

/** The table `measures`: what the walk counted of each session that starts in the unit. */
async function measures(connection: Connection, walk: WalkResult): Promise<void> {
  const starting = walk.segments
    .map((segment, index) => ({ segment, index }))
    .filter(({ segment }) => segment.carried < 0);
  const numbers = (of: (segment: WalkResult['segments'][number], index: number) => number): Float64Array =>
    Float64Array.from(starting, ({ segment, index }) => of(segment, index));
  const column = (name: string, items: Float64Array) => ({ name, type: DOUBLE, sqlType: 'DOUBLE', items });
  await tableFromArrays(connection, 'measures_as_doubles', [
    column(
      'segment',
      numbers((_, index) => index),
    ),
    column(
      'started',
      numbers((segment) => segment.startedMs),
    ),
    column(
      'ended',
      numbers((segment) => segment.endedMs),
    ),
    column(
      'engaged',
      numbers((segment) => segment.engagedMs),
    ),
    column(
      'event_count',
      numbers((segment) => segment.count),
    ),
    column(
      'page_views',
      numbers((segment) => segment.pageViews),
    ),
    column(
      'closed',
      numbers((segment) => (segment.closed ? 1 : 0)),
    ),
  ]);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE measures AS SELECT segment::INTEGER AS segment, started::BIGINT AS started,
       ended::BIGINT AS ended, engaged, event_count::BIGINT AS event_count, page_views::BIGINT AS page_views,
       closed = 1 AS closed FROM measures_as_doubles`,
  );
}

/** The table `session_of`: what an event row says about its session. */
async function sessionsOfSegments(
  connection: Connection,
  input: UnitInput,
  walk: WalkResult,
  tails: readonly Tail[],
): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE session_of AS
     SELECT segment, session_id, url_path AS landing_page, channel, NULL::VARCHAR AS carried_url
     FROM starts JOIN origins ON origin = ${originKey(input)}`,
  );
  const carried = walk.segments.flatMap((segment, index) =>
    segment.carried < 0 ? [] : [{ index, tail: tails[segment.carried]! }],
  );
  await tableFromRows(
    connection,
    'carried_sessions',
    {
      segment: 'INTEGER',
      session_id: 'VARCHAR',
      landing_page: 'VARCHAR',
      channel: 'VARCHAR',
      carried_url: 'VARCHAR',
    },
    carried.map(({ index, tail }) => ({
      segment: index,
      session_id: tail.session_id,
      landing_page: tail.landing_page,
      channel: channelLabels(input.context, tail).channel,
      carried_url: tail.last_url,
    })),
  );
  await connection.run('INSERT INTO session_of FROM carried_sessions');
}

/** Writes the sessions that start in the unit. Call `prepareEmit` first. */
export async function emitSessions(
  connection: Connection,
  input: UnitInput,
  folder: string,
): Promise<Emitted> {
  const { context } = input;
  const { bots } = await row<{ bots: boolean }>(
    connection,
    'SELECT coalesce(bool_or(is_bot), false) AS bots FROM agents',
  );
  const sql = fillSql(SESSIONS, {
    // A bot may be any event of a session; a unit without one needn't be looked through.
    robots: bots
      ? `SELECT DISTINCT segment FROM ${factsSql(input)} f POSITIONAL JOIN walk w
         WHERE segment >= 0 AND user_agent IN (SELECT user_agent FROM agents WHERE is_bot)`
      : 'SELECT segment FROM telling WHERE false',
    site: literal(context.site),
    origin: originKey(input),
    // By the rules of the date on which the session ended, which may lie behind the unit.
    inactivity: byDefinition(
      input,
      'make_timestamp(m.ended * 1000)',
      ({ sessions }) => String(sessions.inactivity_ms),
      { after: SESSION_REACH_MS },
    ),
  });
  const kept = byDate(input, 'dt', ({ filters }) => (filters.bots === 'exclude' ? 'NOT is_bot' : 'true'));
  await connection.run(`CREATE OR REPLACE TEMP TABLE emitted AS FROM (${sql}) WHERE ${kept}`);
  const parts: EmittedPart[] = [];
  for (const { dt } of localDaysOf(input)) {
    const file = join(folder, `sessions-${dt}.parquet`);
    const wanted = `FROM emitted WHERE dt = ${literal(dt)}`;
    await copy(connection, `SELECT * ${wanted}`, file);
    await addPart(connection, parts, dt, file);
  }
  const { digest } = await row<{ digest: string }>(
    connection,
    `SELECT ${DIGESTS.sessions} AS digest FROM emitted`,
  );
  return { parts, rows: parts.reduce((sum, part) => sum + part.rows, 0), digest };
}

/** Writes the unit's labelled events. Call `prepareEmit` first. */
export async function emitEvents(connection: Connection, input: UnitInput, folder: string): Promise<Emitted> {
  const { context } = input;
  const parts: EmittedPart[] = [];
  for (const { dt, where } of localDaysOf(input)) {
    const file = join(folder, `events-${dt}.parquet`);
    const { filters } = context.definitions.on(dayOfDate(dt));
    const kept = filters.bots === 'exclude' ? 'NOT coalesce(is_bot, false)' : 'true';
    const sql = fillSql(EVENTS, {
      facts: factsSql(input),
      site: literal(context.site),
      dt: literal(dt),
      page_group: pageGroupSql(context, dt),
      where: `${where} AND ${kept}`,
    });
    await copy(connection, sql, file);
    await addPart(connection, parts, dt, file);
  }
  if (parts.length === 0) return { parts, rows: 0, digest: '0:0' };
  const files = parts.map((part) => literal(part.file)).join(', ');
  const { digest } = await row<{ digest: string }>(
    connection,
    `SELECT ${DIGESTS.events} AS digest FROM read_parquet([${files}])`,
  );
  return { parts, rows: parts.reduce((sum, part) => sum + part.rows, 0), digest };
}

async function copy(connection: Connection, select: string, file: string): Promise<void> {
  await connection.run(`COPY (${select}) TO ${literal(file)} (${PARQUET_OPTIONS})`);
}

async function addPart(
  connection: Connection,
  parts: EmittedPart[],
  dt: string,
  file: string,
): Promise<void> {
  const { n } = await row<{ n: number }>(
    connection,
    `SELECT count(*) AS n FROM read_parquet(${literal(file)})`,
  );
  if (n > 0) parts.push({ dt, file, rows: n, bytes: (await stat(file)).size });
}

function factsSql(input: UnitInput): string {
  return `read_parquet(${literal(input.file)})`;
}
