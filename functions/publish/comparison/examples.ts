import { dateOfDay, dayOfDate } from '../../../shared/core/unit.ts';
import { fillSql, sqlText } from '../../../shared/sql-text.ts';
import type { Asking } from './asking.ts';
import type { Pick } from './changes.ts';
import type { Reason } from './reasons.ts';
import { type Sides, sides } from './sides.ts';
import { texts } from './sql-literals.ts';

const SQL = sqlText(import.meta.url, 'examples.sql');

/** A session as an example shows it; times are UTC, `YYYY-MM-DD HH:MM:SS.mmm`. */
export interface ShownSession {
  session_id: string;
  started_at: string;
  ended_at: string;
  event_count: number;
  landing_url: string | null;
  exit_url: string | null;
  channel: string;
  source: string;
  medium: string;
  conversion_count: number;
}

/** One visit under both definitions: the session that changed and all that overlap with it. */
export interface Example extends Sides<ShownSession[]> {
  session_id: string;
  site: string;
  dt: string;
  visitor_id: string;
}

interface Row extends ShownSession {
  slice: string;
  site: string;
  visitor_id: string;
}

/** Sessions of a side that an example shows at most. */
const MOST = 8;

/** The examples of each reason. */
export async function examplesOf(
  asking: Asking,
  now: string,
  then: string,
  picks: ReadonlyMap<Reason, Pick[]>,
): Promise<Map<Reason, Example[]>> {
  const all = [...picks].flatMap(([reason, own]) => (reason === 'unchanged' ? [] : own));
  if (all.length === 0) return new Map();
  const days = all.flatMap(({ dt }) => [-2, -1, 0, 1, 2].map((more) => dateOfDay(dayOfDate(dt) + more)));
  const unique = (values: string[]): string => texts([...new Set(values)].sort());
  const sql = fillSql(SQL, {
    slices: unique([now, then]),
    sites: unique(all.map(({ site }) => site)),
    days: unique(days),
    visitors: unique(all.map(({ visitor_id }) => visitor_id)),
  });
  const { rows } = await asking.query(sql);
  const sessions = rows.map(rowOf);
  const examples = new Map<Reason, Example[]>();
  for (const [reason, own] of picks) {
    if (reason === 'unchanged') continue;
    const shown = own.flatMap((pick) => exampleOf(pick, sessions, now, then));
    examples.set(reason, shown);
  }
  return examples;
}

function rowOf(cells: (string | null)[]): Row {
  const [slice, site, visitor_id, session_id, started_at, ended_at, events, landing_url, exit_url, ...rest] =
    cells as string[];
  const [channel, source, medium, conversions] = rest as [string, string, string, string];
  return {
    slice: slice!,
    site: site!,
    visitor_id: visitor_id!,
    session_id: session_id!,
    started_at: started_at!,
    ended_at: ended_at!,
    event_count: Number(events),
    landing_url: landing_url ?? null,
    exit_url: exit_url ?? null,
    channel,
    source,
    medium,
    conversion_count: Number(conversions),
  };
}

/** None when the rows of a visitor with very many sessions were cut off before it. */
function exampleOf(pick: Pick, sessions: readonly Row[], now: string, then: string): Example[] {
  const own = sessions.filter(({ site, visitor_id }) => site === pick.site && visitor_id === pick.visitor_id);
  const start = own.find(({ session_id }) => session_id === pick.session_id)?.started_at;
  if (start === undefined) return [];
  const around = own.filter(({ started_at, ended_at }) => started_at <= start && ended_at >= start);
  const from = around.map(({ started_at }) => started_at).sort()[0]!;
  const to = around
    .map(({ ended_at }) => ended_at)
    .sort()
    .at(-1)!;
  const side = (wanted: string): ShownSession[] =>
    own
      .filter(({ slice, started_at, ended_at }) => slice === wanted && started_at <= to && ended_at >= from)
      .slice(0, MOST)
      .map(({ slice: _, site: __, visitor_id: ___, ...session }) => session);
  return [{ ...pick, ...sides(side(now), side(then)) }];
}
