import { join } from 'node:path';
import { type Connection, fileList, literal } from '../../shared/duckdb/engine.ts';
import { FACT_ORDER, FACTS_OPTIONS } from '../../shared/lake/facts.ts';
import { FACTS } from './facts-columns.ts';

/** At most 2^8 files a unit. */
const MOST_SPLITS = 8;

/** How often a unit of so many rows is halved: it has 2^k files. A function of the rows alone. */
export function splitsOf(rows: number, rowsInFile: number): number {
  let k = 0;
  while (k < MOST_SPLITS && rows > rowsInFile * 2 ** k) k++;
  return k;
}

/** Where facts come from: 2^j files in the order of the hash (`factsFiles`), or a query of all of them. */
export type Source = { files: readonly string[] } | { sql: string };

/** What of a source belongs into file `i` of 2^k; a query when nothing can, too. */
function part(source: Source, i: number, k: number): string {
  // The first k bits of the visitor's MD5, in its first byte.
  const mine = k === 0 ? 'true' : `(md5_number_upper(visitor_id) % 256) // ${2 ** (MOST_SPLITS - k)} = ${i}`;
  if ('sql' in source) return `SELECT * FROM (${source.sql}) WHERE ${mine}`;
  const j = Math.log2(source.files.length);
  if (j < k) return `SELECT * FROM read_parquet(${literal(source.files[i >> (k - j)]!)}) WHERE ${mine}`;
  return `SELECT * FROM read_parquet(${fileList(source.files.slice(i << (j - k), (i + 1) << (j - k)))})`;
}

/** A query of facts after the table `changes` (settle.sql) was applied to those of one unit. */
export function settledSql(facts: string, unit: string): string {
  const renamed = (column: string): string =>
    `CASE WHEN c.dropped IS NULL THEN f.${column} ELSE c.new_${column} END AS ${column}`;
  return `SELECT f.* REPLACE (${renamed('event_id')}, ${renamed('collided_id')})
    FROM (${facts}) f LEFT JOIN (FROM changes WHERE home = ${literal(unit)}) c
      ON c.landing_object = f.landing_object AND c.landing_line = f.landing_line
    WHERE c.dropped IS DISTINCT FROM true`;
}

/**
 * Writes facts as 2^k local files in the order of the hash, each sorted: one engine statement a file, which never
 * holds more than that file's rows.
 *
 * @param sources what to write; every fact once
 * @param options `settle`: the unit whose `changes` are applied; `sorted`: the one source has 2^k files that are
 *   in order already, and stay so
 */
export async function writeFacts(
  connection: Connection,
  folder: string,
  name: string,
  k: number,
  sources: readonly Source[],
  options: { settle?: string; sorted?: boolean } = {},
): Promise<string[]> {
  const written: string[] = [];
  for (let i = 0; i < 2 ** k; i++) {
    const file = join(folder, `${name}-${i}.parquet`);
    const facts = sources.map((source) => part(source, i, k)).join(' UNION ALL BY NAME ');
    const settled = options.settle === undefined ? facts : settledSql(facts, options.settle);
    const order = options.sorted ? '' : ` ORDER BY ${FACT_ORDER}`;
    await connection.run(
      `COPY (SELECT ${FACTS} FROM (${settled})${order}) TO ${literal(file)} (${FACTS_OPTIONS})`,
    );
    written.push(file);
  }
  return written;
}
