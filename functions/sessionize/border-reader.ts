import { join } from 'node:path';
import {
  batches,
  type Connection,
  literal,
  rows,
  tableFromRows,
  withConnection,
} from '../../shared/duckdb/engine.ts';
import type { ResultRef } from '../../shared/lake/site-index.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import { withScratch } from '../../shared/scratch.ts';
import { ROLE } from './border-rows.ts';
import type { HeadRow } from './edge-walk.ts';
import type { Override, Tail } from './edges.ts';
import { type SessionStart, START_NAMES, startOf } from './session-start.ts';
import type { CodeTerms } from './unit-rules.ts';

const START = START_NAMES.join(', ');

interface TailRow extends SessionStart {
  last_url: string | null;
  first_time: number;
  session_count: number;
  session_campaign: number;
  session_referrer: number;
  last_time: number;
  last_day: number;
  unbroken: boolean;
}

/**
 * Brings together the visitors on both sides of the edge before a unit.
 *
 * @param before boundaries of the unit before, and what it passes on in place of its own tails
 * @param unit boundaries of the unit itself
 * @param terms of its codes
 * @param work takes the sessions that come in, in order of visitor, and the events that they could reach, some at
 *   a time, in the order of facts
 * @returns null when nobody is on both sides
 */
export function meetingAt<T>(
  objects: ObjectStore,
  before: ResultRef,
  overrides: readonly Override[],
  unit: ResultRef,
  terms: CodeTerms,
  work: (tails: Tail[], rows: AsyncIterable<HeadRow[]>) => Promise<T>,
): Promise<T | null> {
  return withScratch((folder) =>
    withConnection(async (connection) => {
      const earlier = join(folder, 'before.parquet');
      const later = join(folder, 'unit.parquet');
      await Promise.all([
        before.object === undefined ? undefined : objects.download(before.object, earlier),
        objects.download(unit.object!, later),
      ]);
      const own = before.object === undefined ? [] : await readTails(connection, earlier, later);
      const passed = overrides.flatMap(({ tail }) => (tail === null ? [] : [tail]));
      const overridden = new Set(overrides.map(({ visitor_id }) => visitor_id));
      const kept = own.filter(({ visitor_id }) => !overridden.has(visitor_id));
      const here = await whoIsHere(connection, later, passed);
      const tails = inOrder([...kept, ...passed.filter(({ visitor_id }) => here.has(visitor_id))]);
      if (tails.length === 0) return null;
      return work(tails, await readHeads(connection, later, tails, terms));
    }),
  );
}

/** Tails of the visitors that also appear at the start of the next unit. */
async function readTails(connection: Connection, before: string, unit: string): Promise<Tail[]> {
  const found = await rows<TailRow>(
    connection,
    `WITH tails AS (FROM read_parquet(${literal(before)}) WHERE role & ${ROLE.first | ROLE.lastUrl} <> 0),
       here AS (SELECT DISTINCT visitor_id FROM read_parquet(${literal(unit)}) WHERE role & ${ROLE.head} <> 0)
     SELECT t.* EXCLUDE (role, loose, place), u.landing_url AS last_url
     FROM tails t LEFT JOIN tails u ON u.loose = t.loose AND u.role & ${ROLE.lastUrl} <> 0
     WHERE t.role & ${ROLE.first} <> 0 AND t.visitor_id IN (FROM here)`,
  );
  return found.map(
    (row): Tail => ({
      ...startOf(row),
      state: {
        firstTime: row.first_time,
        count: row.session_count,
        campaign: row.session_campaign,
        referrer: row.session_referrer,
        lastTime: row.last_time,
        lastDay: row.last_day,
        unbroken: row.unbroken,
      },
      last_url: row.last_url,
    }),
  );
}

/** Of these visitors, those who appear at the start of the unit. */
async function whoIsHere(connection: Connection, unit: string, tails: readonly Tail[]): Promise<Set<string>> {
  if (tails.length === 0) return new Set();
  await wantVisitors(connection, tails);
  const found = await rows<{ visitor_id: string }>(
    connection,
    `SELECT DISTINCT visitor_id FROM read_parquet(${literal(unit)})
     WHERE role & ${ROLE.head} <> 0 AND visitor_id IN (FROM wanted_visitors)`,
  );
  return new Set(found.map(({ visitor_id }) => visitor_id));
}

async function readHeads(
  connection: Connection,
  unit: string,
  tails: readonly Tail[],
  terms: CodeTerms,
): Promise<AsyncIterable<HeadRow[]>> {
  const codes = terms.campaigns.length > 1 ? 'campaign_code, with_click_code' : 'campaign_code';
  await wantVisitors(connection, tails);
  return batches<HeadRow>(
    connection,
    `SELECT bits, time, ${codes}, referrer_code, value, user_id, ${START}
     FROM read_parquet(${literal(unit)})
     WHERE role & ${ROLE.head} <> 0 AND visitor_id IN (FROM wanted_visitors) ORDER BY place`,
  );
}

function wantVisitors(connection: Connection, tails: readonly Tail[]): Promise<void> {
  const wanted = tails.map(({ visitor_id }) => ({ visitor_id }));
  return tableFromRows(connection, 'wanted_visitors', { visitor_id: 'VARCHAR' }, wanted);
}

/** In order of visitor, as bytes. */
function inOrder(tails: Tail[]): Tail[] {
  const key = new Map(tails.map((tail) => [tail, Buffer.from(tail.visitor_id)]));
  return tails.sort((a, b) => Buffer.compare(key.get(a)!, key.get(b)!));
}
