import { afterAll, beforeAll, describe } from 'vitest';
import type { Lake } from './lake.ts';
import { openSample } from './sample.ts';
import { refusals } from './says.ts';

// Names are those of Trino's StandardErrorCode, which Athena puts in front of its reasons; the words of a column
// that isn't there are Athena's own.

let lake: Lake;
beforeAll(async () => {
  lake = await openSample();
});
afterAll(() => lake.close());
const given = () => lake;
const hidden = 'cannot be resolved or requester is not authorized to access requested resources';

describe('names', () => {
  refusals(given, [
    ['SELECT nosuch FROM events', `COLUMN_NOT_FOUND: line 1:8: Column 'nosuch' ${hidden}`],
    ['SELECT e.nosuch\nFROM events e', `COLUMN_NOT_FOUND: line 1:8: Column 'e.nosuch' ${hidden}`],
    ['SELECT id AS x\nFROM events\nWHERE x = 1', `COLUMN_NOT_FOUND: line 3:7: Column 'x' ${hidden}`],
    ['SELECT events.id FROM events e', `COLUMN_NOT_FOUND: line 1:8: Column 'events.id' ${hidden}`],
    ['SELECT "shop" FROM events', `COLUMN_NOT_FOUND: line 1:8: Column 'shop' ${hidden}`],
    ['SELECT id FROM events ORDER BY nosuch', `COLUMN_NOT_FOUND: line 1:32: Column 'nosuch' ${hidden}`],
    [
      'SELECT * FROM nosuch',
      "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.retcon.nosuch' does not exist",
    ],
    ['SELECT * FROM nosuch.events', "SCHEMA_NOT_FOUND: line 1:15: Schema 'nosuch' does not exist"],
    ['SELECT * FROM nosuch.retcon.events', "CATALOG_NOT_FOUND: line 1:15: Catalog 'nosuch' not found"],
    ['SELECT nosuch(1)', "FUNCTION_NOT_FOUND: line 1:8: Function 'nosuch' not registered"],
    [
      'SELECT id FROM events a JOIN events b ON a.id = b.id',
      "AMBIGUOUS_NAME: line 1:8: Column 'id' is ambiguous",
    ],
    ['WITH a AS (SELECT 1 x), a AS (SELECT 2 x) SELECT * FROM a', /^DUPLICATE_NAMED_QUERY: /],
  ]);
});

describe('types', () => {
  refusals(given, [
    [
      'SELECT id FROM events WHERE site = 1',
      'TYPE_MISMATCH: line 1:34: Cannot apply operator: varchar = integer',
    ],
    ["SELECT 1 + 'a'", 'TYPE_MISMATCH: line 1:10: Cannot apply operator: integer + varchar'],
    [
      'SELECT id FROM events WHERE value',
      /^TYPE_MISMATCH: line 1:29: WHERE clause must evaluate to a boolean: actual type double/,
    ],
    [
      "SELECT CASE WHEN id = 1 THEN 'a' ELSE 0 END FROM events",
      /^TYPE_MISMATCH: .*All CASE results must have the same type/,
    ],
    ["SELECT coalesce(1, 'a')", /^TYPE_MISMATCH: /],
    [
      "SELECT sum(site = 'shop') FROM events",
      /^FUNCTION_NOT_FOUND: .*Unexpected parameters \(boolean\) for function sum/,
    ],
    ["SELECT 1 UNION SELECT 'a'", /^TYPE_MISMATCH: .*incompatible types: integer, varchar/],
    ['SELECT 1, 2 UNION SELECT 1', /^TYPE_MISMATCH: .*different number of fields: 2, 1/],
    ["SELECT '2026-01-01' + INTERVAL '1' DAY", /^TYPE_MISMATCH: .*varchar \+ interval day to second/],
    ["SELECT CAST('a' AS nosuch)", 'TYPE_MISMATCH: line 1:20: Unknown type: nosuch'],
  ]);
});

describe('groups and windows', () => {
  refusals(given, [
    [
      'SELECT site, id FROM events GROUP BY site',
      /^EXPRESSION_NOT_AGGREGATE: line 1:14: 'id' must be an aggregate expression or appear in GROUP BY clause/,
    ],
    [
      'SELECT site FROM events WHERE count(*) > 1 GROUP BY 1',
      /^EXPRESSION_NOT_SCALAR: line 1:31: WHERE clause cannot contain aggregations/,
    ],
    [
      'SELECT id FROM events WHERE row_number() OVER (ORDER BY id) = 1',
      /^EXPRESSION_NOT_SCALAR: line 1:29: WHERE clause cannot contain/,
    ],
    ['SELECT lag(id) FROM events', /^MISSING_OVER: line 1:8: /],
    ['SELECT sum(sum(id)) FROM events', /^NESTED_AGGREGATION: /],
    ['SELECT DISTINCT site FROM events ORDER BY id', /^EXPRESSION_NOT_IN_DISTINCT: /],
    ['SELECT id FROM events GROUP BY 5', /^INVALID_COLUMN_REFERENCE: /],
    [
      'SELECT count(*) FROM events GROUP BY ROLLUP (upper(site))',
      'INVALID_COLUMN_REFERENCE: line 1:46: GROUP BY expression must be a column reference',
    ],
    ['SELECT (SELECT id FROM events)', 'SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows'],
    [
      'SELECT sum(id) FILTER (WHERE id > 1) OVER (ORDER BY id) FROM events',
      /^NOT_SUPPORTED: .*FILTER with a window function/,
    ],
    ['SELECT count(DISTINCT id) OVER () FROM events', /^NOT_SUPPORTED: .*DISTINCT/],
  ]);
});

describe('statements of other engines, and what is missing here', () => {
  refusals(given, [
    ['SELECT `id` FROM events', /line 1:8: mismatched input 'id'.*double quotes/],
    ["SELECT '1'::integer", /line 1:11: .*CAST/],
    ['SELECT DISTINCT ON (site) id FROM events', /line 1:17: .*DISTINCT ON/],
    ["SELECT DATE '2026-01-01' + INTERVAL 1 DAY", /line 1:37: /],
    ['SELECT id FROM events LIMIT 1 OFFSET 1', /line 1:31: /],
    ['SELEC 1', /line 1:1: mismatched input 'SELEC'/],
    ['SELECT 1 FROM', /line 1:14: mismatched input/],
    ["SELECT 'open", /line 1:8: .*never closed/],
    [
      "SELECT strftime(event_time, '%Y') FROM events",
      /^FUNCTION_NOT_FOUND: line 1:8: Function 'strftime' not registered/,
    ],
    ['SELECT * FROM read_csv(1)', /^NOT_SUPPORTED: .*table function read_csv/],
    ['WITH RECURSIVE t(n) AS (SELECT 1) SELECT * FROM t', /^NOT_SUPPORTED: .*WITH RECURSIVE/],
    ['SELECT * FROM events TABLESAMPLE BERNOULLI (10)', /^NOT_SUPPORTED: .*TABLESAMPLE/],
    ['DELETE FROM events', /^NOT_SUPPORTED: .*DELETE, which Athena has for Iceberg tables only/],
    ['EXPLAIN SELECT 1', /^NOT_SUPPORTED: .*EXPLAIN/],
    ['SELECT typeof(1)', /^NOT_SUPPORTED: .*typeof/],
    ['SELECT ST_Point(1, 2)', /^NOT_SUPPORTED: .*st_point/],
  ]);
});

describe('in the middle of a result', () => {
  // 640,000 rows, of which the last can't be cast: most of them have been handed out by then.
  const many = `FROM UNNEST(sequence(1, 800)) AS a (x) CROSS JOIN UNNEST(sequence(1, 800)) AS b (y)`;
  refusals(given, [
    [
      `SELECT CAST(CASE WHEN x = 800 AND y = 800 THEN 'x' ELSE CAST(x AS varchar) END AS integer) ${many}`,
      /^INVALID_CAST_ARGUMENT: /,
    ],
  ]);
});
