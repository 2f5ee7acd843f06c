import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withConnection } from '../../../shared/duckdb/engine.ts';
import { candidateWith, openJudgedLake } from '../trino/lake.ts';
import { DEFINITION, LATER_DEFINITION, LATER_MARTS, MARTS } from '../trino/marts.ts';
import { digestOf, line } from './rows.ts';

/** What the embedded engine read of a file: its columns by DuckDB's types, and its rows as `rows.ts` puts them. */
interface ReadFile {
  file: string;
  key: string;
  columns: [name: string, type: string][];
  rows: number;
  digest: string;
}

const PLACES: [table: string, prefix: string][] = [
  ['facts', 'facts/'],
  ['events', 'derived/events/'],
  ['sessions', 'derived/sessions/'],
  ['conversions', 'derived/conversions/'],
  ...Object.keys(MARTS).map((mart): [string, string] => [mart, `marts/${mart}/`]),
];

/**
 * Makes a lake of two sites with late events and two releases, copies its files of facts, tables and marts into a
 * folder, and writes beside them what the embedded engine reads there: `read.json`.
 */
const target = process.argv[2]!;
const home = mkdtempSync(join(tmpdir(), 'retcon-readers-'));
try {
  const lake = await openJudgedLake(home, DEFINITION, MARTS, null);
  await lake.traffic(0.7);
  await lake.traffic(1);
  await lake.release(await candidateWith(lake, LATER_DEFINITION, LATER_MARTS), 'shorter sessions');
  const tables: Record<string, { rows: number; digest: string; files: ReadFile[] }> = {};
  for (const [table, prefix] of PLACES) {
    const folder = join(target, table);
    mkdirSync(folder, { recursive: true });
    const files: ReadFile[] = [];
    const lines: string[] = [];
    for (const { key, path } of await lake.lake.aws.objectFiles('lake', prefix)) {
      if (!key.endsWith('.parquet') || key.endsWith('/ids.parquet')) continue;
      const file = join(folder, `${files.length}.parquet`);
      copyFileSync(path, file);
      const read = await readFile(file);
      lines.push(...read.lines);
      files.push({ file, key, columns: read.columns, rows: read.lines.length, digest: digestOf(read.lines) });
    }
    tables[table] = { rows: lines.length, digest: digestOf(lines), files };
  }
  writeFileSync(join(target, 'read.json'), JSON.stringify(tables));
  const files = Object.values(tables).flatMap((table) => table.files);
  console.log(`the embedded engine read ${files.length} files of ${Object.keys(tables).length} tables`);
  await lake.close();
} finally {
  rmSync(home, { recursive: true, force: true });
}

function readFile(file: string): Promise<{ columns: ReadFile['columns']; lines: string[] }> {
  return withConnection(async (connection) => {
    const read = await connection.runAndReadAll(`SELECT * FROM read_parquet('${file}')`);
    const types = read.columnTypes();
    const columns = read.columnNames().map((name, i): [string, string] => [name, String(types[i])]);
    return { columns, lines: read.getRows().map((row) => line(row)) };
  });
}
