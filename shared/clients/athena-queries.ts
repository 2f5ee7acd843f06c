import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  InvalidRequestException,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { RetconError } from '../core/errors.ts';
import { DATABASE } from '../lake/tables.ts';

/** A query's answer: values as Athena's text, null for NULL. */
export interface QueryAnswer {
  columns: { name: string; type: string }[];
  rows: (string | null)[][];
  bytesScanned: number;
}

export interface QueryOptions {
  database?: string;
  /** Same token and text, same query: a repeated call finds the first one. */
  token?: string;
}

/** Runs SQL in Athena and waits for it. */
export class AthenaQueries {
  readonly #client: AthenaClient;
  readonly #output: string;
  readonly #workGroup: string | undefined;
  readonly #onScanned: ((bytes: number) => void) | undefined;

  /**
   * @param output `s3://` folder for results
   * @param onScanned told what each statement scanned, those that failed included
   */
  constructor(client: AthenaClient, output: string, workGroup?: string, onScanned?: (bytes: number) => void) {
    this.#client = client;
    this.#output = output;
    this.#workGroup = workGroup;
    this.#onScanned = onScanned;
  }

  /** Runs a statement to its end; throws `query_failed` (exit 2) with Athena's reason. */
  async execute(sql: string, options: QueryOptions = {}): Promise<{ id: string; bytesScanned: number }> {
    const id = await this.#start(sql, options);
    for (let wait = 2; ; wait = Math.min(wait * 1.6, 1000)) {
      const reply = await this.#client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
      const execution = reply.QueryExecution!;
      const state = execution.Status?.State;
      const bytesScanned = execution.Statistics?.DataScannedInBytes ?? 0;
      if (state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED')
        this.#onScanned?.(bytesScanned);
      if (state === 'SUCCEEDED') return { id, bytesScanned };
      if (state === 'FAILED' || state === 'CANCELLED') {
        const reason = execution.Status?.StateChangeReason ?? `the query was ${state.toLowerCase()}`;
        throw new RetconError('query_failed', reason, { exit: 2, field: 'sql' });
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  async #start(sql: string, options: QueryOptions): Promise<string> {
    const command = new StartQueryExecutionCommand({
      QueryString: sql,
      QueryExecutionContext: { Database: options.database ?? DATABASE },
      ResultConfiguration: { OutputLocation: this.#output },
      ...(this.#workGroup ? { WorkGroup: this.#workGroup } : {}),
      ...(options.token ? { ClientRequestToken: options.token } : {}),
    });
    try {
      return (await this.#client.send(command)).QueryExecutionId!;
    } catch (error) {
      // What can't be read as SQL never becomes a query that could fail.
      if (!(error instanceof InvalidRequestException) || error.AthenaErrorCode !== 'MALFORMED_QUERY')
        throw error;
      throw new RetconError('query_failed', `SYNTAX_ERROR: ${error.message}`, { exit: 2, field: 'sql' });
    }
  }

  /** Runs a query and fetches all of its rows. */
  async query(sql: string, options: QueryOptions = {}): Promise<QueryAnswer> {
    const { id, bytesScanned } = await this.execute(sql, options);
    const answer: QueryAnswer = { columns: [], rows: [], bytesScanned };
    let token: string | undefined;
    let first = true;
    do {
      const page = await this.#client.send(
        new GetQueryResultsCommand({ QueryExecutionId: id, ...(token ? { NextToken: token } : {}) }),
      );
      const described = page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
      if (first) answer.columns = described.map(({ Name, Type }) => ({ name: Name!, type: Type! }));
      for (const [index, row] of (page.ResultSet?.Rows ?? []).entries()) {
        if (first && index === 0 && isHeader(row.Data ?? [], answer.columns)) continue;
        answer.rows.push((row.Data ?? []).map((cell) => cell.VarCharValue ?? null));
      }
      first = false;
      token = page.NextToken;
    } while (token !== undefined);
    return answer;
  }
}

/** Athena puts the column names before the rows of a SELECT, and of nothing else. */
function isHeader(cells: { VarCharValue?: string }[], columns: { name: string }[]): boolean {
  return cells.length === columns.length && cells.every((cell, i) => cell.VarCharValue === columns[i]!.name);
}
