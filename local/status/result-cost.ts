import {
  MICROSECONDS_AN_EVENT,
  REQUESTS,
  SECONDS_A_TASK,
} from '../../functions/sessionize/planning/rates.ts';
import { PRICES, S3_SECONDS, WORKER_GB } from '../../shared/core/prices.ts';
import { TABLES_OF_EVERY_UNIT } from '../../shared/lake/tables.ts';

const TABLES = TABLES_OF_EVERY_UNIT.length;

/**
 * About what one computed result costs on AWS, dollars: by the rates that `plan` estimates with. Tables of a
 * unit are made by one task, which they share.
 *
 * @param rows facts of the unit
 */
export function resultCost(dataset: string, rows: number): number {
  const boundaries = dataset === 'boundaries';
  const parts = boundaries ? [REQUESTS.boundaries, REQUESTS.edge] : [REQUESTS.table];
  const reads =
    parts.reduce((sum, part) => sum + part.reads, 0) + (boundaries ? 0 : REQUESTS.facts.reads / TABLES);
  const writes = parts.reduce((sum, part) => sum + part.writes, 0);
  const perEvent = MICROSECONDS_AN_EVENT[dataset] ?? MICROSECONDS_AN_EVENT['sessions']!;
  const seconds =
    SECONDS_A_TASK / (boundaries ? 1 : TABLES) + (rows * perEvent) / 1e6 + (reads + writes) * S3_SECONDS;
  return seconds * WORKER_GB * PRICES.gigabyteSecond + reads * PRICES.read + writes * PRICES.write;
}
