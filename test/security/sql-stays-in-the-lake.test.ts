import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSession } from '../../local/athena/engine/session.ts';

/** The engine under the embedded Athena, without the dialect that refuses most of this by name before. */

let parent: string;
let session: Awaited<ReturnType<typeof openSession>>;
beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'retcon-test-'));
  const home = join(parent, 'home');
  session = await openSession(home, 1);
  writeFileSync(join(home, 'inside.csv'), 'a\n1\n');
  writeFileSync(join(parent, 'outside.csv'), 'a\n1\n');
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

async function run(sql: string): Promise<unknown> {
  const connection = await session.connect();
  try {
    return (await connection.runAndReadAll(sql.replaceAll('PARENT', parent))).getRowsJS();
  } finally {
    connection.closeSync();
  }
}

it('reads what lies in the lake', async () => {
  expect(await run(`SELECT a FROM 'PARENT/home/inside.csv'`)).toEqual([[1n]]);
});

it.each([
  `SELECT * FROM 'PARENT/outside.csv'`,
  `SELECT * FROM 'PARENT/home/../outside.csv'`,
  `SELECT * FROM read_text('/etc/hostname')`,
  `SELECT * FROM glob('/etc/*')`,
  `SELECT * FROM 'http://127.0.0.1:1/x.csv'`,
  `COPY (SELECT 1) TO 'PARENT/written.csv'`,
  `ATTACH 'PARENT/written.duckdb'`,
  `EXPORT DATABASE 'PARENT/written'`,
  `INSTALL httpfs`,
  `LOAD httpfs`,
  `SET enable_external_access = true`,
  `SET allowed_directories = ['/']`,
  `RESET lock_configuration`,
])('refuses %s', async (sql) => {
  await expect(run(sql)).rejects.toThrow(
    /Permission Error|file system operations are disabled|Cannot change configuration option|disabled by configuration|is locked/,
  );
  expect(readdirSync(parent).sort()).toEqual(['home', 'outside.csv']);
});
