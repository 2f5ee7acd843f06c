import { type Connection, literal, rows, tableFromRows } from '../../shared/duckdb/engine.ts';
import { dtSql, type UnitInput } from './context.ts';
import type { Head, Tail } from './edges.ts';
import { type SessionStart, START_COLUMNS } from './labels.ts';
import type { Segment, WalkResult } from './walk.ts';

interface FactRow extends SessionStart {
  r: number;
  user_id: string | null;
}

/** Id of a session from (site, visitor, id of its first event): the same wherever rules agree on its start. */
export function sessionIdSql(site: string): string {
  return `md5(${literal(site)} || chr(31) || visitor_id || chr(31) || event_id)`;
}

/** Fetches single rows of a unit by number. */
async function fetchRows(
  connection: Connection,
  input: UnitInput,
  wanted: number[],
): Promise<Map<number, FactRow>> {
  if (wanted.length === 0) return new Map();
  await tableFromRows(
    connection,
    'wanted_rows',
    { r: 'BIGINT' },
    [...new Set(wanted)].map((r) => ({ r })),
  );
  const found = await rows<FactRow>(
    connection,
    `SELECT r, user_id, ${START_COLUMNS.join(', ')} FROM (
       SELECT *, file_row_number AS r, ${sessionIdSql(input.context.site)} AS session_id,
         ${dtSql(input, 'event_time')} AS dt
       FROM read_parquet(${literal(input.file)}, file_row_number = true)
       WHERE file_row_number IN (SELECT r FROM wanted_rows))`,
  );
  return new Map(found.map((row) => [row.r, row]));
}

/** What of this unit's sessions may go on in the next, in order of visitor. */
export async function findTails(
  connection: Connection,
  input: UnitInput,
  walk: WalkResult,
  carriedIn: readonly Tail[],
): Promise<Tail[]> {
  const wanted = walk.looseEnds.flatMap(({ segment }) => {
    const { firstRow, urlRow } = walk.segments[segment]!;
    return urlRow >= 0 ? [firstRow, urlRow] : [firstRow];
  });
  const facts = await fetchRows(connection, input, wanted);
  return walk.looseEnds.map(({ segment, state }): Tail => {
    const { carried, firstRow, urlRow } = walk.segments[segment]!;
    const first = facts.get(firstRow)!;
    const start: SessionStart = carried >= 0 ? carriedIn[carried]! : first;
    const carriedUrl = carried >= 0 ? carriedIn[carried]!.last_url : null;
    return {
      session_id: start.session_id,
      visitor_id: start.visitor_id,
      dt: start.dt,
      landing_url: start.landing_url,
      landing_page: start.landing_page,
      referrer: start.referrer,
      referrer_host: start.referrer_host,
      utm_source: start.utm_source,
      utm_medium: start.utm_medium,
      utm_campaign: start.utm_campaign,
      click_id: start.click_id,
      country: start.country,
      user_agent: start.user_agent,
      state,
      last_url: urlRow >= 0 ? facts.get(urlRow)!.landing_url : carriedUrl,
    };
  });
}

/** What this unit adds to sessions of earlier ones, in order of visitor. */
export async function findHeads(
  connection: Connection,
  input: UnitInput,
  walk: WalkResult,
  carriedIn: readonly Tail[],
): Promise<Head[]> {
  const numbered = walk.segments.map((segment, index) => ({ segment, index }));
  const carried = numbered.filter(({ segment }) => segment.carried >= 0);
  if (carried.length === 0 && walk.cut.length === 0) return [];
  const loose = new Set(walk.looseEnds.map(({ segment }) => segment));
  const wanted = carried.flatMap(({ segment }) => [segment.firstRow, segment.exitRow, segment.userRow]);
  const facts = await fetchRows(
    connection,
    input,
    wanted.filter((row) => row >= 0),
  );
  const agents = await userAgents(
    connection,
    input,
    walk,
    carried.map(({ index }) => index),
  );
  const heads = carried.map(({ segment, index }): Head => {
    const exit = segment.exitRow >= 0 ? facts.get(segment.exitRow)! : null;
    return {
      visitor_id: carriedIn[segment.carried]!.visitor_id,
      ...counts(segment),
      exit_url: exit?.landing_url ?? null,
      exit_page: exit?.landing_page ?? null,
      user_id: segment.userRow >= 0 ? facts.get(segment.userRow)!.user_id : null,
      user_agents: agents.get(index) ?? [],
      runs_on: loose.has(index),
      joined: true,
    };
  });
  for (const index of walk.cut) heads.push(cutHead(carriedIn[index]!));
  return heads.sort((a, b) => Buffer.compare(Buffer.from(a.visitor_id), Buffer.from(b.visitor_id)));
}

function counts(segment: Segment) {
  return {
    count: segment.count,
    page_views: segment.pageViews,
    engaged_ms: segment.engagedMs,
    ended_ms: segment.endedMs,
    first_activity_ms: segment.firstActivityMs,
  };
}

function cutHead(tail: Tail): Head {
  return {
    visitor_id: tail.visitor_id,
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
  };
}

async function userAgents(
  connection: Connection,
  input: UnitInput,
  walk: WalkResult,
  segments: number[],
): Promise<Map<number, string[]>> {
  const wanted = new Set(segments);
  const places: { r: number; s: number }[] = [];
  for (const s of wanted) {
    for (let r = walk.segments[s]!.firstRow; r < walk.segment.length; r++) {
      const at = walk.segment[r]!;
      if (at === s) places.push({ r, s });
      else if (at >= 0) break;
    }
  }
  await tableFromRows(connection, 'wanted_places', { r: 'BIGINT', s: 'INTEGER' }, places);
  const found = await rows<{ s: number; user_agent: string }>(
    connection,
    `SELECT DISTINCT s, user_agent FROM read_parquet(${literal(input.file)}, file_row_number = true)
     JOIN wanted_places ON r = file_row_number WHERE user_agent IS NOT NULL ORDER BY ALL`,
  );
  const agents = new Map<number, string[]>();
  for (const { s, user_agent } of found) agents.set(s, [...(agents.get(s) ?? []), user_agent]);
  return agents;
}
