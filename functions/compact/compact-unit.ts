import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection, literal, row, rows, withConnection } from '../../shared/duckdb/engine.ts';
import { digestSql, milliseconds } from '../../shared/lake/digest.ts';
import { FACT_COLUMNS, FACT_ORDER, PARQUET_OPTIONS } from '../../shared/lake/facts.ts';
import { attemptId, factsKey } from '../../shared/lake/keys.ts';
import type { FactsRef, SiteIndex } from '../../shared/lake/site-index.ts';
import type { SiteLog } from '../../shared/lake/site-log.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import { withScratch } from '../../shared/scratch.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import { loadIncoming, type Source, type Unreadable } from './incoming.ts';

const MERGE = fillSql(sqlText(import.meta.url, 'merge.sql'), { columns: FACT_COLUMNS.join(', ') });

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

export interface CompactUnitDeps {
  objects: ObjectStore;
  log: SiteLog;
  /** The rows of this unit in a landing object; throws `corrupt_landing` when they can't be unpacked. */
  fetch(object: string): Promise<Buffer>;
  /** Puts lines that can't become facts aside, with their reason; safe to repeat. */
  quarantine(unreadable: Unreadable[]): Promise<void>;
}

export type CompactUnitOutcome =
  | { outcome: 'compacted'; facts: FactsRef; added: number; changed: boolean }
  | { outcome: 'nothing to do' };

/**
 * Brings landing objects into the facts of one unit: one new generation, sorted and without copies,
 * then one log entry that names it and notes the objects as consumed. Objects consumed before are
 * skipped. When the log moved meanwhile and the unit's facts with it, all is done again on what is
 * there now, so that concurrent calls end in the same facts.
 *
 * @param landing landing objects that hold rows of this unit
 */
export async function compactUnit(
  deps: CompactUnitDeps,
  unit: string,
  landing: readonly string[],
): Promise<CompactUnitOutcome> {
  const { log } = deps;
  for (;;) {
    const index = await log.read();
    const pending = landing.filter((object) => !index.units[unit]?.consumed[object]);
    if (pending.length === 0) return { outcome: 'nothing to do' };
    const base = index.units[unit]?.facts ?? null;
    const result = await nextGeneration(deps, index, unit, pending, base);
    const change = {
      type: 'compacted' as const,
      unit,
      facts: result.facts,
      consumed: pending,
      accepted: result.accepted,
      quarantined: result.quarantined,
    };
    while (sameFacts(log, unit, base)) {
      if ((await log.append(change)) === 'written') {
        const before = base?.rows ?? 0;
        return {
          outcome: 'compacted',
          facts: result.facts,
          added: result.facts.rows - before,
          changed: result.facts.digest !== base?.digest,
        };
      }
      await log.read();
    }
    if (result.facts.object !== base?.object) await deps.objects.remove(result.facts.object);
  }
}

const current = (log: SiteLog, unit: string): string | null => log.folded.units[unit]?.facts?.object ?? null;
const sameFacts = (log: SiteLog, unit: string, base: FactsRef | null): boolean =>
  current(log, unit) === (base?.object ?? null);

interface Generation {
  facts: FactsRef;
  accepted: Record<string, number>;
  quarantined: Record<string, number>;
}

interface Totals {
  n: number;
  digest: string;
  first: number | null;
  last: number | null;
  received: string | null;
}

async function nextGeneration(
  deps: CompactUnitDeps,
  index: SiteIndex,
  unit: string,
  pending: readonly string[],
  base: FactsRef | null,
): Promise<Generation> {
  const site = index.site;
  const sources: Source[] = [];
  const unreadable: Unreadable[] = [];
  for (const object of pending) {
    try {
      sources.push({ object, lines: await deps.fetch(object) });
    } catch (cause) {
      if ((cause as { code?: string }).code !== 'corrupt_landing') throw cause;
      unreadable.push({ object, line: 0, reason: (cause as Error).message, body: '' });
    }
  }
  return withScratch((folder) =>
    withConnection(async (connection) => {
      const wanted = { site, unit, dayOffsetMinutes: index.opened?.day_offset_minutes ?? 0 };
      unreadable.push(...(await loadIncoming(connection, folder, sources, wanted)));
      if (unreadable.length > 0) await deps.quarantine(unreadable);
      await loadKnown(connection, deps.objects, folder, base);
      await connection.run(MERGE);
      const totals = await row<Totals>(
        connection,
        `SELECT count(*) AS n, ${FACT_DIGEST} AS digest, epoch_ms(min(event_time)) AS first,
           epoch_ms(max(event_time)) AS last, sum(epoch_ms(received_at))::VARCHAR AS received FROM merged`,
      );
      // Nothing but later copies of what is there: the facts stay as they are.
      const noNewFacts = totals.digest === base?.digest;
      if (noNewFacts && totals.received === base.received) {
        return { facts: base, accepted: {}, quarantined: countByObject(unreadable) };
      }
      const file = join(folder, 'facts.parquet');
      await connection.run(
        `COPY (SELECT * FROM merged ORDER BY ${FACT_ORDER}) TO ${literal(file)} (${PARQUET_OPTIONS})`,
      );
      const object = factsKey(site, unit, attemptId());
      await deps.objects.upload(file, object);
      return {
        facts: {
          object,
          rows: totals.n,
          bytes: (await stat(file)).size,
          digest: totals.digest,
          received: totals.received ?? '0',
          from: totals.first ?? 0,
          to: totals.last ?? 0,
        },
        accepted: noNewFacts ? {} : await acceptedByObject(connection, pending),
        quarantined: countByObject(unreadable),
      };
    }),
  );
}

async function loadKnown(
  connection: Connection,
  objects: ObjectStore,
  folder: string,
  base: FactsRef | null,
): Promise<void> {
  if (base === null) {
    await connection.run(
      'CREATE OR REPLACE TEMP TABLE known AS SELECT *, NULL::VARCHAR AS collided_id FROM incoming LIMIT 0',
    );
    return;
  }
  const file = join(folder, 'known.parquet');
  await objects.download(base.object, file);
  await connection.run(
    `CREATE OR REPLACE TEMP VIEW known AS SELECT ${FACT_COLUMNS.join(', ')} FROM read_parquet(${literal(file)})`,
  );
}

async function acceptedByObject(
  connection: Connection,
  pending: readonly string[],
): Promise<Record<string, number>> {
  const counted = await rows<{ landing_object: string; n: number }>(
    connection,
    `SELECT landing_object, count(*) AS n FROM merged
     WHERE landing_object IN (${pending.map(literal).join(', ')}) GROUP BY 1`,
  );
  return Object.fromEntries(counted.map((entry) => [entry.landing_object, entry.n]));
}

function countByObject(unreadable: readonly Unreadable[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { object } of unreadable) counts[object] = (counts[object] ?? 0) + 1;
  return counts;
}
