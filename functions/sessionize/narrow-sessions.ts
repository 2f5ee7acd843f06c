import { type Connection, fileList, literal, row } from '../../shared/duckdb/engine.ts';
import { digestSql, milliseconds } from '../../shared/lake/digest.ts';
import { PARQUET_OPTIONS } from '../../shared/lake/facts.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';

const TOUCHES = sqlText(import.meta.url, 'touches.sql');

const DIGEST = digestSql([
  'visitor_id',
  'session_id',
  milliseconds('started_at'),
  'nth',
  'channel',
  'source',
  'medium',
  'utm_campaign',
  'is_bot',
  'is_internal',
]);

/** Copies what is looked back at out of files of sessions. */
export async function narrowSessions(
  connection: Connection,
  files: readonly string[],
  out: string,
): Promise<{ rows: number; digest: string }> {
  const values = { files: fileList(files), out: literal(out), options: PARQUET_OPTIONS };
  await connection.run(fillSql(TOUCHES, values));
  return row(connection, `SELECT count(*) AS rows, ${DIGEST} AS digest FROM read_parquet(${literal(out)})`);
}
