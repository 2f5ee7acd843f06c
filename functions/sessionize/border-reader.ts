import { join } from 'node:path';
import { type Connection, literal, rows, tableFromRows, withConnection } from '../../shared/duckdb/engine.ts';
import type { ResultRef } from '../../shared/lake/site-index.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import { withScratch } from '../../shared/scratch.ts';
import { ROLE } from './border-rows.ts';
import type { Override, Tail } from './edges.ts';
import { type SessionStart, START_NAMES, startOf } from './session-start.ts';
import type { HeadRow } from './stitch.ts';
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

/** What meets at the edge of a unit: sessions that come in, and the events that they could reach. */
export interface Meeting {
  tails: Tail[];
  rows: HeadRow[];
}

/**
 * Brings together the visitors on both sides of the edge before a unit.
 *
 * @param before boundaries of the unit before, and what it passes on in place of its own tails
 * @param unit boundaries of the unit itself
 * @param terms of its codes
 */
export function meetingAt(
  objects: ObjectStore,
  before: ResultRef,
  overrides: readonly Override[],
  unit: ResultRef,
  terms: CodeTerms,
): Promise<Meeting> {
  return withScratch((folder) =>
    withConnection(async (connection) => {
      const earlier = join(folder, 'before.parquet');
      const later = join(folder, 'unit.parquet');
      await Promise.all([
        before.object === undefined ? undefined : objects.download(before.object, earlier),
        objects.download(unit.object!, later),
      ]);
      const own = before.object === undefined ? [] : await readTails(connection, earlier, later);
      const passed = overrides.filter(({ tail }) => tail !== null).map(({ visitor_id }) => visitor_id);
      const overridden = new Set(overrides.map(({ visitor_id }) => visitor_id));
      const kept = own.filter(({ visitor_id }) => !overridden.has(visitor_id));
      const wanted = [...kept.map(({ visitor_id }) => visitor_id), ...passed];
      if (wanted.length === 0) return { tails: [], rows: [] };
      const found = await readHeads(connection, later, wanted, terms);
      const here = new Set(found.map(({ visitor_id }) => visitor_id));
      const others = overrides.flatMap(({ tail }) => (tail && here.has(tail.visitor_id) ? [tail] : []));
      return { tails: inOrder([...kept, ...others]), rows: found };
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

async function readHeads(
  connection: Connection,
  unit: string,
  visitors: string[],
  terms: CodeTerms,
): Promise<HeadRow[]> {
  const codes = terms.campaigns.length > 1 ? 'campaign_code, with_click_code' : 'campaign_code';
  await tableFromRows(
    connection,
    'wanted_visitors',
    { visitor_id: 'VARCHAR' },
    visitors.map((visitor_id) => ({ visitor_id })),
  );
  return rows<HeadRow>(
    connection,
    `SELECT bits, time, ${codes}, referrer_code, value, user_id, ${START}
     FROM read_parquet(${literal(unit)})
     WHERE role & ${ROLE.head} <> 0 AND visitor_id IN (FROM wanted_visitors) ORDER BY place`,
  );
}

/** In order of visitor, as bytes. */
function inOrder(tails: Tail[]): Tail[] {
  const key = new Map(tails.map((tail) => [tail, Buffer.from(tail.visitor_id)]));
  return tails.sort((a, b) => Buffer.compare(key.get(a)!, key.get(b)!));
}
