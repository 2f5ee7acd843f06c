import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { computeBoundaries } from '../functions/sessionize/boundaries.ts';
import type { UnitInput } from '../functions/sessionize/context.ts';
import { prepareEmit } from '../functions/sessionize/emit.ts';
import { EVENTS_DIGEST, emitEvents, writeEvents } from '../functions/sessionize/emit-events.ts';
import { emitSessions } from '../functions/sessionize/emit-sessions.ts';
import type { WalkSink } from '../functions/sessionize/walk.ts';
import { walkUnit } from '../functions/sessionize/walk-unit.ts';
import { type Connection, literal, row, withConnection } from '../shared/duckdb/engine.ts';
import { PARQUET_OPTIONS } from '../shared/lake/facts.ts';
import { withScratch } from '../shared/scratch.ts';
import { fillSql, sqlText } from '../shared/sql-text.ts';
import { collectBeacons, makeBeacons } from './collector.ts';
import { COMPACTION_ROWS } from './compaction.ts';
import type { Day } from './day.ts';
import type { Row } from './row.ts';
import { benchInput, benchTarget } from './target.ts';

const NAIVE = sqlText(import.meta.url, 'naive-sessions.sql');

/** Columns that the walk reads, and those of the rules that compare campaigns and referrers. */
const WALKED =
  'visitor_id, event_time, event_type, event_name, url, user_id, utm_source, utm_medium, utm_campaign, click_id, referrer_host, value';

async function decode(connection: Connection, day: Day, columns: string): Promise<string> {
  const result = await connection.stream(`SELECT ${columns} FROM read_parquet(${literal(day.facts)})`);
  let rows = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return String(rows);
    rows += chunk.rowCount;
  }
}

const input = (day: Day, rules: string): UnitInput => benchInput(day, rules);
const ALL_RULES =
  'sessions: { at_midnight: true, on_campaign: utm_or_click_id, on_referrer: true, max_duration: 4h, max_events: 500, on_event: [launch] }';

/** Only where sessions start. @returns how many do */
async function starts(day: Day, rules: string): Promise<string> {
  let sessions = 0;
  const sink: WalkSink = {
    rows: () => {},
    amend: () => {},
    segment: () => void sessions++,
    looseEnd: () => {},
    cut: () => {},
  };
  await walkUnit(input(day, rules), sink);
  return String(sessions);
}

/** Walk, labels and temporary tables, then one of the public tables. */
async function emitted(day: Day, emit: typeof emitEvents): Promise<string> {
  return afterWalk(day, async (...args) => (await emit(...args)).digest);
}

function afterWalk<T>(
  day: Day,
  work: (connection: Connection, unit: UnitInput, folder: string) => Promise<T>,
): Promise<T> {
  return withScratch((folder) =>
    withConnection(async (connection) => {
      const unit = input(day, '');
      await prepareEmit(connection, unit, walkUnit, [], []);
      return work(connection, unit, folder);
    }),
  );
}

/** Labelled events of the day, made anew, in a file beside its facts. */
async function eventsFile(day: Day): Promise<string> {
  const file = join(dirname(day.facts), 'events.parquet');
  await afterWalk(day, async (connection, unit, folder) => {
    const [part] = await writeEvents(connection, unit, folder);
    await copyFile(part!.file, file);
  });
  return file;
}

const BEACON_EVENTS = 200_000;
type Beacons = ReturnType<typeof makeBeacons>;

export const ROWS: Row[] = [
  {
    name: 'decode two columns',
    about: 'visitor and time, streamed chunk by chunk',
    floor: true,
    run: (day) => withConnection((connection) => decode(connection, day, 'visitor_id, event_time')),
  },
  {
    name: 'decode walked columns',
    about: 'every column that the session rules read',
    floor: true,
    run: (day) => withConnection((connection) => decode(connection, day, WALKED)),
  },
  {
    name: 'copy of the facts',
    about: 'the wide table read and written again, nothing added',
    floor: true,
    run: (day) =>
      withScratch((folder) =>
        withConnection(async (connection) => {
          const out = literal(join(folder, 'copy.parquet'));
          await connection.run(
            `COPY (FROM read_parquet(${literal(day.facts)})) TO ${out} (${PARQUET_OPTIONS})`,
          );
          return String(
            (await row<{ n: number }>(connection, `SELECT count(*) AS n FROM read_parquet(${out})`)).n,
          );
        }),
      ),
  },
  {
    name: 'naive sessions',
    about: 'window functions and one GROUP BY, inactivity alone',
    floor: true,
    run: (day) =>
      withScratch((folder) =>
        withConnection(async (connection) => {
          const out = literal(join(folder, 'sessions.parquet'));
          await connection.run(fillSql(NAIVE, { facts: literal(day.facts), out }));
          return String(
            (await row<{ n: number }>(connection, `SELECT count(*) AS n FROM read_parquet(${out})`)).n,
          );
        }),
      ),
  },
  ...COMPACTION_ROWS,
  {
    name: 'starts, inactivity',
    about: 'the session machine over the facts, default rules',
    floor: false,
    run: (day) => starts(day, ''),
  },
  {
    name: 'starts, all rules',
    about: 'the same with every rule on',
    floor: false,
    against: { floor: 'decode walked columns', most: 4 },
    run: (day) => starts(day, ALL_RULES),
  },
  {
    name: 'boundaries',
    about: 'starts, and the border file for the neighbours',
    floor: false,
    run: async (day) => {
      const target = benchTarget(day, '');
      return (await computeBoundaries(target, '2026-03-10', target.facts, 'key')).digest;
    },
  },
  {
    name: 'sessions',
    about: 'the table with all its columns and labels, and its digest',
    floor: false,
    against: { floor: 'naive sessions', most: 1 / 4.5 },
    run: (day) => emitted(day, emitSessions),
  },
  {
    name: 'labelled events without digest',
    about: 'every fact with its session, labels and neighbours',
    floor: false,
    against: { floor: 'copy of the facts', most: 1.25 },
    run: (day) =>
      afterWalk(day, async (...args) => {
        const parts = await writeEvents(...args);
        return String(parts.reduce((sum, { rows }) => sum + rows, 0));
      }),
  },
  {
    name: 'digest of events',
    about: 'the same read back and hashed',
    floor: false,
    prepare: eventsFile,
    run: (_, file) =>
      withConnection(async (connection) => {
        const events = `read_parquet(${literal(file as string)})`;
        const sql = `SELECT ${EVENTS_DIGEST} AS digest FROM ${events}`;
        return (await row<{ digest: string }>(connection, sql)).digest;
      }),
  },
  {
    name: 'events',
    about: 'both, as the product does it',
    floor: false,
    run: (day) => emitted(day, emitEvents),
  },
  {
    name: 'JSON of beacons',
    about: '200,000 events in beacons of 20, parsed and printed again, nothing looked at',
    floor: true,
    events: BEACON_EVENTS,
    prepare: async () => makeBeacons(BEACON_EVENTS, 20),
    run: async (_, beacons) =>
      String(
        (beacons as Beacons).reduce(
          (bytes, { body }) => bytes + JSON.stringify(JSON.parse(body.toString('utf8'))).length,
          0,
        ),
      ),
  },
  {
    name: 'collector',
    about: 'the same beacons checked, split into columns, identified by SHA-256, and queued (aim: 8 us)',
    floor: false,
    events: BEACON_EVENTS,
    prepare: async () => makeBeacons(BEACON_EVENTS, 20),
    run: (_, beacons) => collectBeacons(beacons as Beacons, 20),
  },
];
