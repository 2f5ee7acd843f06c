import { row, withConnection } from '../../shared/duckdb/engine.ts';

/** Sorts more than fits into memory, several times. Prints how much lay on disk, and what the rows add up to. */
const ROWS = 600_000;
const [letter] = process.argv.slice(2) as [string];
for (let round = 0; round < 3; round++) {
  const sums = await withConnection(async (connection) => {
    await connection.run(
      `CREATE TEMP TABLE t AS SELECT hash(range) AS h, range AS r, repeat('${letter}', 60) || range AS s FROM range(${ROWS})`,
    );
    const { bytes } = await row<{ bytes: number }>(
      connection,
      'SELECT coalesce(sum(size), 0)::DOUBLE AS bytes FROM duckdb_temporary_files()',
    );
    const { sum, right } = await row<{ sum: number; right: number }>(
      connection,
      `SELECT sum(r)::DOUBLE AS sum, count(*) FILTER (s = repeat('${letter}', 60) || r)::DOUBLE AS right
       FROM (SELECT * FROM t ORDER BY h)`,
    );
    return { spilled: bytes > 0, sum, right };
  });
  console.log(JSON.stringify(sums));
}
