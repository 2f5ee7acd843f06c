import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Connection, literal, row, rows, withConnection } from '../../../shared/duckdb/engine.ts';
import { landingPrefix } from '../../../shared/lake/keys.ts';
import type { ObjectStore } from '../../../shared/ports/objects.ts';
import { withScratch } from '../../../shared/scratch.ts';

/** An object in which the visitor stands. */
export interface Holder {
  key: string;
  bytes: number;
  /** Of facts: rows of the visitor that came up to the erasure; of all else null. */
  erased: number | null;
}

/** Ids shorter than this are looked for as whole values, longer ones as bytes anywhere. */
const SURE_LENGTH = 8;

/**
 * Reads every object that could hold a visitor of a site but for what was landed and refused, and gives those that do:
 * Parquet by its columns, gzip unpacked, the rest as text.
 *
 * @param taken condition in SQL of a fact at `f` that the erasure takes
 */
export async function holdersOf(
  objects: ObjectStore,
  site: string,
  visitor: string,
  taken: string,
): Promise<Holder[]> {
  const found: Holder[] = [];
  const listed = (await objects.list('')).filter(({ key, size }) => size > 0 && mayHold(key, site));
  await withScratch((folder) =>
    withConnection(async (connection) => {
      const file = join(folder, 'object');
      for (const { key, size } of listed) {
        if (!(await fetched(objects, key, file))) continue;
        const erased = await looked(connection, key, file, visitor, taken);
        if (erased !== false) found.push({ key, bytes: size, erased });
      }
    }),
  );
  return found;
}

function mayHold(key: string, site: string): boolean {
  if (key.startsWith(landingPrefix) || key.startsWith('rejected/')) return false;
  if (key.startsWith('facts/')) return key.startsWith(`facts/site=${site}/`) && !key.endsWith('/ids.parquet');
  return !key.startsWith('derived/') || key.includes(`/site=${site}/`);
}

async function fetched(objects: ObjectStore, key: string, file: string): Promise<boolean> {
  try {
    await objects.download(key, file);
    return true;
  } catch (cause) {
    // Removed since it was listed.
    if ((await objects.getRange(key, 0, 0)) === null) return false;
    throw cause;
  }
}

/** False when the visitor isn't in it. */
async function looked(
  connection: Connection,
  key: string,
  file: string,
  visitor: string,
  taken: string,
): Promise<number | null | false> {
  if (!(await isParquet(file))) {
    const body = await readFile(file);
    const text = (body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body).toString('utf8');
    return namesIt(text, visitor) ? null : false;
  }
  const parquet = `read_parquet(${literal(file)}, hive_partitioning = false)`;
  if (key.startsWith('facts/')) {
    const { held, erased } = await row<{ held: number; erased: number }>(
      connection,
      `SELECT count(*) AS held, count(*) FILTER (${taken}) AS erased FROM ${parquet} f
       WHERE visitor_id = ${literal(visitor)}`,
    );
    return held > 0 ? erased : false;
  }
  const columns = await rows<{ column_name: string; column_type: string }>(
    connection,
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${parquet})`,
  );
  const texts = columns.filter(({ column_type }) => column_type === 'VARCHAR');
  const own = texts.filter(({ column_name }) => column_name === 'visitor_id');
  const asked = (own.length > 0 ? own : texts).map(({ column_name }) => {
    const column = `"${column_name.replaceAll('"', '""')}"`;
    return own.length > 0 || visitor.length < SURE_LENGTH
      ? `${column} = ${literal(visitor)}`
      : `contains(${column}, ${literal(visitor)})`;
  });
  if (asked.length === 0) return false;
  const { n } = await row<{ n: number }>(
    connection,
    `SELECT count(*) AS n FROM ${parquet} WHERE ${asked.join(' OR ')}`,
  );
  return n > 0 ? null : false;
}

function namesIt(text: string, visitor: string): boolean {
  const inJson = JSON.stringify(visitor);
  const forms = [visitor, inJson.slice(1, -1), visitor.replaceAll("'", "''")];
  if (visitor.length >= SURE_LENGTH) return forms.some((form) => text.includes(form));
  return text.includes(inJson) || text.includes(literal(visitor));
}

async function isParquet(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.toString('latin1') === 'PAR1';
  } finally {
    await handle.close();
  }
}
