import * as glue from '@aws-sdk/client-glue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientFactory, type Clients, outcome } from './clients.ts';

const API = 'https://docs.aws.amazon.com/glue/latest/webapi';

/** What the Glue Data Catalog promises, as far as the lake relies on it. */
export function glueContract(name: string, factory: ClientFactory): void {
  describe(`Glue contract: ${name}`, () => {
    let clients: Clients;
    let turn = 0;
    const DatabaseName = 'contract';
    beforeAll(async () => {
      clients = await factory();
      await clients.glue.send(new glue.CreateDatabaseCommand({ DatabaseInput: { Name: DatabaseName } }));
    });
    afterAll(() => clients.close());

    const table = async (PartitionKeys: glue.Column[] = [{ Name: 'dt', Type: 'string' }]) => {
      turn += 1;
      const Name = `t${turn}`;
      const TableInput = { Name, PartitionKeys, Parameters: { a: '1' }, TableType: 'EXTERNAL_TABLE' };
      await clients.glue.send(new glue.CreateTableCommand({ DatabaseName, TableInput }));
      return Name;
    };
    const get = async (Name: string) =>
      (await clients.glue.send(new glue.GetTableCommand({ DatabaseName, Name }))).Table;
    const create = (TableName: string, ...lists: string[][]) =>
      clients.glue.send(
        new glue.BatchCreatePartitionCommand({
          DatabaseName,
          TableName,
          PartitionInputList: lists.map((Values) => ({
            Values,
            StorageDescriptor: {
              Location: `s3://lake/${Values.join('/')}/`,
              Columns: [{ Name: 'c', Type: 'int' }],
            },
          })),
        }),
      );
    const values = async (TableName: string, Expression?: string, MaxResults?: number) => {
      const found: string[][] = [];
      let NextToken: string | undefined;
      do {
        const page = await clients.glue.send(
          new glue.GetPartitionsCommand({ DatabaseName, TableName, Expression, NextToken, MaxResults }),
        );
        if (MaxResults) expect(page.Partitions?.length).toBeLessThanOrEqual(MaxResults);
        found.push(...(page.Partitions ?? []).map((one) => one.Values ?? []));
        NextToken = page.NextToken;
      } while (NextToken);
      return found.sort((a, b) => (a.join() < b.join() ? -1 : 1));
    };

    describe(`databases (${API}/API_CreateDatabase.html)`, () => {
      it('names are lower case; twice is AlreadyExists; missing is EntityNotFound; deleting takes the tables', async () => {
        const make = new glue.CreateDatabaseCommand({ DatabaseInput: { Name: 'Mixed', Description: 'd' } });
        expect(await outcome(clients.glue.send(make))).toBe('done');
        expect(await outcome(clients.glue.send(make))).toBe('400 AlreadyExistsException');
        const { Database } = await clients.glue.send(new glue.GetDatabaseCommand({ Name: 'mixed' }));
        expect([Database?.Name, Database?.Description]).toEqual(['mixed', 'd']);
        const { DatabaseList } = await clients.glue.send(new glue.GetDatabasesCommand({}));
        expect(DatabaseList?.map((one) => one.Name)).toEqual(expect.arrayContaining([DatabaseName, 'mixed']));
        await clients.glue.send(
          new glue.CreateTableCommand({ DatabaseName: 'mixed', TableInput: { Name: 't' } }),
        );
        await clients.glue.send(new glue.DeleteDatabaseCommand({ Name: 'mixed' }));
        for (const command of [
          new glue.GetDatabaseCommand({ Name: 'mixed' }),
          new glue.DeleteDatabaseCommand({ Name: 'mixed' }),
        ]) {
          expect(await outcome(clients.glue.send(command as glue.GetDatabaseCommand))).toBe(
            '400 EntityNotFoundException',
          );
        }
        await clients.glue.send(make);
        const lost = new glue.GetTableCommand({ DatabaseName: 'mixed', Name: 't' });
        expect(await outcome(clients.glue.send(lost))).toBe('400 EntityNotFoundException');
      });
    });

    describe(`tables (${API}/API_UpdateTable.html)`, () => {
      it('come back as they were given', async () => {
        const Name = await table();
        const found = await get(Name);
        expect(found).toMatchObject({
          Name,
          DatabaseName,
          PartitionKeys: [{ Name: 'dt', Type: 'string' }],
          Parameters: { a: '1' },
          TableType: 'EXTERNAL_TABLE',
        });
        const again = new glue.CreateTableCommand({ DatabaseName, TableInput: { Name } });
        expect(await outcome(clients.glue.send(again))).toBe('400 AlreadyExistsException');
        const page = await clients.glue.send(
          new glue.GetTablesCommand({ DatabaseName, Expression: `${Name}|none` }),
        );
        expect(page.TableList?.map((one) => one.Name)).toEqual([Name]);
        const remove = new glue.DeleteTableCommand({ DatabaseName, Name });
        expect(await outcome(clients.glue.send(remove))).toBe('done');
        expect(await outcome(clients.glue.send(remove))).toBe('400 EntityNotFoundException');
        expect(await outcome(get(Name))).toBe('400 EntityNotFoundException');
      });

      it('VersionId is an optimistic lock', async () => {
        const Name = await table();
        const update = (b: string, VersionId?: string) =>
          clients.glue.send(
            new glue.UpdateTableCommand({
              DatabaseName,
              TableInput: { Name, Parameters: { b } },
              VersionId,
              SkipArchive: true,
            }),
          );
        const first = (await get(Name))?.VersionId;
        expect(await outcome(update('1', first))).toBe('done');
        expect(await outcome(update('2', first))).toBe('400 ConcurrentModificationException');
        expect((await get(Name))?.Parameters).toEqual({ b: '1' });
        const second = (await get(Name))?.VersionId;
        expect(second).not.toBe(first);
        const racers = await Promise.all(['x', 'y', 'z'].map((b) => outcome(update(b, second))));
        expect(racers.filter((one) => one === 'done')).toHaveLength(1);
        expect(await outcome(update('clobbered'))).toBe('done');
      });

      it('missing tables are EntityNotFound, also for updates', async () => {
        const update = new glue.UpdateTableCommand({ DatabaseName, TableInput: { Name: 'none' } });
        expect(await outcome(clients.glue.send(update))).toBe('400 EntityNotFoundException');
      });

      it('an update keeps the partitions', async () => {
        const Name = await table();
        await create(Name, ['a']);
        const PartitionKeys = [{ Name: 'dt', Type: 'string' }];
        await clients.glue.send(
          new glue.UpdateTableCommand({ DatabaseName, TableInput: { Name, PartitionKeys } }),
        );
        expect(await values(Name)).toEqual([['a']]);
      });
    });

    describe(`partitions (${API}/API_BatchCreatePartition.html)`, () => {
      it('batches fail item by item', async () => {
        const Name = await table();
        await create(Name, ['a'], ['b']);
        const { Errors } = await create(Name, ['b'], ['c']);
        expect(Errors?.map((one) => [one.PartitionValues, one.ErrorDetail?.ErrorCode])).toEqual([
          [['b'], 'AlreadyExistsException'],
        ]);
        expect(await values(Name)).toEqual([['a'], ['b'], ['c']]);
        const update = await clients.glue.send(
          new glue.BatchUpdatePartitionCommand({
            DatabaseName,
            TableName: Name,
            Entries: ['a', 'z'].map((value) => ({
              PartitionValueList: [value],
              PartitionInput: { Values: [value], StorageDescriptor: { Location: 's3://lake/new/' } },
            })),
          }),
        );
        expect(update.Errors?.map((one) => [one.PartitionValueList, one.ErrorDetail?.ErrorCode])).toEqual([
          [['z'], 'EntityNotFoundException'],
        ]);
        const one = new glue.GetPartitionCommand({ DatabaseName, TableName: Name, PartitionValues: ['a'] });
        expect((await clients.glue.send(one)).Partition?.StorageDescriptor?.Location).toBe('s3://lake/new/');
        const removed = await clients.glue.send(
          new glue.BatchDeletePartitionCommand({
            DatabaseName,
            TableName: Name,
            PartitionsToDelete: [{ Values: ['a'] }, { Values: ['z'] }],
          }),
        );
        expect(removed.Errors?.map((error) => error.PartitionValues)).toEqual([['z']]);
        expect(await outcome(clients.glue.send(one))).toBe('400 EntityNotFoundException');
        const some = await clients.glue.send(
          new glue.BatchGetPartitionCommand({
            DatabaseName,
            TableName: Name,
            PartitionsToGet: [{ Values: ['b'] }, { Values: ['a'] }],
          }),
        );
        expect(some.Partitions?.map((partition) => partition.Values)).toEqual([['b']]);
      });

      it('limits and shapes: 100 a batch, as many values as keys', async () => {
        const Name = await table();
        const many = Array.from({ length: 101 }, (_, i) => [String(i)]);
        expect(await outcome(create(Name, ...many))).toMatch(
          /^400 (ValidationException|InvalidInputException)$/,
        );
        expect(await outcome(create(Name, ...many.slice(1)))).toBe('done');
        expect(await values(Name)).toHaveLength(100);
        expect(await outcome(create(Name, ['a', 'b']))).toBe('400 InvalidInputException');
        const single = (Values: string[]) =>
          clients.glue.send(
            new glue.CreatePartitionCommand({ DatabaseName, TableName: Name, PartitionInput: { Values } }),
          );
        expect(await outcome(single(['1']))).toBe('400 AlreadyExistsException');
        expect(await outcome(single(['new']))).toBe('done');
        expect(await outcome(create('none', ['a']))).toBe('400 EntityNotFoundException');
      });

      it(`expressions and pages (${API}/API_GetPartitions.html)`, async () => {
        const Name = await table([
          { Name: 'dt', Type: 'string' },
          { Name: 'n', Type: 'int' },
        ]);
        const all = ['2026-01-01', '2026-01-02', '2026-02-01'].flatMap((dt) =>
          ['2', '10'].map((n) => [dt, n]),
        );
        await create(Name, ...all);
        expect(await values(Name, undefined, 4)).toEqual(
          [...all].sort((a, b) => (a.join() < b.join() ? -1 : 1)),
        );
        const cases: [expression: string, wanted: (dt: string, n: number) => boolean][] = [
          ["dt = '2026-01-01'", (dt) => dt === '2026-01-01'],
          ["dt <> '2026-01-01'", (dt) => dt !== '2026-01-01'],
          ["dt > '2026-01-01' AND n < 5", (dt, n) => dt > '2026-01-01' && n < 5],
          [
            "dt >= '2026-01-02' and (n = 10 or dt < '2026-02-01')",
            (dt, n) => dt >= '2026-01-02' && (n === 10 || dt < '2026-02-01'),
          ],
          ["dt IN ('2026-01-01', '2026-02-01')", (dt) => dt === '2026-01-01' || dt === '2026-02-01'],
          ["dt BETWEEN '2026-01-02' AND '2026-02-01'", (dt) => dt >= '2026-01-02'],
          ["dt LIKE '2026-01-%'", (dt) => dt.startsWith('2026-01-')],
          ["NOT dt = '2026-01-01' AND n > 2", (dt, n) => dt !== '2026-01-01' && n === 10],
          ['n >= 3', (_, n) => n === 10],
          ["dt <= '2026-01-01' OR n = 2", (dt, n) => dt <= '2026-01-01' || n === 2],
        ];
        for (const [expression, wanted] of cases) {
          const expected = all.filter(([dt, n]) => wanted(dt ?? '', Number(n)));
          expect([expression, await values(Name, expression)]).toEqual([
            expression,
            expected.sort((a, b) => (a.join() < b.join() ? -1 : 1)),
          ]);
        }
        for (const bad of ['dt ~ 1', "other = 'x'", 'dt =', "lower(dt) = 'x'", "dt = 'x"]) {
          expect([bad, await outcome(values(Name, bad))]).toEqual([bad, '400 InvalidInputException']);
        }
      });

      it('ExcludeColumnSchema leaves the columns out', async () => {
        const Name = await table();
        await create(Name, ['a']);
        const page = await clients.glue.send(
          new glue.GetPartitionsCommand({ DatabaseName, TableName: Name, ExcludeColumnSchema: true }),
        );
        expect(page.Partitions?.[0]?.StorageDescriptor?.Columns).toBeUndefined();
        expect(page.Partitions?.[0]?.StorageDescriptor?.Location).toBe('s3://lake/a/');
      });
    });
  });
}
