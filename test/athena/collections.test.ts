import { afterAll, beforeAll, describe } from 'vitest';
import { type Lake, openLake } from './lake.ts';
import { answers, refusals, values } from './says.ts';

// https://trino.io/docs/current/functions/array.html, map.html, lambda.html and sql/select.html#unnest; by hand.

let lake: Lake;
beforeAll(async () => {
  lake = await openLake();
});
afterAll(() => lake.close());
const given = () => lake;

describe('arrays', () => {
  values(given, [
    ['ARRAY[1, 2, 3][2]', '2'],
    ['element_at(ARRAY[1, 2, 3], -1)', '3'],
    ['element_at(ARRAY[1], 9)', null],
    ['cardinality(ARRAY[1, NULL])', '2'],
    ['contains(ARRAY[1, NULL], 1)', 'true'],
    ['contains(ARRAY[1, NULL], 2)', null],
    ['array_distinct(ARRAY[3, 1, 3, NULL, NULL])', '[3, 1, null]'],
    ['array_sort(ARRAY[3, NULL, 1])', '[1, 3, null]'],
    ['array_union(ARRAY[1, 2], ARRAY[2, 3])', '[1, 2, 3]'],
    ['array_intersect(ARRAY[1, 2, 2], ARRAY[2, 3])', '[2]'],
    ['array_except(ARRAY[1, 2], ARRAY[1])', '[2]'],
    ['array_max(ARRAY[1, NULL])', null],
    ['array_position(ARRAY[5, 6], 6)', '2'],
    ['array_remove(ARRAY[1, 2, 1], 1)', '[2]'],
    ['slice(ARRAY[1, 2, 3, 4], -2, 2)', '[3, 4]'],
    ['flatten(ARRAY[ARRAY[1], NULL, ARRAY[2, 3]])', '[1, 2, 3]'],
    ['ARRAY[1] || 2 || ARRAY[3]', '[1, 2, 3]'],
    ["zip(ARRAY[1, 2], ARRAY['a'])", '[{1, a}, {2, null}]'],
    ['sequence(5, 1, -2)', '[5, 3, 1]'],
    ['arrays_overlap(ARRAY[1, NULL], ARRAY[2])', null],
    ['ARRAY[1, 2] = ARRAY[1, 2]', 'true'],
    ['ROW(1, NULL)', '{1, null}'],
    ["CAST(ROW(1, 'x') AS row(a integer, b varchar)).b", 'x'],
    ["(1, 'a') IN ((2, 'a'), (1, 'a'))", 'true'],
  ]);
  refusals(given, [
    [
      'SELECT ARRAY[1, 2][3]',
      'INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: 3 > 2',
    ],
    ['SELECT ARRAY[1, 2][0]', 'INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1'],
    ['SELECT ARRAY[1, 2][-1]', 'INVALID_FUNCTION_ARGUMENT: Array subscript is negative: -1'],
    [
      "SELECT ARRAY[1, 'a']",
      /^TYPE_MISMATCH: line 1:8: All ARRAY elements must have the same type: integer, varchar/,
    ],
    [
      'SELECT sequence(1, 20000)',
      /^INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 10000 entries/,
    ],
    ['SELECT array_sort(ARRAY[1], (a, b) -> 0)', /^NOT_SUPPORTED: .*array_sort/],
    ['SELECT ARRAY[1, NULL] = ARRAY[1, NULL]', /^NOT_SUPPORTED: .*nulls inside/],
  ]);
});

describe('maps', () => {
  const map = "MAP(ARRAY['a', 'b'], ARRAY[1, 2])";
  values(given, [
    [`${map}['b']`, '2'],
    [`element_at(${map}, 'z')`, null],
    [map, '{a=1, b=2}'],
    ["MAP(ARRAY[10, 9], ARRAY['x', NULL])", '{9=null, 10=x}'],
    [`cardinality(${map})`, '2'],
    [`map_concat(${map}, MAP(ARRAY['b'], ARRAY[9]))`, '{a=1, b=9}'],
    [`map_filter(${map}, (k, v) -> v > 1)`, '{b=2}'],
    [`transform_values(${map}, (k, v) -> v * 10)`, '{a=10, b=20}'],
    [`transform_keys(${map}, (k, v) -> upper(k))`, '{A=1, B=2}'],
    ["map_from_entries(ARRAY[('a', 1), ('b', 2)])", '{a=1, b=2}'],
    [`array_sort(map_keys(${map}))`, '[a, b]'],
  ]);
  answers(given, [
    ["SELECT map_agg(k, v) FROM (VALUES ('a', 1), (NULL, 2), ('b', NULL)) t(k, v)", [['{a=1, b=null}']]],
    ["SELECT histogram(x) FROM (VALUES 'a', 'b', 'a', NULL) t(x)", [['{a=2, b=1}']]],
  ]);
  refusals(given, [
    [`SELECT ${map}['z']`, 'INVALID_FUNCTION_ARGUMENT: Key not present in map: z'],
    ["SELECT MAP(ARRAY['a', 'a'], ARRAY[1, 2])", /^INVALID_FUNCTION_ARGUMENT: Duplicate map keys/],
    [
      'SELECT MAP(ARRAY[1], ARRAY[1, 2])',
      /^INVALID_FUNCTION_ARGUMENT: Key and value arrays must be the same length/,
    ],
    [`SELECT ${map} = ${map}`, /^NOT_SUPPORTED: .*map\(varchar, integer\)/],
  ]);
});

describe('lambdas', () => {
  values(given, [
    ['transform(ARRAY[1, NULL, 3], x -> x * 2)', '[2, null, 6]'],
    ['filter(ARRAY[1, 2, 3, 4], x -> x % 2 = 0)', '[2, 4]'],
    ['reduce(ARRAY[1, 2, 3], 10, (s, x) -> s + x, s -> s * 2)', '32'],
    [
      'reduce(ARRAY[5, 6], CAST(ROW(0, 0) AS row(s bigint, n bigint)), (a, x) -> CAST(ROW(a.s + x, a.n + 1) AS row(s bigint, n bigint)), a -> a.s / a.n)',
      '5',
    ],
    ['any_match(ARRAY[1, NULL], x -> x = 2)', null],
    ['all_match(ARRAY[], x -> false)', 'true'],
    ['none_match(ARRAY[1, 2], x -> x > 2)', 'true'],
    ['zip_with(ARRAY[1, 2], ARRAY[3, 4], (x, y) -> x * y)', '[3, 8]'],
    ['transform(ARRAY[1, 2], x -> transform(ARRAY[10, 20], y -> x * y))', '[[10, 20], [20, 40]]'],
  ]);
});

describe('UNNEST', () => {
  answers(given, [
    [
      "SELECT n, x FROM UNNEST(ARRAY['a', 'b']) WITH ORDINALITY AS t(x, n) ORDER BY n DESC",
      [
        ['2', 'b'],
        ['1', 'a'],
      ],
    ],
    [
      "SELECT a, b FROM UNNEST(ARRAY[1, 2], ARRAY['x']) AS t(a, b) ORDER BY a",
      [
        ['1', 'x'],
        ['2', null],
      ],
    ],
    [
      "SELECT id, k, v FROM (VALUES (7, MAP(ARRAY['p', 'q'], ARRAY[1, 2]))) AS r(id, m) CROSS JOIN UNNEST(m) AS t(k, v) ORDER BY k",
      [
        ['7', 'p', '1'],
        ['7', 'q', '2'],
      ],
    ],
    [
      'SELECT id, x FROM (VALUES (1, ARRAY[10, 20]), (2, ARRAY[])) AS r(id, xs) LEFT JOIN UNNEST(xs) AS t(x) ON TRUE ORDER BY id, x',
      [
        ['1', '10'],
        ['1', '20'],
        ['2', null],
      ],
    ],
    [
      "SELECT a, b FROM UNNEST(ARRAY[ROW(1, 'x'), ROW(2, 'y')]) AS t(a, b) ORDER BY a",
      [
        ['1', 'x'],
        ['2', 'y'],
      ],
    ],
    ['SELECT count(*) FROM UNNEST(CAST(NULL AS array(integer))) AS t(x)', [['0']]],
    [
      'SELECT id, (SELECT sum(x) FROM UNNEST(xs) AS t(x)) FROM (VALUES (1, ARRAY[10, 20]), (2, ARRAY[5])) AS r(id, xs) ORDER BY id',
      [
        ['1', '30'],
        ['2', '5'],
      ],
    ],
  ]);
  refusals(given, [
    ['SELECT * FROM UNNEST(1) AS t(x)', 'TYPE_MISMATCH: line 1:22: Cannot unnest type: integer'],
    ['SELECT * FROM UNNEST(ARRAY[1]) AS t(a, b)', /^MISMATCHED_COLUMN_ALIASES: /],
  ]);
});
