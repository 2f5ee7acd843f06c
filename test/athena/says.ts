import { expect, it } from 'vitest';
import type { Lake } from './lake.ts';

/** A test for each expression: what Athena prints for it, null for NULL. */
export function values(lake: () => Lake, cases: [expression: string, text: string | null][]): void {
  it.each(cases)('%s', async (expression, text) => {
    expect((await lake().query(`SELECT ${expression}`)).rows).toEqual([[text]]);
  });
}

/** A test for each query: its rows as Athena prints them. Without ORDER BY it must have one row. */
export function answers(lake: () => Lake, cases: [sql: string, rows: (string | null)[][]][]): void {
  it.each(cases)('%s', async (sql, rows) => {
    expect((await lake().query(sql)).rows).toEqual(rows);
  });
}

/** A test for each statement: why Athena says no, in whole or as a pattern. */
export function refusals(lake: () => Lake, cases: [sql: string, reason: string | RegExp][]): void {
  it.each(cases)('%s', async (sql, reason) => {
    const given = await lake()
      .run(sql)
      .then(
        (execution) => execution.Status?.StateChangeReason,
        (error: Error) => error.message,
      );
    if (typeof reason === 'string') expect(given).toBe(reason);
    else expect(given).toMatch(reason);
  });
}
