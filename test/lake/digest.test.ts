import { expect, it } from 'vitest';
import { row, withConnection } from '../../shared/duckdb/engine.ts';
import { digestSql } from '../../shared/lake/digest.ts';

const digestOf = (values: readonly string[]): Promise<string> =>
  withConnection(async (connection) => {
    const table = values.map((value) => `('${value}')`).join(', ');
    const sql = `SELECT ${digestSql(['x'])} AS digest FROM (VALUES ${table}) t(x)`;
    return (await row<{ digest: string }>(connection, sql)).digest;
  });

it('equal rows do not cancel, and order does not matter', async () => {
  expect(await digestOf(['a', 'a', 'c'])).not.toBe(await digestOf(['b', 'b', 'c']));
  expect(await digestOf(['a', 'b', 'c'])).toBe(await digestOf(['c', 'a', 'b']));
});
