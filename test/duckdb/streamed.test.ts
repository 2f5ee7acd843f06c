import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { batches, row, withConnection } from '../../shared/duckdb/engine.ts';
import { chunks } from '../../shared/duckdb/streamed.ts';

const ROWS = 1_000_000;
/** Fails at its 500,001st row, long after the first have been handed out. */
const BREAKS = `SELECT CAST(CASE WHEN range = 500000 THEN 'x' ELSE CAST(range AS VARCHAR) END AS INTEGER) AS n
  FROM range(${ROWS})`;
const WHOLE = `SELECT CAST(range AS INTEGER) AS n FROM range(${ROWS})`;

async function counted(some: AsyncIterable<{ rowCount: number }>): Promise<number> {
  let count = 0;
  for await (const { rowCount } of some) count += rowCount;
  return count;
}

it('a query that fails after some of its rows is no shorter result', async () => {
  await withConnection(async (connection) => {
    await expect(counted(chunks(connection, BREAKS))).rejects.toThrow('after some of its rows');
    // The connection goes on.
    expect(await counted(chunks(connection, WHOLE))).toBe(ROWS);
  });
});

it('nor are its rows as objects', async () => {
  await withConnection(async (connection) => {
    const read = async (): Promise<number> => {
      let count = 0;
      for await (const some of batches<{ n: number }>(connection, BREAKS)) count += some.length;
      return count;
    };
    await expect(read()).rejects.toThrow('after some of its rows');
  });
});

it('who has had enough leaves the connection as it was', async () => {
  await withConnection(async (connection) => {
    for await (const { rowCount } of chunks(connection, WHOLE)) {
      expect(rowCount).toBeGreaterThan(0);
      break;
    }
    await connection.run('CREATE TEMP TABLE t AS SELECT 1 AS one');
    expect(await row(connection, 'SELECT one FROM t')).toEqual({ one: 1 });
  });
});

it('a query that never begins says why', async () => {
  await withConnection(async (connection) => {
    await expect(counted(chunks(connection, 'SELECT nothing FROM nowhere'))).rejects.toThrow('nowhere');
    expect(await counted(chunks(connection, 'SELECT 1'))).toBe(1);
  });
});

it('nobody streams past it', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const streaming = ['cli', 'functions', 'local', 'shared'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name))
      .filter((name) => /\.stream\w*\(/.test(readFileSync(join(root, name), 'utf8'))),
  );
  expect(streaming).toEqual(['shared/duckdb/streamed.ts']);
});
