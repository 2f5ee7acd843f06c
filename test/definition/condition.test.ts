import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { propertyKey } from '../../shared/core/definition/columns.ts';
import { compileCondition } from '../../shared/core/definition/condition-eval.ts';
import { conditionSql, literalSql } from '../../shared/core/definition/condition-sql.ts';
import { propertyOf } from '../../shared/core/definition/property-text.ts';
import type { Condition, Scalar } from '../../shared/core/definition/types.ts';

interface Row {
  url_path: string | null;
  value: number | null;
  is_bot: boolean | null;
  properties: string | null;
}

const ROWS: Row[] = [
  { url_path: '/cart', value: 10, is_bot: false, properties: '{}' },
  { url_path: '/Cart', value: 10.5, is_bot: true, properties: '{"plan":"pro","n":3,"b":true,"nul":null}' },
  { url_path: "/o'neil\\", value: 0, is_bot: null, properties: '{"a.b":"x","*":"y","a/b":"z","~":"t"}' },
  {
    url_path: null,
    value: null,
    is_bot: false,
    properties: '{"n":"3","b":"true","big":1e+21,"o":{"k":[1,2]}}',
  },
  { url_path: '/日本語/é', value: -1, is_bot: false, properties: null },
  { url_path: 'NULL', value: 3, is_bot: true, properties: '{"n":3.5,"":"empty","\\"":"quote"}' },
];

/** Each condition with the numbers of the rows for which it holds, worked out by hand. */
const CASES: [Condition, number[]][] = [
  [{ field: 'url_path', is: '/cart' }, [0]],
  [{ field: 'url_path', is: "/o'neil\\" }, [2]],
  [{ field: 'url_path', is: 'NULL' }, [5]],
  [{ not: { field: 'url_path', is: '/cart' } }, [1, 2, 3, 4, 5]],
  [{ field: 'url_path', in: ['/cart', '/Cart'] }, [0, 1]],
  [{ not: { field: 'url_path', in: ['/cart', '/Cart'] } }, [2, 3, 4, 5]],
  [{ field: 'url_path', starts_with: '/' }, [0, 1, 2, 4]],
  [{ field: 'url_path', starts_with: '/日' }, [4]],
  [{ field: 'url_path', starts_with: '%' }, []],
  [{ not: { field: 'url_path', starts_with: '/' } }, [3, 5]],
  [{ field: 'url_path', matches: 'art' }, [0, 1]],
  [{ field: 'url_path', matches: '^/c' }, [0]],
  [{ field: 'url_path', matches: '(?i)^/c' }, [0, 1]],
  [{ field: 'url_path', matches: 'é$' }, [4]],
  [{ field: 'url_path', matches: "o'n" }, [2]],
  [{ not: { field: 'url_path', matches: '.' } }, [3]],
  [{ field: 'url_path', exists: true }, [0, 1, 2, 4, 5]],
  [{ field: 'url_path', exists: false }, [3]],
  [{ field: 'value', is: 10 }, [0]],
  [{ field: 'value', is: 10.5 }, [1]],
  [{ field: 'value', in: [0, -1] }, [2, 4]],
  [{ field: 'value', exists: false }, [3]],
  [{ field: 'is_bot', is: true }, [1, 5]],
  [{ not: { field: 'is_bot', is: true } }, [0, 2, 3, 4]],
  [{ field: 'properties.plan', is: 'pro' }, [1]],
  [{ field: 'properties.n', is: 3 }, [1, 3]],
  [{ field: 'properties.n', is: '3' }, [1, 3]],
  [{ field: 'properties.n', in: [3, 3.5] }, [1, 3, 5]],
  [{ field: 'properties.b', is: true }, [1, 3]],
  [{ field: 'properties.nul', exists: true }, []],
  [{ field: 'properties.n', exists: true }, [1, 3, 5]],
  [{ field: 'properties.n', exists: false }, [0, 2, 4]],
  [{ field: 'properties.big', is: 1e21 }, [3]],
  [{ field: 'properties.o', is: '{"k":[1,2]}' }, [3]],
  [{ field: 'properties.a.b', is: 'x' }, [2]],
  [{ field: 'properties.*', is: 'y' }, [2]],
  [{ field: 'properties.a/b', is: 'z' }, [2]],
  [{ field: 'properties.~', is: 't' }, [2]],
  [{ field: 'properties."', is: 'quote' }, [5]],
  [{ field: "properties.'", exists: false }, [0, 1, 2, 3, 4, 5]],
  [{ field: 'properties.plan', starts_with: 'p' }, [1]],
  [
    {
      all: [
        { field: 'url_path', starts_with: '/' },
        { field: 'is_bot', is: false },
      ],
    },
    [0, 4],
  ],
  [
    {
      any: [
        { field: 'value', is: 3 },
        { field: 'value', is: 0 },
      ],
    },
    [2, 5],
  ],
  [
    {
      all: [
        {
          any: [
            { field: 'value', is: 3 },
            { field: 'value', is: 0 },
          ],
        },
        { not: { field: 'is_bot', is: true } },
      ],
    },
    [2],
  ],
];

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(() => connection.closeSync());

function literalOrNull(value: Scalar | null): string {
  return value === null ? 'NULL' : literalSql(value);
}

function rowsSql(rows: Row[]): string {
  const tuples = rows.map(
    (row, i) =>
      `(${i}, ${literalOrNull(row.url_path)}::VARCHAR, ${literalOrNull(row.value)}::DOUBLE, ` +
      `${literalOrNull(row.is_bot)}::BOOLEAN, ${literalOrNull(row.properties)}::VARCHAR)`,
  );
  return `(VALUES ${tuples.join(', ')}) AS t(i, url_path, value, is_bot, properties)`;
}

async function sqlAnswers(condition: Condition, rows: Row[]): Promise<(boolean | null)[]> {
  const sql = `SELECT ${conditionSql(condition, (field) => `t.${field}`)} FROM ${rowsSql(rows)} ORDER BY i`;
  const result = await connection.runAndReadAll(sql);
  return result.getRows().map((row) => row[0] as boolean | null);
}

function ownAnswers(condition: Condition, rows: Row[]): boolean[] {
  const holds = compileCondition(condition);
  return rows.map((row) =>
    holds((field) => {
      const key = propertyKey(field);
      return key === null ? row[field as keyof Row] : propertyOf(row.properties, key);
    }),
  );
}

describe('conditions', () => {
  it.each(CASES)('%j holds for rows %j, in SQL and here, and is never null', async (condition, expected) => {
    const wanted = ROWS.map((_, i) => expected.includes(i));
    expect(ownAnswers(condition, ROWS)).toEqual(wanted);
    expect(await sqlAnswers(condition, ROWS)).toEqual(wanted);
  });

  it('agree in SQL and here on random conditions over random rows', async () => {
    const words = fc.constantFrom('a', 'b', 'ab', "it's", '\\', '%', '日本', 'é', '"', '1', 'true');
    const scalar = fc.oneof(words, fc.integer({ min: -2, max: 2 }), fc.boolean());
    const row = fc.record<Row>({
      url_path: fc.option(words),
      value: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      is_bot: fc.option(fc.boolean()),
      properties: fc.option(
        fc.dictionary(words, fc.oneof(scalar, fc.constant(null))).map((o) => JSON.stringify(o)),
      ),
    });
    const text = fc.constantFrom('url_path', 'properties.a', 'properties.%', 'properties."', 'properties.\\');
    const leaf: fc.Arbitrary<Condition> = fc.oneof(
      fc.record({ field: text, is: words }),
      fc.record({ field: fc.constant('properties.ab'), is: scalar }),
      fc.record({ field: text, in: fc.array(words, { maxLength: 3 }) }),
      fc.record({ field: text, starts_with: words }),
      fc.record({ field: text, matches: fc.constantFrom('^a', 'b$', '[ab]{2}', '\\\\', '(?i)A', '本') }),
      fc.record({ field: fc.constant('value'), is: fc.integer({ min: -2, max: 2 }) }),
      fc.record({ field: fc.constant('is_bot'), is: fc.boolean() }),
      fc.record({
        field: fc.constantFrom('value', 'is_bot', 'url_path', 'properties.b'),
        exists: fc.boolean(),
      }),
    );
    const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
      condition: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.record({ not: tie('condition') }),
        fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
        fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(condition, fc.array(row, { minLength: 1, maxLength: 8 }), async (c, rows) => {
        expect(await sqlAnswers(c, rows)).toEqual(ownAnswers(c, rows));
      }),
      { numRuns: 250 },
    );
  });
});
