import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import { RetconError } from '../core/errors.ts';

/**
 * Reads a result while its query runs, to the end or not at all. The engine's stream ends alike when all rows were
 * read and when the query failed after some of them (memory that ran out, a value that can't be cast). Such a failure
 * aborts the transaction that it happens in, and that can be asked afterwards. Nothing else may run on the connection
 * meanwhile.
 *
 * @param read what is taken of the result
 * @throws `query_broke_off` when the query failed on the way; the engine's own error when it never began
 */
export async function* streamed<T>(
  connection: DuckDBConnection,
  sql: string,
  read: (result: DuckDBResult) => AsyncIterable<T>,
): AsyncGenerator<T> {
  await connection.run('BEGIN TRANSACTION');
  let whole = false;
  try {
    yield* read(await connection.stream(sql));
    try {
      await connection.run('SELECT 1');
      await connection.run('COMMIT');
    } catch (cause) {
      throw new RetconError('query_broke_off', 'a query failed after some of its rows had been read', {
        fix: 'mostly memory ran out: give the engine more (RETCON_DUCKDB_MEMORY), or try again',
        cause,
      });
    }
    whole = true;
  } finally {
    // Also where the reader had enough.
    if (!whole) await connection.run('ROLLBACK').catch(() => {});
  }
}

/** The chunks of a result, read so. */
export function chunks(connection: DuckDBConnection, sql: string): AsyncGenerator<DuckDBDataChunk> {
  return streamed(connection, sql, async function* (result) {
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk;
    }
  });
}
