import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection, fileList, literal, row } from '../../shared/duckdb/engine.ts';
import { type FactsPiece, factsFiles, IDS_OPTIONS } from '../../shared/lake/facts.ts';
import { attemptId, factsKey, idsKey } from '../../shared/lake/keys.ts';
import type { FactsRef } from '../../shared/lake/site-index.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import type { Totals } from './totals.ts';

const GAPS = sqlText(import.meta.url, 'gaps.sql');

/** From so many rows on, a generation has a file of ids, so that its neighbours needn't fetch its facts. */
const ROWS_WITH_IDS = 100_000;

/** Writes the file of ids of facts: those under which they were sent, as numbers. `before`: a file of more. */
export async function writeIds(
  connection: Connection,
  file: string,
  facts: string,
  before: string | null = null,
): Promise<void> {
  const more = before === null ? '' : `SELECT id FROM read_parquet(${literal(before)}) UNION ALL`;
  await connection.run(
    `COPY (${more} SELECT md5_number_lower(coalesce(collided_id, event_id)) AS id FROM (${facts}))
     TO ${literal(file)} (${IDS_OPTIONS})`,
  );
}

/**
 * Stores facts files as a generation of a unit, under a name no other attempt has. When something can't be stored,
 * nothing of it stays.
 *
 * @param files 2^k of them, in the order of the hash
 * @param ids its file of ids, when there is one already
 */
export async function storeGeneration(
  connection: Connection,
  objects: ObjectStore,
  folder: string,
  place: { site: string; unit: string },
  files: readonly string[],
  totals: Totals,
  ids: string | null = null,
): Promise<FactsRef> {
  const { site, unit } = place;
  const attempt = attemptId();
  const pieces: FactsPiece[] = [];
  for (const [i, file] of files.entries()) {
    const object = factsKey(site, unit, attempt, files.length === 1 ? null : i);
    const rows = files.length === 1 ? totals.rows : await rowsOf(connection, file);
    pieces.push({ object, rows, bytes: (await stat(file)).size });
  }
  const gaps = await gapsOf(connection, files);
  const facts: FactsRef = {
    object: pieces[0]!.object,
    bytes: pieces.reduce((sum, { bytes }) => sum + bytes, 0),
    ...totals,
    ...(gaps.numbered > 0 ? gaps : {}),
    ...(pieces.length > 1 ? { pieces } : {}),
    ...(totals.rows >= ROWS_WITH_IDS ? { ids: idsKey(site, unit, attempt) } : {}),
  };
  try {
    for (const [i, file] of files.entries()) await objects.upload(file, pieces[i]!.object);
    if (facts.ids) {
      const file = ids ?? join(folder, `${attempt}-ids.parquet`);
      if (ids === null) await writeIds(connection, file, `FROM read_parquet(${fileList(files)})`);
      await objects.upload(file, facts.ids);
    }
  } catch (cause) {
    await removeGeneration(objects, facts).catch(() => {});
    throw cause;
  }
  return facts;
}

/** Events that visitors numbered, and numbers between them that no event has. */
function gapsOf(
  connection: Connection,
  files: readonly string[],
): Promise<{ numbered: number; missing: number }> {
  return row(connection, fillSql(GAPS, { files: fileList(files) }));
}

async function rowsOf(connection: Connection, file: string): Promise<number> {
  return (await row<{ n: number }>(connection, `SELECT count(*) AS n FROM read_parquet(${literal(file)})`)).n;
}

/** Removes the objects of a generation that nobody named. */
export async function removeGeneration(objects: ObjectStore, facts: FactsRef): Promise<void> {
  for (const { object } of factsFiles(facts)) await objects.remove(object);
  if (facts.ids) await objects.remove(facts.ids);
}
