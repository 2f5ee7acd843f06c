import { type Connection, literal, row } from '../../shared/duckdb/engine.ts';
import { addDigests, digestSql, EMPTY_DIGEST, milliseconds } from '../../shared/lake/digest.ts';
import type { FactsRef } from '../../shared/lake/site-index.ts';
import { settledSql } from './facts-writer.ts';

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

const SUMS = `${FACT_DIGEST} AS digest, coalesce(sum(epoch_ms(received_at)), 0)::VARCHAR AS received`;

const SPAN =
  'coalesce(epoch_ms(min(event_time)), 0) AS "from", coalesce(epoch_ms(max(event_time)), 0) AS "to"';

export type Totals = Pick<FactsRef, 'rows' | 'digest' | 'received' | 'from' | 'to'>;

/**
 * Rows and digest of a unit's facts after `changes`, and the times that they span (0 when there are none). Hashing
 * a fact costs as much as writing a third of it: only what is new, goes, or takes another name is hashed, and added to
 * or taken from what was known of the unit.
 *
 * @param facts a query of the facts before `changes`: those that were known and those that are new
 * @param base what is known of the former; null when all are new
 * @param arrives whether rows of the landing objects at hand are new here, not known
 * @param changed whether there are any changes in this unit
 */
export async function totalsAfter(
  connection: Connection,
  facts: string,
  unit: string,
  base: Totals | null,
  arrives: boolean,
  changed: boolean,
): Promise<Totals> {
  const isNew = arrives ? 'landing_object IN (SELECT object FROM landed)' : 'false';
  const isChanged = `(landing_object, landing_line) IN (SELECT (landing_object, landing_line) FROM changes WHERE home = ${literal(unit)})`;
  const moved = [base === null ? ['true'] : [isNew], changed ? [isChanged] : []].flat().join(' OR ');
  const after = changed
    ? settledSql(`FROM (${facts}) WHERE ${moved}`, unit)
    : `FROM (${facts}) WHERE ${moved}`;
  const none = { digest: EMPTY_DIGEST, received: '0' };
  if (base === null) return withRows(await row(connection, `SELECT ${SUMS}, ${SPAN} FROM (${after})`));
  const come = await row<typeof none>(connection, `SELECT ${SUMS} FROM (${after})`);
  const left = changed
    ? await row<typeof none>(connection, `SELECT ${SUMS} FROM (${facts}) WHERE NOT ${isNew} AND ${isChanged}`)
    : none;
  const all = changed ? settledSql(facts, unit) : facts;
  const span = await row<{ from: number; to: number }>(connection, `SELECT ${SPAN} FROM (${all})`);
  return withRows({
    digest: addDigests([base.digest, come.digest], [left.digest]),
    received: String(BigInt(base.received) + BigInt(come.received) - BigInt(left.received)),
    ...span,
  });
}

/** A digest begins with the number of rows. */
function withRows(totals: Omit<Totals, 'rows'>): Totals {
  return { rows: Number(totals.digest.slice(0, totals.digest.indexOf(':'))), ...totals };
}
