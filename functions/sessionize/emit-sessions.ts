import { type Connection, literal } from '../../shared/duckdb/engine.ts';
import { digestSql, milliseconds, wholeMilliseconds } from '../../shared/lake/digest.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import { dtSql, factsSql, localDaysOf, type UnitInput } from './context.ts';
import { type Emitted, type EmittedPart, emittedOf, writePart } from './emitted.ts';
import { keptSql } from './internal.ts';
import { originKey } from './labels.ts';
import { sessionIdSql } from './session-start.ts';
import { byDate, byDefinition, definitionsOf, SESSION_REACH_MS } from './unit-definitions.ts';

const SESSIONS = sqlText(import.meta.url, 'sessions.sql');

/** Key and added columns: what the digest covers. Never `open_until`. */
export const SESSIONS_DIGEST = digestSql([
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
]);

/** Writes the sessions that start in the unit. Call `prepareEmit` first. */
export async function emitSessions(
  connection: Connection,
  input: UnitInput,
  folder: string,
): Promise<Emitted> {
  const { context } = input;
  const internal = '(coalesce(h.is_internal, false) OR coalesce(c.is_internal, false))';
  const kept = byDate(input, 's.dt', ({ filters }) => keptSql(filters, 'm.robot <> 0', internal));
  // By the rules of the date on which the session ended, which may lie behind the unit.
  const inactivity = byDefinition(
    input,
    'make_timestamp(m.ended::BIGINT * 1000)',
    ({ sessions }) => String(sessions.inactivity_ms),
    { after: SESSION_REACH_MS },
  );
  // Joins disturb the order, in which conversions look back at sessions that start in the same ms.
  const looked = definitionsOf(input).some(({ conversions }) => conversions.length > 0);
  const days = localDaysOf(input);
  const parts: EmittedPart[] = [];
  for (const { dt } of days) {
    const select = fillSql(SESSIONS, {
      facts: factsSql(input),
      site: literal(context.site),
      session_id: sessionIdSql(context.site),
      dt: dtSql(input, 'event_time'),
      origin: originKey(input),
      inactivity,
      order: looked ? 'ORDER BY m.segment' : '',
      where: days.length === 1 ? kept : `${kept} AND s.dt = ${literal(dt)}`,
    });
    await writePart(connection, parts, { table: 'sessions', dt, folder }, select);
  }
  return emittedOf(connection, parts, SESSIONS_DIGEST);
}
