import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lake } from './lake.ts';
import { type Answered, apiType, openCaseLake, printed, trinoCases } from './trino-cases.ts';

const { found, answered, refused } = trinoCases();

/** What the embedded Athena says no to, and why it can't do better. */
const NAMED: Record<string, RegExp> = {
  // DuckDB has nothing that matches patterns over rows.
  MATCH_RECOGNIZE: /^NOT_SUPPORTED: .*MATCH_RECOGNIZE is not supported by the embedded Athena$/,
  // The plan that Athena would show is not the one that runs here.
  EXPLAIN: /^NOT_SUPPORTED: .*EXPLAIN is not supported by the embedded Athena$/,
  // Athena too refuses these for tables that are not Iceberg tables, and there are none here.
  MERGE: /^NOT_SUPPORTED: .*MERGE/,
  'DELETE (iceberg)': /^NOT_SUPPORTED: .*DELETE/,
  // Partitions that are made up from a pattern; the engine reads those of the catalog.
  'CREATE EXTERNAL TABLE (Hive DDL)': /^NOT_SUPPORTED: partition projection/,
  // The case's table has another partition column besides, as Athena would say too.
  'ALTER TABLE ADD PARTITION': /^INVALID_ARGUMENTS: .*site, dt$/,
};

let lake: Lake;
beforeAll(async () => {
  if (found) lake = await openCaseLake();
});
afterAll(() => lake?.close());

const parameters = ({ sql }: { sql: string }) => (sql.includes('?') && sql.includes('= ?') ? ["'DE'"] : []);
const ordered = (sql: string) => /\bORDER BY\b[^()]*$/.test(sql);
const sorted = (rows: unknown[][]) => rows.map((r) => JSON.stringify(r)).sort();

describe.skipIf(!found)('104 statements that a Trino server answered', () => {
  it('are all here', () => expect([answered.length, refused.length]).toEqual([104, 31]));

  it.each(answered)('$name', async (one: Answered) => {
    const execution = await lake.run(one.sql, { parameters: parameters(one) });
    const reason = execution.Status?.StateChangeReason;
    if (one.name in NAMED) return expect(reason).toMatch(NAMED[one.name]!);
    expect(reason).toBeUndefined();
    // What statements that write leave behind is looked at in statements.test.ts.
    if (execution.SubstatementType !== 'SELECT') return;
    const answer = await lake.query(one.sql, { parameters: parameters(one) });
    expect(answer.columns).toEqual(one.columns);
    expect(answer.types).toEqual(one.types!.map(apiType));
    const rows = one.rows!.map((row) => row.map((v, i) => printed(v, one.types![i]!)));
    if (ordered(one.sql)) expect(answer.rows).toEqual(rows);
    else expect(sorted(answer.rows)).toEqual(sorted(rows));
  });
});

describe.skipIf(!found)('31 statements that a Trino server refused', () => {
  it.each(refused)('$name: $errorName', async ({ sql, errorName }) => {
    // What can't be read as SQL is no query at all: Athena refuses to start it.
    if (errorName === 'SYNTAX_ERROR')
      return expect(lake.run(sql)).rejects.toMatchObject({ AthenaErrorCode: 'MALFORMED_QUERY' });
    const { Status } = await lake.run(sql);
    expect(Status?.State).toBe('FAILED');
    expect(Status?.StateChangeReason).toMatch(new RegExp(`^${errorName}: .{10}`));
    // DuckDB's own words have no place in it.
    expect(Status?.StateChangeReason).not.toMatch(/DuckDB|Binder Error|Candidate|LINE 1/);
  });
});
