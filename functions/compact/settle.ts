import { type Connection, literal, row, rows } from '../../shared/duckdb/engine.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';

const REPEATED = sqlText(import.meta.url, 'repeated.sql');
const SETTLE = sqlText(import.meta.url, 'settle.sql');

/** What changes in the facts of one unit, the new ones included. */
export interface Changes {
  dropped: number;
  renamed: number;
}

/**
 * Makes the tables `fates` and `changes`: what becomes of facts under ids that arrived and occur more than once
 * in `arrived` and `foreign_rows`.
 *
 * @param few whether the table `incoming` holds what is new, so that only its ids need be looked for
 * @returns what changes, by unit; units where nothing does are absent. Null when no id occurs twice: then there are
 *   no such tables
 */
export async function settle(
  connection: Connection,
  unit: string,
  few: boolean,
): Promise<Map<string, Changes> | null> {
  const candidates = few
    ? 'hash(coalesce(collided_id, event_id)) IN (SELECT hash(event_id) FROM incoming)'
    : 'true';
  await connection.run(fillSql(REPEATED, { candidates }));
  const { n } = await row<{ n: number }>(connection, 'SELECT count(*) AS n FROM repeated');
  if (n === 0) return null;
  await connection.run(fillSql(SETTLE, { unit: literal(unit) }));
  const counted = await rows<{ home: string; dropped: number; renamed: number }>(
    connection,
    `SELECT home, count(*) FILTER (dropped) AS dropped, count(*) FILTER (NOT dropped) AS renamed
     FROM changes GROUP BY home ORDER BY home`,
  );
  return new Map(counted.map(({ home, dropped, renamed }) => [home, { dropped, renamed }]));
}

/** Facts that no earlier generation had, by landing object: a copy that takes the place of a known fact is none. */
export async function acceptedByObject(
  connection: Connection,
  repeated: boolean,
): Promise<Record<string, number>> {
  const copies = repeated
    ? `UNION ALL SELECT landing_object, -count(*) FROM fates WHERE is_new AND (dropped OR known_before) GROUP BY 1`
    : '';
  const counted = await rows<{ landing_object: string; n: number }>(
    connection,
    `SELECT landing_object, sum(n)::BIGINT AS n FROM (
       SELECT landing_object, count(*) AS n FROM arrived
       WHERE landing_object IN (SELECT object FROM landed) GROUP BY landing_object
       ${copies}
     ) GROUP BY landing_object HAVING sum(n) > 0 ORDER BY landing_object`,
  );
  return Object.fromEntries(counted.map((entry) => [entry.landing_object, entry.n]));
}
