import { gzipSync } from 'node:zlib';
import { UpdateTableCommand } from '@aws-sdk/client-glue';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewInput } from '../../local/athena/engine/view.ts';
import { type Lake, openLake } from './lake.ts';

let lake: Lake;
beforeAll(async () => {
  lake = await openLake();
});
afterAll(() => lake.close());

describe('tables of the catalog', () => {
  it('reads columns as declared: by name, missing ones NULL, from all files below the location', async () => {
    await lake.parquet('wide/a.parquet', "SELECT 'x' AS name, 1 AS id, 9 AS undeclared");
    await lake.parquet(
      'wide/deeper/b.parquet',
      "SELECT 2::BIGINT AS id, TIMESTAMP '2026-01-01 10:00:00.5' AS at",
    );
    await lake.put('wide/_SUCCESS', 'no data');
    await lake.table('wide', 'id bigint; name string; at timestamp; tags array<string>');
    const answer = await lake.query('SELECT * FROM wide ORDER BY id');
    expect(answer.columns).toEqual(['id', 'name', 'at', 'tags']);
    expect(answer.types).toEqual(['bigint', 'varchar', 'timestamp', 'array']);
    expect(answer.rows).toEqual([
      ['1', 'x', null, null],
      ['2', null, '2026-01-01 10:00:00.500', null],
    ]);
  });

  it('reads NDJSON, plain and gzipped, with the types that are declared', async () => {
    await lake.put('raw/a.ndjson', '{"id":1,"o":{"n":"x"},"extra":true}\n{"id":2}\n');
    await lake.put('raw/b.ndjson.gz', gzipSync('{"id":3,"o":{"n":"y"}}\n'));
    await lake.table('raw', 'id bigint; o struct<n:string>', '', 'json');
    const answer = await lake.query('SELECT id, o.n FROM raw ORDER BY id');
    expect(answer.rows).toEqual([
      ['1', 'x'],
      ['2', null],
      ['3', 'y'],
    ]);
    await lake.put('raw/c.ndjson', 'no json\n');
    const failed = await lake.run('SELECT count(*) FROM raw');
    expect(failed.Status?.StateChangeReason).toBe(
      'HIVE_CURSOR_ERROR: a row of the table is not a valid JSON Object',
    );
  });

  it("lets the catalog's partition values win over the path and over columns inside the files", async () => {
    await lake.parquet('p/site=wrong/x.parquet', "SELECT 1 AS id, 'inside' AS site, 'inside' AS dt");
    await lake.parquet('p/other/y.parquet', "SELECT 2 AS id, 'inside' AS site, 'inside' AS dt");
    await lake.table('p', 'id int', 'site string; dt string');
    await lake.partitions('p', [
      { values: ['shop', '2026-01-01'], location: 's3://lake/p/site=wrong/' },
      { values: ['blog', '2026-01-02'], location: 's3://lake/p/other/' },
      { values: ['shop', '2026-01-03'], location: 's3://lake/p/site=wrong/' },
      { values: ['none', '2026-01-04'], location: 's3://lake/p/nothing/' },
    ]);
    const answer = await lake.query('SELECT site, dt, id FROM p ORDER BY dt');
    expect(answer.rows).toEqual([
      ['shop', '2026-01-01', '1'],
      ['blog', '2026-01-02', '2'],
      ['shop', '2026-01-03', '1'],
    ]);
    const path = await lake.query('SELECT "$path" FROM p WHERE site = \'blog\'');
    expect(path.rows).toEqual([['s3://lake/p/other/y.parquet']]);
  });

  it('is answered from the files that a location holds when the query starts', async () => {
    await lake.parquet('swap/a.parquet', 'SELECT 1 AS id');
    await lake.table('swap', 'id int');
    expect((await lake.query('SELECT sum(id) FROM swap')).rows).toEqual([['1']]);
    await lake.parquet('swap/a.parquet', 'SELECT 5 AS id');
    expect((await lake.query('SELECT sum(id) FROM swap')).rows).toEqual([['5']]);
    await lake.s3.send(new DeleteObjectCommand({ Bucket: 'lake', Key: 'swap/a.parquet' }));
    expect((await lake.query('SELECT count(*), sum(id) FROM swap')).rows).toEqual([['0', null]]);
  });
});

describe('one view decides which slice is read', () => {
  const release = (n: number, slice: string) =>
    viewInput(
      'retcon',
      'current_release',
      `SELECT ${n} AS release, MAP(ARRAY['sessions', 'events'], ARRAY['s', '${slice}']) AS slices`,
      [
        { name: 'release', type: { kind: 'integer' } },
        { name: 'slices', type: { kind: 'map', key: { kind: 'varchar' }, value: { kind: 'varchar' } } },
      ],
    );

  beforeAll(async () => {
    await lake.table(
      'events_all',
      'event_id string; n bigint',
      'slice string; site string; dt string; unit string',
    );
    const places = [];
    for (const slice of ['x1', 'x2'])
      for (let day = 1; day <= 3; day++)
        for (const site of ['shop', 'blog']) {
          const key = `derived/events/slice=${slice}/site=${site}/dt=2026-01-0${day}/unit=u/a${day}`;
          // Site blog did not change: its partitions of x2 point at the files of x1.
          const old = slice === 'x2' && site === 'blog' ? key.replace('slice=x2', 'slice=x1') : key;
          if (old === key)
            await lake.parquet(
              `${key}/part.parquet`,
              `SELECT '${slice}-${site}' AS event_id, ${day}::BIGINT AS n, '${site}' AS site, '2026-01-0${day}' AS dt`,
            );
          places.push({
            values: [slice, site, `2026-01-0${day}`, `2026-01-0${day}`],
            location: `s3://lake/${old}/`,
          });
        }
    await lake.partitions('events_all', places);
    await lake.query(
      "CREATE VIEW current_release AS SELECT 1 AS release, MAP(ARRAY['sessions', 'events'], ARRAY['s', 'x1']) AS slices",
    );
    await lake.query(
      "CREATE VIEW events AS SELECT a.site, a.dt, a.event_id, a.n FROM events_all a CROSS JOIN current_release c WHERE a.slice = c.slices['events']",
    );
  });

  it('opens only the files of that slice, and of the partitions that the query asks for', async () => {
    const all = await lake.query('SELECT event_id, sum(n) FROM events GROUP BY 1 ORDER BY 1');
    expect(all.rows).toEqual([
      ['x1-blog', '6'],
      ['x1-shop', '6'],
    ]);
    const one = await lake.query("SELECT event_id, n FROM events WHERE dt >= '2026-01-03' AND site = 'shop'");
    expect(one.rows).toEqual([['x1-shop', '3']]);
    expect(one.execution.Statistics!.DataScannedInBytes! * 6).toBe(
      all.execution.Statistics!.DataScannedInBytes,
    );
    const none = await lake.query("SELECT count(*) FROM events WHERE dt = '2025-01-01'");
    expect(none.rows).toEqual([['0']]);
    expect(none.execution.Statistics!.DataScannedInBytes).toBe(0);
  });

  it('switches all readers with one update of the catalog', async () => {
    await lake.glue.send(
      new UpdateTableCommand({ DatabaseName: 'retcon', TableInput: release(2, 'x2'), SkipArchive: true }),
    );
    const after = await lake.query('SELECT site, event_id, count(*) FROM events GROUP BY 1, 2 ORDER BY 1');
    expect(after.rows).toEqual([
      ['blog', 'x1-blog', '3'],
      ['shop', 'x2-shop', '3'],
    ]);
    expect((await lake.query('SELECT release FROM current_release')).rows).toEqual([['2']]);
    const both = await lake.query(
      "SELECT slice, count(*) FROM events_all WHERE site = 'blog' GROUP BY 1 ORDER BY 1",
    );
    expect(both.rows).toEqual([
      ['x1', '3'],
      ['x2', '3'],
    ]);
  });

  it('keeps rows that a filter behind an outer join or a limit must not remove', async () => {
    const outer = await lake.query(
      "SELECT d.dt, count(e.n) FROM (VALUES '2026-01-01', '2026-02-01') AS d(dt) LEFT JOIN events e ON e.dt = d.dt AND e.site = 'shop' GROUP BY 1 ORDER BY 1",
    );
    expect(outer.rows).toEqual([
      ['2026-01-01', '1'],
      ['2026-02-01', '0'],
    ]);
    const missing = await lake.query(
      "SELECT d.dt FROM (VALUES '2026-01-01', '2026-02-01') AS d(dt) LEFT JOIN events e ON e.dt = d.dt WHERE e.dt IS NULL",
    );
    expect(missing.rows).toEqual([['2026-02-01']]);
    const first = await lake.query(
      "SELECT dt FROM (SELECT dt FROM events ORDER BY dt LIMIT 1) WHERE dt = '2026-01-03'",
    );
    expect(first.rows).toEqual([]);
    const ranked = await lake.query(
      "SELECT dt, r FROM (SELECT dt, rank() OVER (ORDER BY dt) AS r FROM events WHERE site = 'shop') WHERE dt = '2026-01-03'",
    );
    expect(ranked.rows).toEqual([['2026-01-03', '3']]);
  });
});

it('looks once into each place of a table with many partitions', async () => {
  await lake.table('many', 'id bigint', 'site string; dt string');
  const places = [];
  for (let i = 0; i < 60; i++) {
    const dt = `2026-${String(1 + Math.floor(i / 30)).padStart(2, '0')}-${String(1 + (i % 30)).padStart(2, '0')}`;
    await lake.parquet(`many/site=shop/dt=${dt}/a/part.parquet`, `SELECT ${i}::BIGINT AS id`);
    places.push({ values: ['shop', dt], location: `s3://lake/many/site=shop/dt=${dt}/a/` });
  }
  await lake.partitions('many', places);
  const sql = 'SELECT dt, sum(id) FROM many GROUP BY 1 ORDER BY 1 LIMIT 2';
  for (let turn = 0; turn < 2; turn++) {
    lake.listed.length = 0;
    expect((await lake.query(sql)).rows).toEqual([
      ['2026-01-01', '0'],
      ['2026-01-02', '1'],
    ]);
    expect([...lake.listed].sort()).toEqual(places.map((p) => p.location).sort());
  }
});
