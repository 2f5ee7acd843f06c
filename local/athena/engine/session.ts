import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { spillFolder } from '../../../shared/duckdb/spill-folder.ts';
import { registerFunctions } from './functions/register.ts';

const MACROS = readFileSync(new URL('../dialect/functions/macros.sql', import.meta.url), 'utf8');

/**
 * DuckDB for the queries of one process: in memory, in UTC, with Athena's functions, and locked so that
 * no SQL can read or write outside of `home`, load an extension or change a setting.
 */
export async function openSession(home: string, threads: number): Promise<DuckDBInstance> {
  const temporary = join(home, 'athena.temporary');
  mkdirSync(temporary, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  registerFunctions(connection);
  await connection.run(MACROS);
  const folder = `'${home.replaceAll("'", "''")}/'`;
  for (const setting of [
    `temp_directory = '${spillFolder(temporary).replaceAll("'", "''")}'`,
    "TimeZone = 'UTC'",
    // It takes what two TRY() have in common out of them, and the error with it.
    "disabled_optimizers = 'common_subexpressions'",
    'autoinstall_known_extensions = false',
    'autoload_known_extensions = false',
    `allowed_directories = [${folder}]`,
    'enable_external_access = false',
    'lock_configuration = true',
  ])
    await connection.run(`SET GLOBAL ${setting}`);
  connection.closeSync();
  return instance;
}

/** A connection of its own for one query, so that it can be interrupted alone. */
export const connect = (instance: DuckDBInstance): Promise<DuckDBConnection> => instance.connect();
