import { join } from 'node:path';
import { columnInfo } from '../../../local/athena/api/columns.ts';
import { athenaError } from '../../../local/athena/api/errors.ts';
import { type Athena, queryOperations } from '../../../local/athena/api/operations.ts';
import { type Record, Records, ROWS_PER_FILE } from '../../../local/athena/api/records.ts';
import { WorkGroups } from '../../../local/athena/api/workgroups.ts';
import type { LocalAthenaOptions } from '../../../local/athena/index.ts';
import { answerJson } from '../../../local/aws/json.ts';
import type { LocalService } from '../../../local/aws/wire.ts';
import { askTrino, TrinoError } from './client.ts';
import { printed, typeOf } from './printed.ts';
import { translated } from './translated.ts';

/** What was asked of Trino by way of Athena's API, in order. */
export interface Told {
  sql: string;
  failed?: string;
}

const DIALECT = {
  contentType: 'application/x-amz-json-1.1',
  refusal: 'InvalidRequestException',
  invalid: 'InvalidRequestException',
};

/**
 * Athena's API before a real Trino: the operations are those of the embedded Athena, the engine behind them is not.
 *
 * @param told hears of every statement when it is over
 */
export function trinoAthena(
  url: string,
  options: LocalAthenaOptions,
  told: (one: Told) => void,
): LocalService {
  const now = (): number => options.clock.now() / 1000;
  const records = new Records(join(options.home, 'athena.on-trino'));
  const workGroups = new WorkGroups(join(options.home, 'athena.workgroups'));
  const stops = new Map<string, () => void>();
  const run = async (record: Record): Promise<void> => {
    const save = (change: Partial<Record>): void => records.save(Object.assign(record, change));
    const end = (): Partial<Record> => ({ completed: now() });
    try {
      save({ state: 'RUNNING' });
      const { sql, session } = translated(record.sql);
      const answer = await askTrino(url, sql, {
        catalog: 'awsdatacatalog',
        schema: record.database,
        session,
        onRunning: (stop) => stops.set(record.id, stop),
      });
      const columns = answer.columns.map(({ name, type }) => ({ name, type: typeOf(type) }));
      const rows = answer.rows.map((row) => row.map((value, i) => printed(value, columns[i]!.type)));
      const header = record.detail === 'SELECT';
      const shown = header ? [columns.map(({ name }) => name), ...rows] : [];
      for (let from = 0; from < shown.length; from += ROWS_PER_FILE)
        records.saveRows(record.id, from / ROWS_PER_FILE, shown.slice(from, from + ROWS_PER_FILE));
      save({
        ...end(),
        state: 'SUCCEEDED',
        columns: columns.map(columnInfo),
        header,
        rowCount: shown.length,
        scannedBytes: answer.scannedBytes,
      });
      told({ sql: record.sql });
    } catch (error) {
      const name = error instanceof TrinoError ? error.errorName : 'GENERIC_INTERNAL_ERROR';
      const reason = `${name}: ${(error as Error).message}`;
      save(
        name === 'USER_CANCELED'
          ? { ...end(), state: 'CANCELLED', reason: 'Query cancelled by user' }
          : { ...end(), state: 'FAILED', reason, error: athenaError(name, reason) },
      );
      told({ sql: record.sql, failed: reason });
    } finally {
      stops.delete(record.id);
    }
  };
  const athena: Athena = {
    records,
    workGroups,
    now,
    runner: {
      start: (record) => void run(record),
      stop(id) {
        stops.get(id)?.();
        return stops.has(id);
      },
    },
  };
  return { handle: (request) => answerJson(queryOperations(athena), DIALECT, request) };
}
