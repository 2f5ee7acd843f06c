import { afterAll, beforeAll, describe } from 'vitest';
import type { Lake } from './lake.ts';
import { openSample } from './sample.ts';
import { answers, refusals, values } from './says.ts';

// https://trino.io/docs/current/functions/json.html; worked out by hand.

let lake: Lake;
beforeAll(async () => {
  lake = await openSample();
});
afterAll(() => lake.close());
const given = () => lake;

describe('properties', () => {
  answers(given, [
    [
      "SELECT json_extract_scalar(properties, '$.ab') AS variant, count(*) FROM events GROUP BY 1 ORDER BY 1",
      [
        ['A', '3'],
        ['B', '3'],
        [null, '6'],
      ],
    ],
    [
      "SELECT id, CAST(json_extract_scalar(properties, '$.price') AS double) FROM events WHERE json_extract_scalar(properties, '$.price') IS NOT NULL",
      [['1', '12.5']],
    ],
    [
      "SELECT id, json_size(properties, '$.items'), json_extract_scalar(properties, '$.items[0]'), json_extract_scalar(properties, '$.order.id') FROM events WHERE json_extract(properties, '$.items') IS NOT NULL ORDER BY id",
      [
        ['2', '2', 'x', null],
        ['3', '1', 'x', '7'],
      ],
    ],
    [
      "SELECT item, count(*) FROM events CROSS JOIN UNNEST(CAST(json_extract(properties, '$.items') AS array(varchar))) AS t(item) GROUP BY item ORDER BY item",
      [
        ['x', '2'],
        ['y', '1'],
      ],
    ],
    [
      'SELECT k, json_format(v) FROM events CROSS JOIN UNNEST(CAST(json_parse(properties) AS map(varchar, json))) AS t(k, v) WHERE id = 3 ORDER BY k',
      [
        ['ab', '"A"'],
        ['items', '["x"]'],
        ['order', '{"id":7}'],
      ],
    ],
    ['SELECT id, properties FROM events WHERE id = 7', [['7', '{}']]],
  ]);
});

describe('paths and values', () => {
  values(given, [
    [`json_extract_scalar('{"a":{"b":[1,2,{"c":"x"}]}}', '$.a.b[2].c')`, 'x'],
    [`json_extract_scalar('{"a b":1}', '$["a b"]')`, '1'],
    [`json_extract_scalar('{"a":1.50}', '$.a')`, '1.50'],
    [`json_extract_scalar('{"a":true}', '$.a')`, 'true'],
    [`json_extract_scalar('{"a":null}', '$.a')`, null],
    [`json_extract_scalar('{"a":{}}', '$.a')`, null],
    [`json_extract_scalar('{"a":1', '$.a')`, '1'],
    [`json_extract_scalar('no json', '$.a')`, null],
    [`json_extract_scalar('{"A":1}', '$.a')`, null],
    [`json_extract('{"b":1, "a":[1.50, "é"]}', '$')`, '{"b":1,"a":[1.5,"é"]}'],
    [`json_parse('{"b":1, "a":2, "a":3}')`, '{"a":3,"b":1}'],
    [`json_format(json_parse('[1e2, -0, "\\u0041/", "x\\ny"]'))`, '[100.0,0,"A/","x\\ny"]'],
    [`json_array_length('[1,[2,3]]')`, '2'],
    [`json_array_length('{}')`, null],
    [`CAST(json_parse('[1,null,3]') AS array(integer))`, '[1, null, 3]'],
    [`CAST(json_parse('{"x":1}') AS map(varchar, bigint))['x']`, '1'],
    [`CAST(json_parse('{"B":"y","a":1}') AS row(a integer, b varchar))`, '{a=1, b=y}'],
    [`CAST(json_parse('[{"a":1},{"a":2}]') AS array(row(a integer)))[2].a`, '2'],
    [`CAST(json_parse('1.5') AS varchar)`, '1.5E0'],
    [`CAST(MAP(ARRAY['b','a'], ARRAY[1,2]) AS json)`, '{"a":2,"b":1}'],
    [`CAST(CAST(ROW(1, NULL) AS row(x integer, y varchar)) AS json)`, '{"x":1,"y":null}'],
    [`CAST(DECIMAL '0.50' AS json)`, '0.50'],
    [`CAST(TIMESTAMP '2026-03-01 10:00:00.5' AS json)`, '"2026-03-01 10:00:00.5"'],
  ]);
  refusals(given, [
    [`SELECT json_parse('{bad')`, "INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: '{bad'"],
    [`SELECT json_extract('{}', '$.a-b')`, "INVALID_FUNCTION_ARGUMENT: line 1:8: Invalid JSON path: '$.a-b'"],
    [`SELECT json_extract('{}', '$.a[*]')`, /^INVALID_FUNCTION_ARGUMENT: .*Invalid JSON path/],
    [`SELECT CAST(json_parse('"x"') AS integer)`, /^INVALID_CAST_ARGUMENT: /],
    [`SELECT CAST(json_parse('{"a":1}') AS varchar)`, /^INVALID_CAST_ARGUMENT: /],
    [`SELECT CAST(json_parse('"2026-01-01"') AS date)`, 'TYPE_MISMATCH: line 1:8: Cannot cast json to date'],
    [`SELECT json_value('{}', 'lax $.a')`, /^NOT_SUPPORTED: .*json_value/],
  ]);
});
