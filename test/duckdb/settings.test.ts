import { expect, it } from 'vitest';
import { type Connection, row, withConnection } from '../../shared/duckdb/engine.ts';

const OPTIMIZERS = 'disabled_optimizers';

async function setting(connection: Connection, name: string): Promise<string> {
  return (await row<{ value: string }>(connection, `SELECT current_setting('${name}') AS value`)).value;
}

it('the optimizers that reorder joins are off for every connection', async () => {
  const value = await withConnection((connection) => setting(connection, OPTIMIZERS));
  expect(value.split(',').sort()).toEqual(['build_side_probe_side', 'join_order']);
});

// Written by one connection while another plans a query, a setting of the whole engine crashes the process.
it('a connection that is opened writes no setting of the whole engine', async () => {
  await withConnection(async (first) => {
    const before = await setting(first, OPTIMIZERS);
    await first.run(`SET ${OPTIMIZERS} = 'filter_pushdown'`);
    try {
      expect(await withConnection((second) => setting(second, OPTIMIZERS))).toBe('filter_pushdown');
    } finally {
      await first.run(`SET ${OPTIMIZERS} = '${before}'`);
    }
  });
});

it('its time zone is its own', async () => {
  await withConnection(async (first) => {
    await first.run("SET TimeZone = 'Asia/Tokyo'");
    expect(await withConnection((second) => setting(second, 'TimeZone'))).toBe('UTC');
    expect(await setting(first, 'TimeZone')).toBe('Asia/Tokyo');
  });
});
