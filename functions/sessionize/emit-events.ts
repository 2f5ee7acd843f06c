import { dayOfDate } from '../../shared/core/unit.ts';
import { type Connection, literal } from '../../shared/duckdb/engine.ts';
import { digestSql, wholeMilliseconds } from '../../shared/lake/digest.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import { factsSql, localDaysOf, type UnitInput } from './context.ts';
import { type Emitted, type EmittedPart, emittedOf, writePart } from './emitted.ts';
import { internalSql, keptSql } from './internal.ts';
import { originKey, pageGroupSql } from './labels.ts';
import { sessionIdSql } from './session-start.ts';

const EVENTS = sqlText(import.meta.url, 'events.sql');

/** Key and added columns: what the digest covers. Facts have their own. */
export const EVENTS_DIGEST = digestSql([
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
]);

/** Writes the unit's labelled events. Call `prepareEmit` first. */
export async function emitEvents(connection: Connection, input: UnitInput, folder: string): Promise<Emitted> {
  return emittedOf(connection, await writeEvents(connection, input, folder), EVENTS_DIGEST);
}

/** The same without their digest. */
export async function writeEvents(
  connection: Connection,
  input: UnitInput,
  folder: string,
): Promise<EmittedPart[]> {
  const days = localDaysOf(input);
  const parts: EmittedPart[] = [];
  for (const { dt, where } of days) {
    const select = eventsSql(input, dt, days.length === 1 ? 'true' : where);
    await writePart(connection, parts, { table: 'events', dt, folder }, select);
  }
  return parts;
}

/**
 * SQL for the labelled events of one local date; without those that the filters exclude, unless asked for.
 *
 * @param where which rows are of the date
 */
export function eventsSql(input: UnitInput, dt: string, where: string, excluded?: 'with excluded'): string {
  const { context } = input;
  const internal = internalSql(context, dt);
  const { filters } = context.definitions.on(dayOfDate(dt));
  const kept = excluded ? 'true' : keptSql(filters, 'coalesce(is_bot, false)', internal);
  return fillSql(EVENTS, {
    facts: factsSql(input),
    site: literal(context.site),
    dt: literal(dt),
    session_id: sessionIdSql(context.site),
    origin: originKey(input),
    page_group: pageGroupSql(context, dt),
    is_internal: internal,
    where: `${where} AND ${kept}`,
  });
}
