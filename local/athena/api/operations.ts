import { randomUUID } from 'node:crypto';
import { AwsError, unsupportedMessage } from '../../aws/errors.ts';
import { inputReader } from '../../aws/input.ts';
import type { Input, Operation } from '../../aws/json.ts';
import { place, SqlError } from '../dialect/errors.ts';
import { classify } from '../engine/execute.ts';
import { parseLocation } from '../engine/files.ts';
import { athenaError, INVALID, invalid } from './errors.ts';
import { type Record, type Records, ROWS_PER_FILE } from './records.ts';
import type { Runner } from './runner.ts';
import type { WorkGroups } from './workgroups.ts';

const read = inputReader(INVALID);
const MAX_SQL_BYTES = 262_144;
const ENGINE = 'Athena engine version 3';

export interface Athena {
  records: Records;
  /** Starts a query that is QUEUED, and sees to it that its record says how it ends. */
  runner: Pick<Runner, 'start' | 'stop'>;
  workGroups: WorkGroups;
  /** Seconds since 1970. */
  now(): number;
}

const notFound = (id: string): AwsError =>
  invalid(`QueryExecution ${id} was not found`, 'QUERY_EXECUTION_NOT_FOUND');

/** Operations on queries, with the errors of their API pages. */
export function queryOperations(athena: Athena): { [name: string]: Operation } {
  return {
    StartQueryExecution: {
      accepts: [
        'QueryString',
        'ClientRequestToken',
        'QueryExecutionContext',
        'ResultConfiguration',
        'WorkGroup',
        'ExecutionParameters',
      ],
      run: (input) => ({ QueryExecutionId: start(athena, input) }),
    },
    GetQueryExecution: {
      accepts: ['QueryExecutionId'],
      run: (input) => ({ QueryExecution: shown(load(athena, read.text(input, 'QueryExecutionId'))) }),
    },
    BatchGetQueryExecution: {
      accepts: ['QueryExecutionIds'],
      run(input) {
        const ids = read.list(input, 'QueryExecutionIds').map(String);
        if (ids.length < 1 || ids.length > 50) throw invalid('QueryExecutionIds must hold 1 to 50 ids.');
        const found = ids.map((id) => current(athena, id));
        return {
          QueryExecutions: found.flatMap((r) => (r === null ? [] : [shown(r)])),
          UnprocessedQueryExecutionIds: ids
            .filter((_, i) => found[i] === null)
            .map((id) => ({
              QueryExecutionId: id,
              ErrorCode: 'INVALID_INPUT',
              ErrorMessage: `QueryExecution ${id} was not found`,
            })),
        };
      },
    },
    ListQueryExecutions: {
      accepts: ['MaxResults', 'NextToken', 'WorkGroup'],
      run(input) {
        const group = read.maybeText(input, 'WorkGroup') ?? 'primary';
        athena.workGroups.get(group);
        const most = read.maybeWhole(input, 'MaxResults', 0, 50) ?? 50;
        const all = athena.records.ids().flatMap((id) => {
          const r = athena.records.load(id);
          return r !== null && r.workGroup === group ? [r] : [];
        });
        all.sort((a, b) => b.submitted - a.submitted || (a.id < b.id ? -1 : 1));
        const from = position(read.maybeText(input, 'NextToken'));
        const page = all.slice(from, from + most);
        return {
          QueryExecutionIds: page.map((r) => r.id),
          NextToken: from + most < all.length ? String(from + most) : undefined,
        };
      },
    },
    StopQueryExecution: {
      accepts: ['QueryExecutionId'],
      run(input) {
        const record = load(athena, read.text(input, 'QueryExecutionId'));
        if ((record.state === 'QUEUED' || record.state === 'RUNNING') && !athena.runner.stop(record.id))
          throw new AwsError(INVALID, unsupportedMessage('stopping a query of another process'));
        return {};
      },
    },
    GetQueryResults: {
      accepts: ['QueryExecutionId', 'MaxResults', 'NextToken', 'QueryResultType'],
      run: (input) => results(athena, input),
    },
  };
}

function start(athena: Athena, input: Input): string {
  const sql = read.text(input, 'QueryString');
  if (Buffer.byteLength(sql) > MAX_SQL_BYTES)
    throw invalid(`queryString has ${Buffer.byteLength(sql)} bytes; the most is ${MAX_SQL_BYTES}.`);
  const { kind, detail } = classified(sql);
  const context = read.maybeRecord(input, 'QueryExecutionContext') ?? {};
  const catalog = read.maybeText(context, 'Catalog');
  if (catalog !== undefined && catalog.toLowerCase() !== 'awsdatacatalog')
    throw invalid(`Catalog ${catalog} does not exist.`);
  const workGroup = athena.workGroups.get(read.maybeText(input, 'WorkGroup') ?? 'primary');
  const configuration = read.maybeRecord(input, 'ResultConfiguration') ?? {};
  for (const name of Object.keys(configuration))
    if (name !== 'OutputLocation' && configuration[name] != null)
      throw new AwsError(INVALID, unsupportedMessage(`the parameter ResultConfiguration.${name}`));
  const wanted = read.maybeText(configuration, 'OutputLocation') ?? null;
  const output =
    workGroup.enforced && workGroup.output !== null ? workGroup.output : (wanted ?? workGroup.output);
  if (output !== null) location(output);
  const parameters =
    input.ExecutionParameters == null ? [] : read.list(input, 'ExecutionParameters').map(String);
  const database = read.maybeText(context, 'Database') ?? 'default';
  const token = read.maybeText(input, 'ClientRequestToken');
  // SDKs make one up where the caller gives none; whoever speaks the protocol by hand must do so too.
  if (token === undefined) throw invalid('clientRequestToken is null or empty');
  if (token.length < 32 || token.length > 128)
    throw invalid(
      'clientRequestToken must have length greater than or equal to 32 and less than or equal to 128',
    );
  const request = JSON.stringify([sql, database, workGroup.name, output, parameters]);
  const { id, request: first } = athena.records.claim(token, request, randomUUID());
  if (first !== request) throw invalid('Idempotent parameters do not match', 'IDEMPOTENT_PARAMETER_MISMATCH');
  // The record may be missing when the one who claimed the token was killed before starting: start it now.
  if (athena.records.load(id) !== null) return id;
  const record: Record = {
    id,
    sql,
    database,
    workGroup: workGroup.name,
    parameters,
    output,
    state: 'QUEUED',
    kind,
    ...(detail === undefined ? {} : { detail }),
    submitted: athena.now(),
    process: process.pid,
  };
  athena.records.save(record);
  athena.runner.start(record);
  return id;
}

function location(output: string): void {
  try {
    parseLocation(output);
  } catch {
    throw invalid('outputLocation is not a valid S3 path.');
  }
}

/** What kind of statement it is; one that can't be read is no query at all, and never starts. */
function classified(sql: string): ReturnType<typeof classify> {
  try {
    return classify(sql);
  } catch (error) {
    if (!(error instanceof SqlError) || error.errorName !== 'SYNTAX_ERROR') return { kind: 'DML' };
    throw invalid(`${error.at === undefined ? '' : place(sql, error.at)}${error.message}`, 'MALFORMED_QUERY');
  }
}

/** A query's record; one whose process is gone in the middle of it has failed. */
function current(athena: Athena, id: string): Record | null {
  const record = athena.records.load(id);
  if (record === null || (record.state !== 'QUEUED' && record.state !== 'RUNNING') || alive(record.process))
    return record;
  const again = athena.records.load(id)!;
  if (again.state !== record.state) return again;
  const reason =
    'GENERIC_INTERNAL_ERROR: the process that ran the query ended before the query did: start it again';
  const failed: Record = {
    ...again,
    state: 'FAILED',
    reason,
    error: athenaError('GENERIC_INTERNAL_ERROR', reason),
    completed: athena.now(),
  };
  athena.records.save(failed);
  return failed;
}

function alive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function load(athena: Athena, id: string): Record {
  const record = current(athena, id);
  if (record === null) throw notFound(id);
  return record;
}

function shown(r: Record): unknown {
  return {
    QueryExecutionId: r.id,
    Query: r.sql,
    StatementType: r.kind,
    SubstatementType: r.detail,
    WorkGroup: r.workGroup,
    QueryExecutionContext: { Database: r.database, Catalog: 'awsdatacatalog' },
    ExecutionParameters: r.parameters.length > 0 ? r.parameters : undefined,
    ResultConfiguration:
      r.output === null ? undefined : { OutputLocation: `${r.output.replace(/\/?$/, '/')}${resultName(r)}` },
    EngineVersion: { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: ENGINE },
    Status: {
      State: r.state,
      StateChangeReason: r.reason,
      SubmissionDateTime: r.submitted,
      CompletionDateTime: r.completed,
      AthenaError: r.error && {
        ErrorCategory: r.error.category,
        ErrorType: r.error.type,
        ErrorMessage: r.error.message,
        Retryable: false,
      },
    },
    Statistics: {
      EngineExecutionTimeInMillis: r.engineMs,
      DataScannedInBytes: r.scannedBytes ?? 0,
      TotalExecutionTimeInMillis:
        r.completed === undefined
          ? undefined
          : Math.max(r.engineMs ?? 0, Math.round((r.completed - r.submitted) * 1000)),
      QueryQueueTimeInMillis: r.queuedMs === undefined ? undefined : Math.round(r.queuedMs),
    },
  };
}

/** The name of a query's result below its output location. */
function resultName({ id, kind, detail }: Record): string {
  if (detail === 'CREATE_TABLE_AS_SELECT') return `tables/${id}`;
  if (detail === 'INSERT') return id;
  return `${id}.${kind === 'DML' ? 'csv' : 'txt'}`;
}

const position = (token: string | undefined): number => {
  if (token === undefined) return 0;
  if (!/^\d{1,12}$/.test(token)) throw invalid('NextToken is not one that was given out.');
  return Number(token);
};

function results(athena: Athena, input: Input): unknown {
  const record = load(athena, read.text(input, 'QueryExecutionId'));
  const kind = read.maybeText(input, 'QueryResultType') ?? 'DATA_ROWS';
  if (kind !== 'DATA_ROWS') throw new AwsError(INVALID, unsupportedMessage(`the QueryResultType ${kind}`));
  const most = read.maybeWhole(input, 'MaxResults', 1, ROWS_PER_FILE) ?? ROWS_PER_FILE;
  const from = position(read.maybeText(input, 'NextToken'));
  const state = 'INVALID_QUERY_EXECUTION_STATE';
  if (record.state === 'CANCELLED') throw invalid('Could not find results', 'RESULT_NOT_FOUND');
  if (record.state === 'FAILED')
    throw invalid(`Query did not finish successfully. Final query state: ${record.state}`, state);
  if (record.state !== 'SUCCEEDED')
    throw invalid(`Query has not yet finished. Current state: ${record.state}`, state);
  const total = record.rowCount ?? 0;
  const rows: (string | null)[][] = [];
  for (
    let page = Math.floor(from / ROWS_PER_FILE);
    page * ROWS_PER_FILE < Math.min(from + most, total);
    page++
  ) {
    const stored = athena.records.loadRows(record.id, page);
    rows.push(
      ...stored.slice(
        Math.max(0, from - page * ROWS_PER_FILE),
        Math.max(0, from + most - page * ROWS_PER_FILE),
      ),
    );
  }
  return {
    ResultSet: {
      Rows: rows.map((row) => ({ Data: row.map((v) => (v === null ? {} : { VarCharValue: v })) })),
      ResultSetMetadata: { ColumnInfo: record.columns ?? [] },
    },
    NextToken: from + most < total ? String(from + most) : undefined,
    UpdateCount: record.written ?? (record.columns === undefined ? undefined : 0),
  };
}
