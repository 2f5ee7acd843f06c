import { BatchCreatePartitionCommand, GetTableCommand, UpdateTableCommand } from '@aws-sdk/client-glue';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cells, type OpenAthena, openAthena } from './athena.query.ts';
import type { ClientFactory } from './clients.ts';

const GUIDE = 'https://docs.aws.amazon.com/athena/latest/ug';

/** What Athena promises of statements that make, change and drop tables and views, as far as the lake relies on it. */
export function athenaStatementsContract(name: string, factory: ClientFactory): void {
  describe(`Athena statements contract: ${name}`, () => {
    let at: OpenAthena;
    beforeAll(async () => {
      at = await openAthena(factory);
    });
    afterAll(() => at.close());

    const place = (folder: string): string => `s3://${at.bucket}/${folder}/`;
    const table = async (Name: string) =>
      (await at.glue.send(new GetTableCommand({ DatabaseName: 'contract', Name }))).Table!;

    describe(`CREATE TABLE AS (${GUIDE}/create-table-as.html)`, () => {
      it('writes Parquet at an empty place, and the table after it', async () => {
        const { execution } = await at.run(
          `CREATE TABLE made WITH (format = 'PARQUET', write_compression = 'ZSTD', external_location = '${place('made')}') AS
           SELECT 1 AS n, 'x' AS s, CAST(NULL AS double) AS d, TIMESTAMP '2026-01-01 10:00:00.123' AS t`,
        );
        expect(execution).toMatchObject({
          StatementType: 'DDL',
          SubstatementType: 'CREATE_TABLE_AS_SELECT',
          Status: { State: 'SUCCEEDED' },
        });
        expect(await at.rows('SELECT * FROM made')).toEqual([
          ['1', 'x', undefined, '2026-01-01 10:00:00.123'],
        ]);
        expect(await at.keys('made/')).toHaveLength(1);
        const made = await table('made');
        expect(made.TableType).toBe('EXTERNAL_TABLE');
        expect(made.StorageDescriptor?.Location).toBe(place('made'));
        expect(made.StorageDescriptor?.Columns?.map((c) => `${c.Name} ${c.Type}`)).toEqual([
          'n int',
          's string',
          'd double',
          't timestamp',
        ]);
      });

      it('partitions by the last columns, a folder for each value', async () => {
        const sql = (by: string) =>
          `CREATE TABLE parts WITH (external_location = '${place('parts')}', partitioned_by = ARRAY[${by}]) AS
           SELECT * FROM (VALUES (1, 'a', '2026-01-01'), (2, 'a', '2026-01-02'), (3, 'b', '2026-01-02')) t(n, site, dt)`;
        expect((await at.run(sql("'dt', 'site'"))).reason).toMatch(
          /^INVALID_TABLE_PROPERTY: .*must be the last columns/,
        );
        expect((await at.run(sql("'nosuch'"))).reason).toMatch(/^INVALID_TABLE_PROPERTY: .*nosuch/);
        expect((await at.run(sql("'site', 'dt'"))).reason).toBeUndefined();
        expect((await at.keys('parts/')).map((key) => key.replace(/[^/]+$/, ''))).toEqual([
          'site=a/dt=2026-01-01/',
          'site=a/dt=2026-01-02/',
          'site=b/dt=2026-01-02/',
        ]);
        expect(await at.rows("SELECT n, site FROM parts WHERE dt = '2026-01-02' ORDER BY n")).toEqual([
          ['2', 'a'],
          ['3', 'b'],
        ]);
        expect((await table('parts')).PartitionKeys?.map((c) => c.Name)).toEqual(['site', 'dt']);
      });

      it('writes at most 100 partitions', async () => {
        const sql = (folder: string, n: number) =>
          `CREATE TABLE ${folder} WITH (external_location = '${place(folder)}', partitioned_by = ARRAY['p']) AS SELECT x, x AS p FROM UNNEST(sequence(1, ${n})) t(x)`;
        expect((await at.run(sql('most', 100))).reason).toBeUndefined();
        expect((await at.run(sql('toomany', 101))).reason).toMatch(/^HIVE_TOO_MANY_OPEN_PARTITIONS: .*100/);
      });

      it('never writes where something is, and makes no table then', async () => {
        await at.s3.send(new PutObjectCommand({ Bucket: at.bucket, Key: 'taken/leftover', Body: 'x' }));
        const sql = `CREATE TABLE taken WITH (external_location = '${place('taken')}') AS SELECT 1 AS n`;
        expect((await at.run(sql)).reason).toMatch(
          /^HIVE_PATH_ALREADY_EXISTS: Target directory for table 'contract.taken' already exists/,
        );
        expect((await at.run('SELECT * FROM taken')).reason).toMatch(/^TABLE_NOT_FOUND: /);
        expect(await at.keys('taken/')).toEqual(['leftover']);
      });

      it('refuses a name that is taken, columns without names and properties that are none', async () => {
        const cases: [sql: string, reason: RegExp][] = [
          [
            `CREATE TABLE made WITH (external_location = '${place('x1')}') AS SELECT 1 AS n`,
            /^TABLE_ALREADY_EXISTS: /,
          ],
          [
            `CREATE TABLE x2 WITH (external_location = '${place('x2')}') AS SELECT 1`,
            /^MISSING_COLUMN_NAME: .*position 1/,
          ],
          [
            `CREATE TABLE x3 WITH (external_location = '${place('x3')}') AS SELECT 1 AS n, 2 AS N`,
            /^DUPLICATE_COLUMN_NAME: /,
          ],
          [
            `CREATE TABLE x4 WITH (nosuch = '1', external_location = '${place('x4')}') AS SELECT 1 AS n`,
            /^INVALID_TABLE_PROPERTY: .*'nosuch' does not exist/,
          ],
          [
            `CREATE TABLE x5 WITH (format = 'ORC', external_location = '${place('x5')}') AS SELECT 1 AS n`,
            /^NOT_SUPPORTED: .*ORC/,
          ],
          [
            "CREATE TABLE x6 WITH (external_location = 'nowhere') AS SELECT 1 AS n",
            /^INVALID_TABLE_PROPERTY: .*nowhere/,
          ],
          [
            `CREATE TABLE nosuch.x7 WITH (external_location = '${place('x7')}') AS SELECT 1 AS n`,
            /^SCHEMA_NOT_FOUND: /,
          ],
        ];
        for (const [sql, reason] of cases) expect((await at.run(sql)).reason).toMatch(reason);
        const again = `CREATE TABLE IF NOT EXISTS made WITH (external_location = '${place('x8')}') AS SELECT 9 AS n`;
        expect((await at.run(again)).reason).toBeUndefined();
        expect(await at.rows('SELECT n FROM made')).toEqual([['1']]);
        expect(await at.keys('x')).toEqual([]);
      });

      it('writes below the place of results when no other is given, and answers with no row', async () => {
        const { id, execution } = await at.run('CREATE TABLE unplaced AS SELECT 1 AS n UNION ALL SELECT 2');
        expect(execution.ResultConfiguration?.OutputLocation).toBe(`${at.output}tables/${id}`);
        expect((await table('unplaced')).StorageDescriptor?.Location).toBe(`${at.output}tables/${id}/`);
        const reply = await at.page(id);
        expect([cells(reply), reply.UpdateCount]).toEqual([[], 2]);
      });
    });

    it(`INSERT INTO adds rows and says how many (${GUIDE}/insert-into.html)`, async () => {
      await at.run(`CREATE TABLE grows WITH (external_location = '${place('grows')}') AS SELECT 1 AS n`);
      const { id, execution } = await at.run('INSERT INTO grows SELECT * FROM (VALUES 2, 3) t(n)');
      expect([execution.StatementType, execution.SubstatementType]).toEqual(['DML', 'INSERT']);
      expect((await at.page(id)).UpdateCount).toBe(2);
      expect(await at.rows('SELECT sum(n) FROM grows')).toEqual([['6']]);
    });

    describe(`views (${GUIDE}/create-view.html)`, () => {
      it('are entries of the catalog that hold their text; one update replaces them', async () => {
        expect((await at.run('CREATE VIEW ones AS SELECT 1 AS n')).execution.SubstatementType).toBe(
          'CREATE_VIEW',
        );
        const view = await table('ones');
        expect([view.TableType, view.Parameters?.presto_view]).toEqual(['VIRTUAL_VIEW', 'true']);
        const text = /^\/\* Presto View: (.+) \*\/$/.exec(view.ViewOriginalText!)![1]!;
        expect(JSON.parse(Buffer.from(text, 'base64').toString())).toMatchObject({
          originalSql: 'SELECT 1 AS n',
          catalog: 'awsdatacatalog',
          schema: 'contract',
          columns: [{ name: 'n', type: 'integer' }],
        });
        expect((await at.run('CREATE VIEW ones AS SELECT 2 AS n')).reason).toMatch(/^TABLE_ALREADY_EXISTS: /);
        expect((await at.run('CREATE OR REPLACE VIEW ones AS SELECT 2 AS n')).reason).toBeUndefined();
        expect(await at.rows('SELECT n FROM ones')).toEqual([['2']]);
      });

      it('are checked when they are made, and stale when what they read changes its shape', async () => {
        expect((await at.run('CREATE VIEW bad AS SELECT nosuch FROM ones')).reason).toMatch(
          /^COLUMN_NOT_FOUND: /,
        );
        expect((await at.run('CREATE VIEW bad AS SELECT 1')).reason).toMatch(/^MISSING_COLUMN_NAME: /);
        await at.run('CREATE VIEW wide AS SELECT * FROM ones');
        await at.run('CREATE OR REPLACE VIEW ones AS SELECT 2 AS n, 3 AS m');
        expect((await at.run('SELECT * FROM wide')).reason).toMatch(/^INVALID_VIEW: .*stale/);
        expect((await at.run('DROP TABLE wide')).reason).toMatch(/^NOT_SUPPORTED: .*DROP VIEW/);
        expect((await at.run('DROP VIEW wide')).reason).toBeUndefined();
        expect((await at.run('DROP VIEW wide')).reason).toMatch(/^TABLE_NOT_FOUND: /);
        expect((await at.run('DROP VIEW IF EXISTS wide')).reason).toBeUndefined();
      });

      it('mean the database that they were made in, whoever asks', async () => {
        await at.run('CREATE OR REPLACE VIEW home AS SELECT count(*) AS n FROM made');
        const { id } = await at.run('SELECT n FROM contract.home', {
          QueryExecutionContext: { Database: 'default' },
        });
        expect(cells(await at.page(id))).toEqual([['n'], ['1']]);
      });
    });

    describe('one view says which slice of each table is read', () => {
      const current = (release: number, slice: string): string =>
        `CREATE OR REPLACE VIEW current_release AS SELECT ${release} AS release, MAP(ARRAY['sessions', 'events'], ARRAY['none', '${slice}']) AS slices`;

      beforeAll(async () => {
        for (const slice of ['old', 'new'])
          await at.run(
            `CREATE TABLE ${slice}_files WITH (external_location = '${place(`files/${slice}`)}', partitioned_by = ARRAY['dt']) AS
             SELECT '${slice}' AS label, n, dt FROM (VALUES (1, '2026-01-01'), (2, '2026-01-02')) t(n, dt)`,
          );
        await at.run(
          `CREATE EXTERNAL TABLE events_all (label string, n int) PARTITIONED BY (slice string, dt string) STORED AS PARQUET LOCATION '${place('events_all')}'`,
        );
        const partition = (slice: string, dt: string, from: string) =>
          `PARTITION (slice = '${slice}', dt = '${dt}') LOCATION '${place(`files/${from}/dt=${dt}`)}'`;
        // Of the new slice one day didn't change: its partition points at the files of the old one.
        await at.run(
          `ALTER TABLE events_all ADD ${partition('a', '2026-01-01', 'old')} ${partition('a', '2026-01-02', 'old')} ${partition('b', '2026-01-01', 'old')} ${partition('b', '2026-01-02', 'new')}`,
        );
        await at.run(current(1, 'a'));
        await at.run(
          "CREATE VIEW events AS SELECT e.label, e.n, e.dt FROM events_all e CROSS JOIN current_release c WHERE e.slice = c.slices['events']",
        );
      });

      it('and one update of it switches all readers', async () => {
        const sql = 'SELECT label, sum(n) FROM events GROUP BY 1 ORDER BY 1';
        expect(await at.rows(sql)).toEqual([['old', '3']]);
        expect((await at.run(current(2, 'b'))).reason).toBeUndefined();
        expect(await at.rows(sql)).toEqual([
          ['new', '2'],
          ['old', '1'],
        ]);
        expect(
          await at.rows(
            "SELECT release, slices['events'], element_at(slices, 'nosuch') FROM current_release",
          ),
        ).toEqual([['2', 'b', undefined]]);
      });

      it('so that a name it lacks fails instead of reading nothing', async () => {
        const lookup = (name: string) =>
          at.run(
            `SELECT count(*) FROM events_all e CROSS JOIN current_release c WHERE e.slice = c.slices['${name}']`,
          );
        expect((await lookup('nosuch')).reason).toBe(
          'INVALID_FUNCTION_ARGUMENT: Key not present in map: nosuch',
        );
        const { id, reason } = await lookup('sessions');
        expect(reason).toBeUndefined();
        expect(cells(await at.page(id))).toEqual([['_col0'], ['0']]);
      });

      it('and scans only the files that are asked for', async () => {
        const scanned = async (where: string) =>
          (await at.run(`SELECT count(*) FROM events ${where}`)).execution.Statistics!.DataScannedInBytes!;
        const all = await scanned('');
        const one = await scanned("WHERE dt = '2026-01-01'");
        const other = await scanned("WHERE dt = '2026-01-02'");
        expect(one).toBeGreaterThan(0);
        expect(one + other).toBe(all);
        expect(await scanned("WHERE dt = '2027-01-01'")).toBe(0);
      });
    });

    it(`DROP TABLE forgets the table and leaves its objects (${GUIDE}/drop-table.html)`, async () => {
      await at.run(`CREATE TABLE doomed WITH (external_location = '${place('doomed')}') AS SELECT 1 AS n`);
      expect((await at.run('DROP TABLE doomed')).execution).toMatchObject({
        StatementType: 'DDL',
        SubstatementType: 'DROP_TABLE',
      });
      expect((await at.run('SELECT * FROM doomed')).reason).toMatch(/^TABLE_NOT_FOUND: /);
      expect(await at.keys('doomed/')).toHaveLength(1);
      expect((await at.run('DROP TABLE doomed')).reason).toMatch(/^TABLE_NOT_FOUND: /);
      expect((await at.run('DROP TABLE IF EXISTS doomed')).reason).toBeUndefined();
    });

    it('sees what others change in the catalog', async () => {
      const { StorageDescriptor, PartitionKeys, TableType, Parameters } = await table('parts');
      const Location = place('parts/site=a/dt=2026-01-01');
      await at.glue.send(
        new BatchCreatePartitionCommand({
          DatabaseName: 'contract',
          TableName: 'parts',
          PartitionInputList: [
            { Values: ['z', '2027-01-01'], StorageDescriptor: { ...StorageDescriptor, Location } },
          ],
        }),
      );
      expect(await at.rows("SELECT n, dt FROM parts WHERE site = 'z'")).toEqual([['1', '2027-01-01']]);
      await at.glue.send(
        new UpdateTableCommand({
          DatabaseName: 'contract',
          TableInput: {
            Name: 'parts',
            PartitionKeys,
            TableType,
            Parameters,
            StorageDescriptor: {
              ...StorageDescriptor,
              Columns: [...StorageDescriptor!.Columns!, { Name: 'added', Type: 'string' }],
            },
          },
        }),
      );
      expect(await at.rows("SELECT n, added FROM parts WHERE site = 'b'")).toEqual([['3', undefined]]);
    });

    it(`SHOW and DESCRIBE answer with lines, without a header (${GUIDE}/show-tables.html)`, async () => {
      const lines = async (sql: string) => cells(await at.page((await at.run(sql)).id)).flat();
      expect(await lines("SHOW TABLES 'par*'")).toEqual(['parts']);
      expect(await lines('SHOW VIEWS')).toContain('current_release');
      expect(await lines('SHOW DATABASES')).toContain('contract');
      expect((await lines('SHOW PARTITIONS parts'))[0]).toBe('site=a/dt=2026-01-01');
      expect((await lines('DESCRIBE parts'))[0]).toMatch(/^n {19}\tint {17}\t/);
      expect((await at.run('SHOW PARTITIONS made')).reason).toMatch(/not a partitioned table/);
    });
  });
}
