import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { GlueClient } from '@aws-sdk/client-glue';
import type { S3Client } from '@aws-sdk/client-s3';
import type { DuckDBInstance } from '@duckdb/node-api';
import type { Clock } from '../../shared/core/clock.ts';
import type { ObjectFile } from '../aws/index.ts';
import { answerJson, type Dialect } from '../aws/json.ts';
import type { LocalRequest, LocalResponse, LocalService } from '../aws/wire.ts';
import { type Athena, queryOperations } from './api/operations.ts';
import { Records } from './api/records.ts';
import { Runner } from './api/runner.ts';
import { WorkGroups, workGroupOperations } from './api/workgroups.ts';
import { Catalog } from './engine/catalog.ts';
import { Files } from './engine/files.ts';
import type { Engine } from './engine/run.ts';
import { openSession } from './engine/session.ts';

export interface LocalAthenaOptions {
  /** The folder of the in-process AWS: objects are read there, queries and results kept. */
  home: string;
  s3: S3Client;
  glue: GlueClient;
  /** The objects below a prefix, each with the file that holds its bytes. */
  objectFiles(bucket: string, prefix: string): Promise<ObjectFile[]>;
  /** What current_timestamp says. */
  clock: Clock;
  /** Threads of DuckDB; by default all but what the machine needs itself. */
  threads?: number;
}

const DIALECT: Dialect = {
  contentType: 'application/x-amz-json-1.1',
  refusal: 'InvalidRequestException',
  invalid: 'InvalidRequestException',
};

/**
 * Athena in process: its JSON API over DuckDB, tables and views from Glue, files from S3. A statement that
 * can't be answered as Athena would is a FAILED query that says so.
 */
export function createLocalAthena(options: LocalAthenaOptions): LocalService {
  const home = resolve(options.home);
  const threads = options.threads ?? Math.max(1, availableParallelism());
  let session: Promise<DuckDBInstance> | undefined;
  const engine: Engine = {
    home,
    catalog: new Catalog(options.glue),
    files: new Files(options.s3, options.objectFiles),
    session: () => (session ??= openSession(home, threads)),
  };
  const now = (): number => options.clock.now() / 1000;
  const records = new Records(join(home, 'athena.queries'));
  const workGroups = new WorkGroups(join(home, 'athena.workgroups'));
  const athena: Athena = { records, workGroups, runner: new Runner(engine, records, now), now };
  const operations = { ...queryOperations(athena), ...workGroupOperations(workGroups, now) };
  return {
    handle: (request: LocalRequest): Promise<LocalResponse> => answerJson(operations, DIALECT, request),
  };
}
