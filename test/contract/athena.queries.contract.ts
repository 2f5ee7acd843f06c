import { randomUUID } from 'node:crypto';
import * as athena from '@aws-sdk/client-athena';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cells, type OpenAthena, openAthena, refusal } from './athena.query.ts';
import type { ClientFactory } from './clients.ts';

const API = 'https://docs.aws.amazon.com/athena/latest/APIReference';

/** A query that runs until somebody stops it. */
const ENDLESS =
  'SELECT count(*) FROM UNNEST(sequence(1, 10000)) a(x) CROSS JOIN UNNEST(sequence(1, 10000)) b(y) CROSS JOIN UNNEST(sequence(1, 10000)) c(z) WHERE (x * y + z) % 7 = 3';

/** What Athena promises of queries as such: starting, waiting, reading, stopping. */
export function athenaQueriesContract(name: string, factory: ClientFactory): void {
  describe(`Athena queries contract: ${name}`, () => {
    let at: OpenAthena;
    beforeAll(async () => {
      at = await openAthena(factory);
    });
    afterAll(() => at.close());

    describe(`StartQueryExecution (${API}/API_StartQueryExecution.html)`, () => {
      it('answers with an id; the query reaches SUCCEEDED and says what it was', async () => {
        const sql = "SELECT 1 AS n, 'x' AS s, CAST(NULL AS varchar) AS nothing";
        const { id, execution } = await at.run(sql);
        expect(execution).toMatchObject({
          QueryExecutionId: id,
          Query: sql,
          StatementType: 'DML',
          SubstatementType: 'SELECT',
          WorkGroup: 'primary',
          QueryExecutionContext: { Database: 'contract' },
          ResultConfiguration: { OutputLocation: `${at.output}${id}.csv` },
          EngineVersion: { EffectiveEngineVersion: 'Athena engine version 3' },
          Status: { State: 'SUCCEEDED' },
          Statistics: { DataScannedInBytes: 0 },
        });
        const { SubmissionDateTime, CompletionDateTime } = execution.Status!;
        expect(CompletionDateTime!.getTime()).toBeGreaterThanOrEqual(SubmissionDateTime!.getTime());
      });

      it('writes the result as CSV: all in double quotes, NULL as nothing', async () => {
        const { id } = await at.run(
          `SELECT 1 AS n, 'a "b", c' AS "text", '' AS empty, CAST(NULL AS varchar) AS nothing, ARRAY[1, 2] AS list`,
        );
        const object = await at.s3.send(
          new GetObjectCommand({ Bucket: at.bucket, Key: `results/${id}.csv` }),
        );
        expect(await object.Body!.transformToString()).toBe(
          '"n","text","empty","nothing","list"\n"1","a ""b"", c","",,"[1, 2]"\n',
        );
      });

      it('takes a client token for one query: the same again is the same, another is refused', async () => {
        const ClientRequestToken = randomUUID();
        const place = `s3://${at.bucket}/once/`;
        const sql = `CREATE TABLE once WITH (external_location = '${place}') AS SELECT 1 AS n`;
        const first = await at.end(await at.start(sql, { ClientRequestToken }));
        expect(first.reason).toBeUndefined();
        expect(await at.start(sql, { ClientRequestToken })).toBe(first.id);
        const racers = await Promise.all([1, 2, 3].map(() => at.start(sql, { ClientRequestToken })));
        expect(new Set(racers)).toEqual(new Set([first.id]));
        const others = [
          at.start('SELECT 2', { ClientRequestToken }),
          at.start(sql, { ClientRequestToken, QueryExecutionContext: { Database: 'default' } }),
          at.start(sql, {
            ClientRequestToken,
            ResultConfiguration: { OutputLocation: `s3://${at.bucket}/other/` },
          }),
        ];
        for (const other of others) {
          expect(await refusal(other)).toBe('400 InvalidRequestException IDEMPOTENT_PARAMETER_MISMATCH');
        }
        await expect(at.start('SELECT 2', { ClientRequestToken })).rejects.toThrow(
          'Idempotent parameters do not match',
        );
        expect(await at.start('SELECT 2', { ClientRequestToken: randomUUID() })).not.toBe(first.id);
      });

      it('binds execution parameters: literals as they are, other words as texts', async () => {
        const sql = 'SELECT ?, ?, ?, count(*) FROM (VALUES 1, 2) t(x) WHERE x > ?';
        const { id } = await at.run(sql, {
          ExecutionParameters: ["'it''s'", 'plain', "DATE '2026-01-02'", '1'],
        });
        expect(cells(await at.page(id))[1]).toEqual(["it's", 'plain', '2026-01-02', '1']);
        const few = await at.run(sql, { ExecutionParameters: ['1'] });
        expect(few.reason).toMatch(
          /^INVALID_PARAMETER_USAGE: Incorrect number of parameters: expected 4 but found 1/,
        );
      });

      it('refuses what it can not start', async () => {
        const cases: [Promise<string>, string][] = [
          [at.start('SELEC 1'), 'MALFORMED_QUERY'],
          [at.start('SELECT 1 FROM'), 'MALFORMED_QUERY'],
          [at.start(' '), 'MALFORMED_QUERY'],
          [at.start(`SELECT '${'x'.repeat(262_144)}'`), 'INVALID_INPUT'],
          [at.start('SELECT 1', { WorkGroup: 'nosuch' }), 'INVALID_INPUT'],
          [at.start('SELECT 1', { ClientRequestToken: 'short' }), 'INVALID_INPUT'],
          [at.start('SELECT 1', { ClientRequestToken: 'x'.repeat(129) }), 'INVALID_INPUT'],
          [at.start('SELECT 1', { ResultConfiguration: { OutputLocation: '/tmp' } }), 'INVALID_INPUT'],
          [at.start('SELECT 1', { QueryExecutionContext: { Catalog: 'nosuch' } }), 'INVALID_INPUT'],
        ];
        for (const [call, code] of cases)
          expect(await refusal(call)).toBe(`400 InvalidRequestException ${code}`);
      });
    });

    describe(`GetQueryExecution (${API}/API_GetQueryExecution.html)`, () => {
      it('says why a query failed, and of which kind the failure is', async () => {
        const { execution } = await at.run('SELECT 1 / (x - x) FROM (VALUES 1) t(x)');
        expect(execution.Status).toMatchObject({
          State: 'FAILED',
          StateChangeReason: 'DIVISION_BY_ZERO: Division by zero',
          AthenaError: { ErrorCategory: 2, ErrorType: 1001, Retryable: false },
        });
        const errors: [string, number][] = [
          ['SELECT nosuch FROM (VALUES 1) t(x)', 1006],
          ['SELECT * FROM nosuch', 1301],
          ['SELECT nosuch(1)', 1303],
          ["SELECT 1 = 'a'", 1002],
          ["SELECT CAST('x' AS integer)", 1100],
        ];
        for (const [sql, ErrorType] of errors) {
          const { AthenaError, StateChangeReason } = (await at.run(sql)).execution.Status!;
          expect(AthenaError).toMatchObject({ ErrorCategory: 2, ErrorType, ErrorMessage: StateChangeReason });
        }
      });

      it('knows no query that was never started; a batch names it', async () => {
        const unknown = randomUUID();
        expect(await refusal(at.get(unknown))).toBe('400 InvalidRequestException QUERY_EXECUTION_NOT_FOUND');
        expect(await refusal(at.page(unknown))).toBe('400 InvalidRequestException QUERY_EXECUTION_NOT_FOUND');
        const { id } = await at.run('SELECT 1');
        const batch = await at.athena.send(
          new athena.BatchGetQueryExecutionCommand({ QueryExecutionIds: [id, unknown] }),
        );
        expect(batch.QueryExecutions?.map((q) => q.QueryExecutionId)).toEqual([id]);
        expect(batch.UnprocessedQueryExecutionIds?.map((q) => q.QueryExecutionId)).toEqual([unknown]);
      });

      it('lists queries, the latest first', async () => {
        const first = await at.run('SELECT 1');
        const second = await at.run('SELECT 2');
        const { QueryExecutionIds, NextToken } = await at.athena.send(
          new athena.ListQueryExecutionsCommand({ MaxResults: 2 }),
        );
        expect(QueryExecutionIds?.sort()).toEqual([first.id, second.id].sort());
        expect(NextToken).toBeDefined();
      });
    });

    describe(`GetQueryResults (${API}/API_GetQueryResults.html)`, () => {
      it('describes the columns', async () => {
        const { id } = await at.run(
          "SELECT 1 AS a, 'x', CAST(1 AS decimal(10,2)) AS d, ARRAY[1] AS l, TIMESTAMP '2026-01-01 00:00:00.000' AS t",
        );
        const reply = await at.page(id);
        const info = reply.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
        expect(info.map((c) => [c.Name, c.Type])).toEqual([
          ['a', 'integer'],
          ['_col1', 'varchar'],
          ['d', 'decimal'],
          ['l', 'array'],
          ['t', 'timestamp'],
        ]);
        expect(info[2]).toMatchObject({ Precision: 10, Scale: 2, Nullable: 'UNKNOWN', CaseSensitive: false });
        expect(reply.UpdateCount).toBe(0);
      });

      it('gives the names as the first row of the first page, and as many rows as asked', async () => {
        const { id } = await at.run('SELECT n FROM UNNEST(sequence(1, 2500)) t(n) ORDER BY n');
        const sizes: number[] = [];
        const all: (string | undefined)[] = [];
        let NextToken: string | undefined;
        do {
          const reply = await at.page(id, NextToken === undefined ? {} : { NextToken });
          const rows = cells(reply).map(([value]) => value);
          sizes.push(rows.length);
          all.push(...rows);
          NextToken = reply.NextToken;
        } while (NextToken !== undefined);
        expect(sizes).toEqual([1000, 1000, 501]);
        expect(all).toEqual(['n', ...Array.from({ length: 2500 }, (_, i) => String(i + 1))]);
        const two = await at.page(id, { MaxResults: 2 });
        expect(cells(two)).toEqual([['n'], ['1']]);
        expect(cells(await at.page(id, { MaxResults: 2, NextToken: two.NextToken }))).toEqual([['2'], ['3']]);
      });

      it('refuses sizes and tokens that can not be, and results that are not there', async () => {
        const { id } = await at.run('SELECT 1');
        for (const more of [{ MaxResults: 0 }, { MaxResults: 1001 }, { NextToken: 'made up' }])
          expect(await refusal(at.page(id, more))).toMatch(/^400 InvalidRequestException/);
        const failed = await at.run('SELECT nosuch');
        await expect(at.page(failed.id)).rejects.toThrow(
          'Query did not finish successfully. Final query state: FAILED',
        );
      });
    });

    describe(`StopQueryExecution (${API}/API_StopQueryExecution.html)`, () => {
      const stop = (QueryExecutionId: string) =>
        at.athena.send(new athena.StopQueryExecutionCommand({ QueryExecutionId }));

      it('cancels a query that runs; it has no result', async () => {
        const id = await at.start(ENDLESS);
        while ((await at.get(id)).Status?.State === 'QUEUED')
          await new Promise((wait) => setTimeout(wait, 5));
        expect(await refusal(at.page(id))).toBe('400 InvalidRequestException INVALID_QUERY_EXECUTION_STATE');
        await stop(id);
        const { execution, reason } = await at.end(id);
        expect([execution.Status?.State, reason]).toEqual(['CANCELLED', 'Query cancelled by user']);
        expect(await refusal(at.page(id))).toBe('400 InvalidRequestException RESULT_NOT_FOUND');
      });

      it('changes nothing about a query that is over, and knows no other', async () => {
        const { id } = await at.run('SELECT 1');
        expect(await refusal(stop(id))).toBe('done');
        expect((await at.get(id)).Status?.State).toBe('SUCCEEDED');
        expect(await refusal(stop(randomUUID()))).toBe(
          '400 InvalidRequestException QUERY_EXECUTION_NOT_FOUND',
        );
      });
    });

    describe(`work groups (${API}/API_WorkGroupConfiguration.html)`, () => {
      const create = (Name: string, EnforceWorkGroupConfiguration?: boolean) =>
        at.athena.send(
          new athena.CreateWorkGroupCommand({
            Name,
            Configuration: {
              EnforceWorkGroupConfiguration,
              ResultConfiguration: { OutputLocation: `s3://${at.bucket}/group/` },
            },
          }),
        );
      const outputOf = async (WorkGroup: string) => {
        const { id, execution } = await at.run('SELECT 1', { WorkGroup });
        return execution.ResultConfiguration?.OutputLocation?.replace(id, 'ID');
      };

      it("enforce their place of results over a query's own, unless they are told not to", async () => {
        await create('strict');
        await create('lenient', false);
        expect(await outputOf('strict')).toBe(`s3://${at.bucket}/group/ID.csv`);
        expect(await outputOf('lenient')).toBe(`${at.output}ID.csv`);
        const { WorkGroup } = await at.athena.send(new athena.GetWorkGroupCommand({ WorkGroup: 'strict' }));
        expect(WorkGroup).toMatchObject({
          Name: 'strict',
          State: 'ENABLED',
          Configuration: {
            EnforceWorkGroupConfiguration: true,
            ResultConfiguration: { OutputLocation: `s3://${at.bucket}/group/` },
          },
        });
      });

      it('exist once; primary always, others not before they are made', async () => {
        await create('twice');
        expect(await refusal(create('twice'))).toBe('400 InvalidRequestException INVALID_INPUT');
        expect(await refusal(create('no good name!'))).toBe('400 InvalidRequestException INVALID_INPUT');
        const show = (WorkGroup: string) => at.athena.send(new athena.GetWorkGroupCommand({ WorkGroup }));
        expect(await refusal(show('primary'))).toBe('done');
        expect(await refusal(show('nosuch'))).toBe('400 InvalidRequestException INVALID_INPUT');
      });
    });
  });
}
