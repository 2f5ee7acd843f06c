import { afterAll, beforeAll, describe } from 'vitest';
import type { Lake } from './lake.ts';
import { openSample } from './sample.ts';
import { answers } from './says.ts';

// https://trino.io/docs/current/sql/select.html, functions/window.html, aggregate.html; counted by hand.

let lake: Lake;
beforeAll(async () => {
  lake = await openSample();
});
afterAll(() => lake.close());
const given = () => lake;

describe('joins', () => {
  answers(given, [
    [
      'SELECT v.visitor_id, v.plan, count(e.id) FROM visitors v LEFT JOIN events e ON e.visitor_id = v.visitor_id GROUP BY 1, 2 ORDER BY 1',
      [
        ['v1', 'pro', '5'],
        ['v2', 'free', '2'],
        ['v9', 'pro', '0'],
      ],
    ],
    [
      'SELECT visitor_id, plan, n FROM visitors FULL JOIN (SELECT visitor_id, count(*) AS n FROM events GROUP BY 1) e USING (visitor_id) ORDER BY visitor_id',
      [
        ['v1', 'pro', '5'],
        ['v2', 'free', '2'],
        ['v3', null, '2'],
        ['v4', null, '3'],
        ['v9', 'pro', null],
      ],
    ],
    [
      "SELECT a.id, b.id FROM events a JOIN events b ON a.visitor_id = b.visitor_id AND a.dt = b.dt AND a.id < b.id WHERE a.site = 'shop' ORDER BY 1, 2",
      [
        ['1', '2'],
        ['1', '3'],
        ['1', '9'],
        ['2', '3'],
        ['2', '9'],
        ['3', '9'],
        ['6', '7'],
      ],
    ],
    ['SELECT count(*) FROM visitors, events', [['36']]],
    ['SELECT count(*) FROM (VALUES 1, NULL) a(x) JOIN (VALUES 1, NULL) b(y) ON a.x = b.y', [['1']]],
    [
      'SELECT a.x, b.y FROM (VALUES 1, 2) a(x) RIGHT JOIN (VALUES 2, 3) b(y) ON a.x = b.y ORDER BY b.y',
      [
        ['2', '2'],
        [null, '3'],
      ],
    ],
  ]);
});

describe('windows', () => {
  answers(given, [
    [
      // Sessions by a pause of more than 30 minutes: v1 has 09:00, 09:10, 09:10:30 | 10:00 | 3 March.
      "WITH gaps AS (SELECT *, CASE WHEN date_diff('minute', lag(event_time) OVER w, event_time) < 30 THEN 0 ELSE 1 END AS starts FROM events WINDOW w AS (PARTITION BY visitor_id ORDER BY event_time, id)), numbered AS (SELECT *, sum(starts) OVER (PARTITION BY visitor_id ORDER BY event_time, id ROWS UNBOUNDED PRECEDING) AS n FROM gaps) SELECT visitor_id, max(n) AS sessions, max_by(url, event_time) FROM numbered GROUP BY 1 ORDER BY 1",
      [
        ['v1', '3', 'https://shop.example/'],
        ['v2', '2', 'https://shop.example/sale/'],
        ['v3', '2', 'https://shop.example/cart'],
        ['v4', '2', 'https://blog.example/b'],
      ],
    ],
    [
      "SELECT id, row_number() OVER (PARTITION BY dt ORDER BY event_time), rank() OVER (ORDER BY dt), dense_rank() OVER (ORDER BY dt), ntile(2) OVER (ORDER BY id) FROM events WHERE site = 'blog' ORDER BY id",
      [
        ['9', '1', '1', '1', '1'],
        ['10', '1', '2', '2', '1'],
        ['11', '2', '2', '2', '2'],
        ['12', '1', '4', '3', '2'],
      ],
    ],
    [
      "SELECT id, lag(value) IGNORE NULLS OVER (ORDER BY id), first_value(url) OVER (PARTITION BY visitor_id ORDER BY event_time), lead(id, 2, -1) OVER (ORDER BY id) FROM events WHERE dt = '2026-03-02' AND site = 'shop' ORDER BY id",
      [
        ['5', null, 'https://shop.example/sale/', '7'],
        ['6', null, 'https://shop.example/', '-1'],
        ['7', null, 'https://shop.example/', '-1'],
      ],
    ],
    [
      'SELECT dt, count(*), sum(count(*)) OVER (ORDER BY dt), avg(count(*)) OVER (ORDER BY dt ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM events GROUP BY dt ORDER BY dt',
      [
        ['2026-03-01', '5', '5', '5.0'],
        ['2026-03-02', '5', '10', '5.0'],
        ['2026-03-03', '2', '12', '3.5'],
      ],
    ],
    [
      "SELECT dt, sum(count(*)) OVER (ORDER BY date(dt) RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND CURRENT ROW) FROM events WHERE site = 'blog' GROUP BY dt ORDER BY dt",
      [
        ['2026-03-01', '1'],
        ['2026-03-02', '3'],
        ['2026-03-03', '3'],
      ],
    ],
    [
      'SELECT x, last_value(x) OVER (ORDER BY x), last_value(x) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM (VALUES 1, 2) t(x) ORDER BY x',
      [
        ['1', '1', '2'],
        ['2', '2', '2'],
      ],
    ],
  ]);
});

describe('groups', () => {
  answers(given, [
    [
      'SELECT site, event_name, count(*), grouping(site, event_name) FROM events GROUP BY GROUPING SETS ((site, event_name), (site), ()) ORDER BY 4, 1, 2',
      [
        ['blog', 'page_view', '4', '0'],
        ['shop', 'page_view', '6', '0'],
        ['shop', 'purchase', '2', '0'],
        ['blog', null, '4', '1'],
        ['shop', null, '8', '1'],
        [null, null, '12', '3'],
      ],
    ],
    [
      'SELECT site, count(*) FROM events GROUP BY ROLLUP (site) ORDER BY site NULLS FIRST',
      [
        [null, '12'],
        ['blog', '4'],
        ['shop', '8'],
      ],
    ],
    ['SELECT count(*) FROM (SELECT 1 FROM events GROUP BY CUBE (site, event_name))', [['8']]],
    [
      // approx_distinct is exact here: within the 2.3% that Athena allows itself.
      'SELECT count(DISTINCT visitor_id), approx_distinct(visitor_id), count_if(value > 10), sum(value), avg(value), min(dt), arbitrary(1) FROM events',
      [['4', '4', '1', '25.5', '12.75', '2026-03-01', '1']],
    ],
    [
      'SELECT visitor_id, array_agg(id ORDER BY id DESC) FILTER (WHERE id > 2), max(value), bool_or(value > 10) FROM events GROUP BY visitor_id HAVING count(*) > 2 ORDER BY 1',
      [
        ['v1', '[9, 8, 3]', '20.0', 'true'],
        ['v4', '[12, 11, 10]', null, null],
      ],
    ],
    ["SELECT listagg(visitor_id, ',') WITHIN GROUP (ORDER BY visitor_id DESC) FROM visitors", [['v9,v2,v1']]],
    [
      'SELECT approx_percentile(x, 0.5), approx_percentile(x, ARRAY[0e0, 1e0]) FROM (VALUES 1, 2, 3, 4, 5) t(x)',
      [['3', '[1, 5]']],
    ],
    [
      "SELECT count(*), sum(id), max(id), array_agg(id), approx_distinct(id) FROM events WHERE dt = '2020-01-01'",
      [['0', null, null, null, '0']],
    ],
    [
      'SELECT stddev(x), var_pop(x), corr(x, 2 * x), regr_slope(2 * x, x) FROM (VALUES 0e0, 0e0, 2e0, 2e0) t(x)',
      [['1.1547005383792515', '1.0', '1.0', '2.0']],
    ],
    ['SELECT max_by(x, y), min_by(x, y) FROM (VALUES (1, 5), (NULL, 9), (3, NULL)) t(x, y)', [[null, '1']]],
  ]);
});

describe('TRY', () => {
  answers(given, [
    // What several of them have in common fails in each of them alone.
    [
      "SELECT x, try(CAST(x AS integer)), try(CAST(x AS integer) / 0), coalesce(try(1 + CAST(x AS integer)), -1) FROM (VALUES 'a', '2') t(x) ORDER BY x",
      [
        ['2', '2', null, '3'],
        ['a', null, null, '-1'],
      ],
    ],
    [
      `SELECT try(json_extract_scalar(json_parse(x), '$.a')), try(json_parse(x)) FROM (VALUES '{"a":1}', 'x') t(x) ORDER BY 1`,
      [
        ['1', '{"a":1}'],
        [null, null],
      ],
    ],
  ]);
});

describe('WITH, sets, limits and subqueries', () => {
  answers(given, [
    ['WITH a(x) AS (VALUES 1, 2), b AS (SELECT x + 1 AS y FROM a) SELECT sum(y) FROM b', [['5']]],
    ['WITH events AS (SELECT 1 AS id) SELECT * FROM events', [['1']]],
    [
      'SELECT x FROM (VALUES 1, 1, 2) t(x) UNION ALL SELECT 2 UNION SELECT 3 ORDER BY 1',
      [['1'], ['2'], ['3']],
    ],
    ['SELECT visitor_id FROM events EXCEPT SELECT visitor_id FROM visitors ORDER BY 1', [['v3'], ['v4']]],
    ['SELECT visitor_id FROM events INTERSECT SELECT visitor_id FROM visitors ORDER BY 1', [['v1'], ['v2']]],
    // INTERSECT binds closer than UNION.
    ['SELECT 1 UNION SELECT 2 INTERSECT SELECT 3', [['1']]],
    ['SELECT id FROM events ORDER BY id OFFSET 1 LIMIT 2', [['2'], ['3']]],
    ['SELECT id FROM events ORDER BY id DESC FETCH FIRST 1 ROW ONLY', [['12']]],
    ['SELECT x FROM (VALUES 2, NULL, 1) t(x) ORDER BY x DESC', [['2'], ['1'], [null]]],
    ['SELECT DISTINCT site FROM events ORDER BY site', [['blog'], ['shop']]],
    [
      'SELECT id FROM events e WHERE value > (SELECT avg(value) FROM events f WHERE f.site = e.site) ORDER BY id',
      [['3']],
    ],
    ['SELECT count(*) FROM events WHERE visitor_id NOT IN (SELECT visitor_id FROM visitors)', [['5']]],
    ['SELECT count(*) FROM events WHERE value NOT IN (SELECT value FROM events)', [['0']]],
    [
      'SELECT count(*) FROM visitors v WHERE EXISTS (SELECT 1 FROM events e WHERE e.visitor_id = v.visitor_id AND e.value > 0)',
      [['1']],
    ],
    [
      'SELECT count(*) FROM events WHERE id > ALL (SELECT seats FROM visitors WHERE seats IS NOT NULL)',
      [['9']],
    ],
    ['SELECT (SELECT max(id) FROM events), (SELECT id FROM events WHERE id > 99)', [['12', null]]],
    ['SELECT "ID", Url FROM EVENTS WHERE id = 5', [['5', 'https://shop.example/sale/']]],
    ['SELECT count(*) FROM "awsdatacatalog"."retcon"."events"', [['12']]],
  ]);
});
