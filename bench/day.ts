import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { literal, row, withConnection } from '../shared/duckdb/engine.ts';
import { LANDING_TYPES } from '../shared/lake/facts.ts';
import { fillSql, sqlText } from '../shared/sql-text.ts';

const DAY = fillSql(sqlText(import.meta.url, 'facts.sql'), {
  events: sqlText(import.meta.url, 'day-events.sql'),
  start: '{{start}}',
  out: '{{out}}',
});

/** The unit that is generated: a day of `shop` in UTC. */
export const UNIT = '2026-03-10';
const START = Date.parse(`${UNIT}T00:00:00Z`);
/** What the generator makes of one visitor, on the average. */
const EVENTS_PER_VISITOR = 8;
const PIECE = 100_000;

/** A generated day: facts as compaction leaves them, and the same as landed NDJSON in pieces. */
export interface Day {
  rows: number;
  bytes: number;
  facts: string;
  /** Gzipped NDJSON files of at most 100,000 lines, in no useful order. */
  landed: { file: string; rows: number }[];
}

/** Makes a day of about so many events, or finds the one that was made before. */
export async function generateDay(events: number): Promise<Day> {
  const name = createHash('sha256').update(DAY).digest('hex').slice(0, 8);
  const folder = join(tmpdir(), 'retcon-bench', `${name}-${events}`);
  const facts = join(folder, 'facts.parquet');
  mkdirSync(folder, { recursive: true });
  return withConnection(async (connection) => {
    if (!existsSync(facts)) {
      const visitors = String(Math.max(1, Math.round(events / EVENTS_PER_VISITOR)));
      const out = `${facts}.part`;
      await connection.run(fillSql(DAY, { visitors, start: String(START), out: literal(out) }));
      renameSync(out, facts);
    }
    const { rows } = await row<{ rows: number }>(
      connection,
      `SELECT count(*) AS rows FROM read_parquet(${literal(facts)})`,
    );
    const { bytes } = await row<{ bytes: number }>(
      connection,
      `SELECT max(file_size_bytes) AS bytes FROM (SELECT size AS file_size_bytes FROM read_blob(${literal(facts)}))`,
    );
    const landed: Day['landed'] = [];
    for (let from = 0; from < rows; from += PIECE) {
      const file = join(folder, `landed-${from / PIECE}.ndjson.gz`);
      landed.push({ file, rows: Math.min(PIECE, rows - from) });
      if (existsSync(file)) continue;
      await connection.run(`COPY (SELECT ${landingColumns()} FROM read_parquet(${literal(facts)}, file_row_number = true)
        WHERE (file_row_number * 7919) % ${rows} BETWEEN ${from} AND ${from + PIECE - 1})
        TO ${literal(`${file}.part`)} (FORMAT json, COMPRESSION gzip)`);
      renameSync(`${file}.part`, file);
    }
    return { rows, bytes, facts, landed };
  });
}

/** The columns of facts as a landing record has them. */
export function landingColumns(): string {
  return Object.keys(LANDING_TYPES)
    .map((name) => {
      if (name === 'site') return `'shop' AS site`;
      return name === 'event_time' || name === 'received_at' ? `epoch_ms(${name}) AS ${name}` : name;
    })
    .join(', ');
}
