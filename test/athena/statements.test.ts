import { GetPartitionsCommand, GetTableCommand, UpdateTableCommand } from '@aws-sdk/client-glue';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lake, openLake } from './lake.ts';

// Statements that change the catalog or write objects (docs.aws.amazon.com/athena/latest/ug/ddl-reference.html).

let lake: Lake;
beforeAll(async () => {
  lake = await openLake();
  await lake.table('events', 'id bigint; visitor string', 'dt string');
  for (const [dt, rows] of [
    ['2026-01-01', "(1, 'v1'), (2, 'v2')"],
    ['2026-01-02', "(3, 'v1')"],
  ] as const) {
    const place = `events/dt=${dt}/`;
    await lake.parquet(
      `${place}a.parquet`,
      `SELECT id::BIGINT AS id, visitor FROM (VALUES ${rows}) t(id, visitor)`,
    );
    await lake.partitions('events', [{ values: [dt], location: `s3://lake/${place}` }]);
  }
});
afterAll(() => lake.close());

const reason = async (sql: string) => (await lake.run(sql)).Status?.StateChangeReason;
const rows = async (sql: string) => (await lake.query(sql)).rows;
const keys = async (prefix: string) =>
  ((await lake.s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: prefix }))).Contents ?? []).map(
    (o) => o.Key!.slice(prefix.length),
  );
const places = async (TableName: string) => {
  const page = await lake.glue.send(new GetPartitionsCommand({ DatabaseName: 'retcon', TableName }));
  return (page.Partitions ?? []).map((p) => [p.Values?.join('/'), p.StorageDescriptor?.Location]).sort();
};

describe('ALTER TABLE and MSCK REPAIR TABLE', () => {
  it('add a partition at a place of its own or below the table, and drop it', async () => {
    await lake.parquet('elsewhere/x.parquet', "SELECT 9::BIGINT AS id, 'v9' AS visitor");
    await lake.query(
      "ALTER TABLE events ADD IF NOT EXISTS PARTITION (dt='2026-01-03') LOCATION 's3://lake/elsewhere/'",
    );
    expect(await rows("SELECT id, dt FROM events WHERE dt > '2026-01-02'")).toEqual([['9', '2026-01-03']]);
    expect(await reason("ALTER TABLE events ADD PARTITION (dt='2026-01-03')")).toMatch(/^ALREADY_EXISTS: /);
    await lake.query(
      'ALTER TABLE `retcon`.`events` ADD IF NOT EXISTS PARTITION (`dt`=\'2026-01-03\') PARTITION (dt = "2026-01-04")',
    );
    expect((await places('events')).slice(2)).toEqual([
      ['2026-01-03', 's3://lake/elsewhere/'],
      ['2026-01-04', 's3://lake/events/dt=2026-01-04/'],
    ]);
    await lake.query("ALTER TABLE events DROP PARTITION (dt='2026-01-03'), PARTITION (dt='2026-01-04')");
    expect(await rows('SELECT count(*) FROM events')).toEqual([['3']]);
    expect(await keys('elsewhere/')).toEqual(['x.parquet']);
    expect(await reason("ALTER TABLE events DROP PARTITION (dt='2026-01-03')")).toMatch(/^NOT_FOUND: /);
    await lake.query("ALTER TABLE events DROP IF EXISTS PARTITION (dt='2026-01-03')");
    expect(await reason("ALTER TABLE events ADD PARTITION (day='x')")).toMatch(/^INVALID_ARGUMENTS: .*dt/);
    expect(await reason("ALTER TABLE nosuch ADD PARTITION (dt='x')")).toMatch(/^TABLE_NOT_FOUND: /);
    expect(await reason('ALTER TABLE events RENAME TO other')).toMatch(/^NOT_SUPPORTED: .*RENAME/);
  });

  it('find the folders of Hive that the catalog has not', async () => {
    await lake.table('found', 'id int', 'site string; dt string');
    await lake.parquet('found/site=a%2Fb/dt=2026-01-01/x.parquet', 'SELECT 1 AS id');
    await lake.parquet('found/site=c/dt=2026-01-01/x.parquet', 'SELECT 2 AS id');
    await lake.parquet('found/site=c/dt=2026-01-01/y.parquet', 'SELECT 3 AS id');
    await lake.parquet('found/loose.parquet', 'SELECT 4 AS id');
    await lake.query("ALTER TABLE found ADD PARTITION (site='c', dt='2026-01-01')");
    const { rows: lines } = await lake.query('MSCK REPAIR TABLE found');
    expect(lines.flat()).toEqual([
      'Partitions not in metastore:\tfound:site=a%2Fb/dt=2026-01-01',
      'Repair: Added partition to metastore found:site=a%2Fb/dt=2026-01-01',
    ]);
    expect(await rows('SELECT site, id FROM found ORDER BY id')).toEqual([
      ['a/b', '1'],
      ['c', '2'],
      ['c', '3'],
    ]);
    expect((await lake.query('MSCK REPAIR TABLE found')).rows).toEqual([]);
    expect((await lake.query('SHOW PARTITIONS found')).rows.flat()).toEqual([
      'site=a/b/dt=2026-01-01',
      'site=c/dt=2026-01-01',
    ]);
  });
});

describe('INSERT INTO', () => {
  it('adds rows to partitions that exist, where they are, and to new ones below the table', async () => {
    await lake.query("ALTER TABLE events ADD PARTITION (dt='2026-02-01') LOCATION 's3://lake/moved/'");
    const { execution } = await lake.query(
      "INSERT INTO events SELECT 10, 'x', '2026-02-01' UNION ALL SELECT 11, 'y', '2026-02-02'",
    );
    expect([execution.StatementType, execution.SubstatementType]).toEqual(['DML', 'INSERT']);
    expect(await keys('moved/')).toEqual([`${execution.QueryExecutionId}.gzip.parquet`]);
    expect((await places('events')).slice(2)).toEqual([
      ['2026-02-01', 's3://lake/moved/'],
      ['2026-02-02', 's3://lake/events/dt=2026-02-02/'],
    ]);
    await lake.query("INSERT INTO events VALUES (12, NULL, '2026-02-02')");
    expect(await rows("SELECT id, visitor, dt FROM events WHERE dt >= '2026-02' ORDER BY id")).toEqual([
      ['10', 'x', '2026-02-01'],
      ['11', 'y', '2026-02-02'],
      ['12', null, '2026-02-02'],
    ]);
  });

  it('takes the columns that are named, others are NULL', async () => {
    await lake.table('plain', 'a int; b string; c double');
    await lake.query('INSERT INTO plain (c, a) VALUES (1.5e0, 1), (2.5e0, 2)');
    await lake.query("INSERT INTO plain SELECT 3, 'three', 3");
    expect(await rows('SELECT * FROM plain ORDER BY a')).toEqual([
      ['1', null, '1.5'],
      ['2', null, '2.5'],
      ['3', 'three', '3.0'],
    ]);
  });

  it.each([
    [
      "INSERT INTO plain VALUES ('x', 'y', 1e0)",
      /^TYPE_MISMATCH: .*Table: \[integer, varchar, double\], Query: \[varchar, varchar, double\]/,
    ],
    ['INSERT INTO plain VALUES (1)', /^TYPE_MISMATCH: .*mismatched column types/],
    ['INSERT INTO plain VALUES (3000000000, NULL, NULL)', /^TYPE_MISMATCH: /],
    ['INSERT INTO plain (nosuch) VALUES (1)', /^COLUMN_NOT_FOUND: .*nosuch/],
    ['INSERT INTO plain (a, a) VALUES (1, 2)', /^DUPLICATE_COLUMN_NAME: /],
    ['INSERT INTO nosuch VALUES (1)', /^TABLE_NOT_FOUND: /],
    [
      "INSERT INTO events SELECT n, 'v', CAST(n AS varchar) FROM UNNEST(sequence(1, 101)) t(n)",
      /^HIVE_TOO_MANY_OPEN_PARTITIONS: .*100/,
    ],
  ])('refuses %s', async (sql, why) => {
    expect(await reason(sql)).toMatch(why);
  });
});

describe('UNLOAD', () => {
  it('writes Parquet below an empty location, by partition, without a table', async () => {
    const sql =
      "UNLOAD (SELECT id, visitor FROM events WHERE id < 4) TO 's3://lake/out/' WITH (format = 'PARQUET', compression = 'ZSTD', partitioned_by = ARRAY['visitor'])";
    const { execution } = await lake.query(sql);
    expect([execution.StatementType, execution.SubstatementType]).toEqual(['DML', 'UNLOAD']);
    const file = `${execution.QueryExecutionId}.zstd.parquet`;
    expect(await keys('out/')).toEqual([`visitor=v1/${file}`, `visitor=v2/${file}`]);
    await lake.table('unloaded', 'id bigint', 'visitor string', 'parquet', 's3://lake/out/');
    await lake.query('MSCK REPAIR TABLE unloaded');
    expect(await rows('SELECT visitor, sum(id) FROM unloaded GROUP BY 1 ORDER BY 1')).toEqual([
      ['v1', '4'],
      ['v2', '2'],
    ]);
    expect(await reason(sql)).toMatch(/^HIVE_PATH_ALREADY_EXISTS: .*s3:\/\/lake\/out\//);
  });

  it.each([
    ["UNLOAD (SELECT 1 x) TO 's3://lake/o1/' WITH (format = 'AVRO')", /^NOT_SUPPORTED: .*AVRO/],
    ["UNLOAD (SELECT 1 x) TO 's3://lake/o2/'", /^INVALID_TABLE_PROPERTY: .*format/],
    ["UNLOAD (SELECT 1 x) TO 'nowhere' WITH (format = 'PARQUET')", /^INVALID_TABLE_PROPERTY: .*s3/],
    ["UNLOAD (SELECT 1 x, 2 X) TO 's3://lake/o3/' WITH (format = 'PARQUET')", /^DUPLICATE_COLUMN_NAME: /],
    [
      "UNLOAD (SELECT 1 x) TO 's3://lake/o4/' WITH (format = 'PARQUET', field_delimiter = ',')",
      /^NOT_SUPPORTED: .*field_delimiter/,
    ],
  ])('refuses %s', async (sql, why) => {
    expect(await reason(sql)).toMatch(why);
  });
});

describe('CREATE EXTERNAL TABLE', () => {
  it("registers Parquet in Hive's words", async () => {
    await lake.parquet(
      'ext/dt=2026-01-01/x.parquet',
      "SELECT 1::BIGINT AS id, ['a', 'b'] AS tags, {'a': 5, 'b': 'x'} AS meta",
    );
    await lake.query(
      "CREATE EXTERNAL TABLE IF NOT EXISTS `ext` (id bigint COMMENT 'it''s', `tags` array<string>, meta struct<a:int, b:string>) COMMENT 'c' PARTITIONED BY (dt string) STORED AS PARQUET LOCATION 's3://lake/ext' TBLPROPERTIES ('parquet.compression'='ZSTD', \"k\"='v')",
    );
    await lake.query('MSCK REPAIR TABLE ext');
    const answer = await lake.query('SELECT id, tags, meta.a, dt FROM ext');
    expect([answer.types, answer.rows]).toEqual([
      ['bigint', 'array', 'integer', 'varchar'],
      [['1', '[a, b]', '5', '2026-01-01']],
    ]);
    const { Table } = await lake.glue.send(new GetTableCommand({ DatabaseName: 'retcon', Name: 'ext' }));
    expect(Table?.StorageDescriptor?.Columns?.map((c) => c.Type)).toEqual([
      'bigint',
      'array<string>',
      'struct<a:int,b:string>',
    ]);
    expect(Table?.Parameters).toMatchObject({ EXTERNAL: 'TRUE', k: 'v' });
  });

  it('registers JSON, whose bad lines count as its properties say', async () => {
    await lake.put('ndjson/a.json', '{"id":1}\nbroken\n{"id":2}\n');
    await lake.query(
      "CREATE EXTERNAL TABLE ndjson (id int) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' WITH SERDEPROPERTIES ('ignore.malformed.json'='true') LOCATION 's3://lake/ndjson/'",
    );
    expect(await rows('SELECT sum(id) FROM ndjson')).toEqual([['3']]);
  });

  it.each([
    [
      "CREATE EXTERNAL TABLE ext (id bigint) STORED AS PARQUET LOCATION 's3://lake/ext/'",
      /^TABLE_ALREADY_EXISTS: /,
    ],
    [
      "CREATE EXTERNAL TABLE p1 (id bigint) PARTITIONED BY (dt string) STORED AS PARQUET LOCATION 's3://lake/p/' TBLPROPERTIES ('projection.enabled'='true')",
      /^NOT_SUPPORTED: partition projection/,
    ],
    ["CREATE EXTERNAL TABLE p2 (id bigint) STORED AS ORC LOCATION 's3://lake/p/'", /^NOT_SUPPORTED: .*ORC/],
    ["CREATE EXTERNAL TABLE p3 (id bigint) LOCATION 's3://lake/p/'", /^NOT_SUPPORTED: .*text/],
    [
      "CREATE EXTERNAL TABLE p4 (id bigint) ROW FORMAT DELIMITED LOCATION 's3://lake/p/'",
      /^NOT_SUPPORTED: .*DELIMITED/,
    ],
    [
      "CREATE EXTERNAL TABLE p5 (id uniontype<int>) STORED AS PARQUET LOCATION 's3://lake/p/'",
      /^NOT_SUPPORTED: .*uniontype/,
    ],
    [
      "CREATE EXTERNAL TABLE p6 (id int, ID int) STORED AS PARQUET LOCATION 's3://lake/p/'",
      /^DUPLICATE_COLUMN_NAME: /,
    ],
    [
      "CREATE EXTERNAL TABLE nosuch.p7 (id int) STORED AS PARQUET LOCATION 's3://lake/p/'",
      /^SCHEMA_NOT_FOUND: /,
    ],
  ])('refuses %s', async (sql, why) => {
    expect(await reason(sql)).toMatch(why);
  });

  it('does not read a table whose partitions are projected', async () => {
    const { Table } = await lake.glue.send(new GetTableCommand({ DatabaseName: 'retcon', Name: 'ext' }));
    const { StorageDescriptor, PartitionKeys } = Table!;
    const Parameters = { 'projection.enabled': 'TRUE' };
    await lake.glue.send(
      new UpdateTableCommand({
        DatabaseName: 'retcon',
        TableInput: { Name: 'ext', StorageDescriptor, PartitionKeys, Parameters },
      }),
    );
    expect(await reason('SELECT * FROM ext')).toMatch(/^NOT_SUPPORTED: partition projection/);
  });
});
