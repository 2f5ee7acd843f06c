import { type Connection, fileList, literal } from '../../shared/duckdb/engine.ts';
import { digestSql, milliseconds } from '../../shared/lake/digest.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import { localDaysOf, type UnitPlace } from './context.ts';
import { type Emitted, type EmittedPart, emittedOf, writePart } from './emitted.ts';

const CONVERSIONS = sqlText(import.meta.url, 'conversions.sql');
const NO_TOUCHES = sqlText(import.meta.url, 'no-touches.sql');

const DIGEST = digestSql([
  'dt',
  'conversion_name',
  'event_id',
  milliseconds('event_time'),
  'visitor_id',
  'user_id',
  'session_id',
  'round(value * 1000000)::HUGEINT',
  'channel',
  'source',
  'medium',
  'utm_campaign',
  'first_channel',
  'last_channel',
  'last_non_direct_channel',
  'touches',
  'is_bot',
  'is_internal',
]);

/** Attributes hits to sessions. */
export async function attributeHits(
  connection: Connection,
  place: UnitPlace,
  hits: string,
  touches: readonly string[],
  folder: string,
): Promise<Emitted> {
  const values = {
    hits: literal(hits),
    touches: touches.length > 0 ? `read_parquet(${fileList(touches)})` : NO_TOUCHES,
    site: literal(place.context.site),
  };
  await connection.run(fillSql(CONVERSIONS, values));
  const parts: EmittedPart[] = [];
  for (const { dt } of localDaysOf(place)) {
    const select = `SELECT * FROM emitted WHERE dt = ${literal(dt)}`;
    await writePart(connection, parts, { table: 'conversions', dt, folder }, select);
  }
  return emittedOf(connection, parts, DIGEST);
}
