import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection, literal, row } from '../../shared/duckdb/engine.ts';
import { digestSql, milliseconds } from '../../shared/lake/digest.ts';
import { FACT_ORDER, PARQUET_OPTIONS } from '../../shared/lake/facts.ts';
import { attemptId, factsKey, idsKey } from '../../shared/lake/keys.ts';
import type { FactsRef } from '../../shared/lake/site-index.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';

/** What of a fact its fingerprint doesn't cover, and the fingerprint. */
const FACT_DIGEST = digestSql([
  'event_id',
  milliseconds('event_time'),
  'seq',
  'visitor_id',
  'fingerprint',
  'user_agent',
  'address',
  'country',
]);

/** From so many rows on, a generation has a file of ids, so that its neighbours needn't fetch its facts. */
const ROWS_WITH_IDS = 100_000;

/** Rows and digest of a table of facts, and the times that it spans; times are 0 when it is empty. */
export async function totalsOf(
  connection: Connection,
  table: string,
): Promise<Pick<FactsRef, 'rows' | 'digest' | 'received' | 'from' | 'to'>> {
  return row(
    connection,
    `SELECT count(*) AS rows, ${FACT_DIGEST} AS digest,
       coalesce(sum(epoch_ms(received_at)), 0)::VARCHAR AS received, coalesce(epoch_ms(min(event_time)), 0) AS "from",
       coalesce(epoch_ms(max(event_time)), 0) AS "to" FROM ${table}`,
  );
}

/** Writes a table of facts as a generation of a unit: sorted, under a name no other attempt has. */
export async function writeGeneration(
  connection: Connection,
  objects: ObjectStore,
  folder: string,
  site: string,
  unit: string,
  table: string,
  totals: Awaited<ReturnType<typeof totalsOf>>,
): Promise<FactsRef> {
  const attempt = attemptId();
  const file = join(folder, `${attempt}.parquet`);
  await connection.run(
    `COPY (SELECT * FROM ${table} ORDER BY ${FACT_ORDER}) TO ${literal(file)} (${PARQUET_OPTIONS})`,
  );
  const facts: FactsRef = {
    object: factsKey(site, unit, attempt),
    bytes: (await stat(file)).size,
    ...totals,
  };
  await objects.upload(file, facts.object);
  if (facts.rows >= ROWS_WITH_IDS) {
    const ids = join(folder, `${attempt}-ids.parquet`);
    await connection.run(
      `COPY (SELECT md5_number_lower(coalesce(collided_id, event_id)) AS id FROM ${table})
       TO ${literal(ids)} (${PARQUET_OPTIONS})`,
    );
    facts.ids = idsKey(site, unit, attempt);
    await objects.upload(ids, facts.ids);
  }
  return facts;
}

/** Removes the objects of a generation that nobody named. */
export async function removeGeneration(objects: ObjectStore, facts: FactsRef): Promise<void> {
  await objects.remove(facts.object);
  if (facts.ids) await objects.remove(facts.ids);
}
