import type { Connection } from '../../shared/duckdb/engine.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';

const HITS_OF = sqlText(import.meta.url, 'hits-of-sessions.sql');

/** Where hits are read from when there are none. */
export const NO_HITS = sqlText(import.meta.url, 'no-hits.sql');

/**
 * Makes the table `hits_of`: by session, what converts in it.
 *
 * @param hits SQL to read a unit's hits from
 */
export async function readHits(connection: Connection, hits: string): Promise<void> {
  await connection.run(fillSql(HITS_OF, { hits }));
}
