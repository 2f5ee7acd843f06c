import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Lake, openLake } from './lake.ts';

/**
 * Which files a query opens. Every day of every site has a file, and those that lie in the slice that is not
 * live hold no Parquet: a query that opened one would fail. What a query looks into is counted besides.
 */

const SITES = ['blog', 'shop'];
const DAYS = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'];

let lake: Lake;
beforeAll(async () => {
  lake = await openLake();
  const keys = 'slice string; site string; dt string; unit string';
  await lake.table('events_all', 'n bigint; unit_start timestamp', keys);
  await lake.table('sessions_all', 'n bigint', keys);
  for (const table of ['events_all', 'sessions_all']) {
    const places = [];
    // A day has rows of its own unit and, where days don't begin with units, of the one before.
    for (const slice of ['live', 'stale'])
      for (const site of SITES)
        for (const [i, dt] of DAYS.entries())
          for (const unit of i === 0 ? [dt] : [DAYS[i - 1]!, dt]) {
            const folder = `${table}/slice=${slice}/site=${site}/dt=${dt}/unit=${unit}/a1`;
            const key = `${folder}/part.parquet`;
            if (slice === 'stale') await lake.put(key, 'this is no Parquet file');
            else
              await lake.parquet(
                key,
                `SELECT ${i + 1}::BIGINT AS n, TIMESTAMP '${unit} 00:00:00' AS unit_start`,
              );
            places.push({ values: [slice, site, dt, unit], location: `s3://lake/${folder}/` });
          }
    await lake.partitions(table, places);
  }
  await lake.query(
    "CREATE VIEW current_release AS SELECT 1 AS release, MAP(ARRAY['events', 'sessions'], ARRAY['live', 'live']) AS slices",
  );
  for (const name of ['events', 'sessions'])
    await lake.query(
      `CREATE VIEW ${name} AS SELECT a.site, a.dt, a.unit, a.n FROM ${name}_all a CROSS JOIN current_release c WHERE a.slice = c.slices['${name}']`,
    );
});
afterAll(() => lake.close());
beforeEach(() => {
  lake.listed.length = 0;
});

/** The partitions that were looked into, without the slice, which must be the live one. */
const opened = (): string[] =>
  lake.listed
    .map((place) => {
      const m =
        /^s3:\/\/lake\/(\w+)_all\/slice=live\/site=(\w+)\/dt=2026-01-0(\d)\/unit=2026-01-0(\d)\/a1\/$/.exec(
          place,
        );
      return m ? `${m[1]} ${m[2]} ${m[3]} ${m[4]}` : place;
    })
    .sort();

it('fails on a file of the slice that is not live, were it opened', async () => {
  const failed = await lake.run("SELECT count(*) FROM events_all WHERE slice = 'stale'");
  expect(failed.Status?.State).toBe('FAILED');
});

describe('a public view hands over exactly the files of', () => {
  // Each site has 1 + 3 x 2 partitions; n is the day.
  it.each<[where: string, count: number, sum: string | null]>([
    ['', 14, '38'],
    ["WHERE site = 'shop'", 7, '19'],
    ["WHERE dt = '2026-01-03'", 4, '12'],
    ["WHERE dt > '2026-01-03'", 4, '16'],
    ["WHERE dt BETWEEN '2026-01-02' AND '2026-01-03' AND site = 'blog'", 4, '10'],
    ["WHERE dt IN ('2026-01-01', '2026-01-04')", 6, '18'],
    ["WHERE dt <> '2026-01-01' AND dt <> '2026-01-02'", 8, '28'],
    ["WHERE NOT (dt < '2026-01-04')", 4, '16'],
    ["WHERE dt LIKE '2026-01-_2'", 4, '8'],
    ["WHERE unit = '2026-01-01'", 4, '6'],
    ["WHERE dt = '2026-01-02' AND unit = '2026-01-02' AND site = 'shop'", 1, '2'],
    ["WHERE site = 'shop' AND dt = '2026-01-01' OR site = 'blog' AND dt = '2026-01-04'", 3, '9'],
    ["WHERE dt = '2027-01-01'", 0, null],
    ["WHERE site = 'shop' AND n > 3", 7, '8'],
    // What is computed from a column can't be judged by the catalog: all are read, and the answer is right.
    ["WHERE substr(dt, 9) = '03'", 14, '12'],
  ])('%s', async (where, count, sum) => {
    const answer = await lake.query(`SELECT sum(n) FROM events ${where}`);
    expect(answer.rows).toEqual([[sum]]);
    expect(opened()).toHaveLength(count);
    expect(opened().every((place) => place.startsWith('events '))).toBe(true);
  });
});

describe('the filter reaches the files through', () => {
  const one = ['events shop 2 1', 'events shop 2 2'];
  it.each<[how: string, sql: string]>([
    [
      'a query in FROM',
      "SELECT sum(n) FROM (SELECT dt AS day, n, site FROM events) WHERE day = '2026-01-02' AND site = 'shop'",
    ],
    [
      'WITH',
      "WITH e AS (SELECT * FROM events WHERE site = 'shop') SELECT sum(n) FROM e WHERE dt = '2026-01-02'",
    ],
    [
      'GROUP BY',
      "SELECT s FROM (SELECT dt, site, sum(n) AS s FROM events GROUP BY dt, site) WHERE dt = '2026-01-02' AND site = 'shop'",
    ],
    [
      'UNION ALL',
      "SELECT sum(n) FROM (SELECT * FROM events UNION ALL SELECT * FROM events WHERE site = 'blog') WHERE dt = '2026-01-02' AND site = 'shop'",
    ],
  ])('%s', async (_, sql) => {
    expect((await lake.query(sql)).rows).toEqual([['4']]);
    expect(opened()).toEqual(one);
  });

  it('an execution parameter', async () => {
    const sql = 'SELECT sum(n) FROM events WHERE dt = ? AND site = ?';
    const answer = await lake.query(sql, { parameters: ["'2026-01-02'", "'shop'"] });
    expect([answer.rows, opened()]).toEqual([[['4']], one]);
  });

  it('each reading of a table by itself, and a join only where it says so', async () => {
    const sql = `SELECT count(*) FROM (SELECT * FROM events WHERE dt = '2026-01-01') e
      JOIN sessions s ON s.site = e.site AND s.dt = '2026-01-04' WHERE e.site = 'shop'`;
    expect((await lake.query(sql)).rows).toEqual([['2']]);
    expect(opened()).toEqual([
      'events shop 1 1',
      'sessions blog 4 3',
      'sessions blog 4 4',
      'sessions shop 4 3',
      'sessions shop 4 4',
    ]);
  });
});

it('does not reach through what it would change: windows, limits, the optional side of a join', async () => {
  const rank =
    "SELECT r FROM (SELECT dt, dense_rank() OVER (ORDER BY dt) AS r FROM events) WHERE dt = '2026-01-04' LIMIT 1";
  expect((await lake.query(rank)).rows).toEqual([['4']]);
  expect(opened()).toHaveLength(14);
  lake.listed.length = 0;
  const first = "SELECT count(*) FROM (SELECT dt FROM events ORDER BY dt LIMIT 2) WHERE dt = '2026-01-02'";
  expect((await lake.query(first)).rows).toEqual([['0']]);
  expect(opened()).toHaveLength(14);
  lake.listed.length = 0;
  const missing =
    "SELECT d.dt FROM (VALUES '2026-01-04', '2026-01-09') d(dt) LEFT JOIN events e ON e.dt = d.dt WHERE e.dt IS NULL";
  expect((await lake.query(missing)).rows).toEqual([['2026-01-09']]);
  expect(opened()).toHaveLength(14);
});

it('counts the bytes of just those files as scanned', async () => {
  const { DataScannedInBytes } = (await lake.query('SELECT count(*) FROM events')).execution.Statistics!;
  const day = (await lake.query("SELECT count(*) FROM events WHERE dt = '2026-01-01'")).execution.Statistics!;
  // 14 files of about the same size against 2.
  expect(DataScannedInBytes! / day.DataScannedInBytes!).toBeCloseTo(7, 0);
});
