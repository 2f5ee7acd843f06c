import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isTime } from '../../shared/core/event/fields.ts';
import { EVENT_TYPES } from '../../shared/core/event/types.ts';
import { unitOf } from '../../shared/core/unit.ts';
import { type Connection, literal, row } from '../../shared/duckdb/engine.ts';
import { LANDING_TYPES } from '../../shared/lake/facts.ts';

/** Rows of one unit that one landing object holds. */
export interface Source {
  object: string;
  /** NDJSON, not compressed. */
  lines: Buffer;
}

/** A line that cannot become a fact, and why. */
export interface Unreadable {
  object: string;
  line: number;
  reason: string;
  body: string;
}

const columns = Object.entries(LANDING_TYPES)
  .map(([name, type]) => `${name}: '${type}'`)
  .join(', ');

const CREATE = `
CREATE OR REPLACE TEMP TABLE incoming (
  site VARCHAR, event_id VARCHAR, event_time TIMESTAMP, received_at TIMESTAMP, seq BIGINT, visitor_id VARCHAR,
  user_id VARCHAR, event_type VARCHAR, event_name VARCHAR, value DOUBLE, properties VARCHAR, url VARCHAR,
  url_host VARCHAR, url_path VARCHAR, utm_source VARCHAR, utm_medium VARCHAR, utm_campaign VARCHAR,
  utm_term VARCHAR, utm_content VARCHAR, click_id VARCHAR, title VARCHAR, referrer VARCHAR,
  referrer_host VARCHAR, user_agent VARCHAR, address VARCHAR, country VARCHAR, fingerprint VARCHAR,
  landing_object VARCHAR, landing_line BIGINT)`;

/**
 * Loads landed rows into the temporary table `incoming`. Lines that are not facts of this site and
 * unit (broken JSON, a field missing or of the wrong type) are left out and returned: nothing is lost.
 *
 * @returns the unreadable lines, by object and line (from 1)
 */
export async function loadIncoming(
  connection: Connection,
  folder: string,
  sources: readonly Source[],
  wanted: { site: string; unit: string; dayOffsetMinutes: number },
): Promise<Unreadable[]> {
  await connection.run(CREATE);
  const unreadable: Unreadable[] = [];
  for (const [index, source] of sources.entries()) {
    const file = join(folder, `incoming-${index}.ndjson`);
    await writeFile(file, source.lines);
    try {
      await insert(connection, file, source.object);
      if (await allFacts(connection, source.object, wanted)) continue;
    } catch {
      // Something in the file is not what the reader was told: find out line by line below.
    }
    await connection.run(`DELETE FROM incoming WHERE landing_object = ${literal(source.object)}`);
    unreadable.push(...(await insertReadable(connection, file, source, wanted)));
  }
  return unreadable;
}

async function insert(connection: Connection, file: string, object: string, lines?: number[]): Promise<void> {
  const line = lines ? `([${lines.join(',')}])[row_number() OVER ()]` : 'row_number() OVER ()';
  await connection.run(`
    INSERT INTO incoming
    SELECT site, event_id, make_timestamp(event_time * 1000), make_timestamp(received_at * 1000), seq, visitor_id,
      user_id, event_type, event_name, value, properties, url, url_host, url_path, utm_source, utm_medium,
      utm_campaign, utm_term, utm_content, click_id, title, referrer, referrer_host, user_agent, address,
      country, fingerprint, ${literal(object)}, ${line}
    FROM read_json(${literal(file)}, format = 'newline_delimited', columns = {${columns}}, maximum_object_size = 4194304)`);
}

async function allFacts(
  connection: Connection,
  object: string,
  wanted: { site: string; unit: string; dayOffsetMinutes: number },
): Promise<boolean> {
  const { foreign } = await row<{ foreign: number }>(
    connection,
    `SELECT count(*) AS foreign FROM incoming
     WHERE landing_object = ${literal(object)} AND NOT coalesce(
       site = ${literal(wanted.site)} AND event_id <> '' AND visitor_id <> '' AND fingerprint <> '' AND received_at IS NOT NULL
       AND properties IS NOT NULL
       AND event_type IN (${EVENT_TYPES.map(literal).join(', ')})
       AND strftime(event_time + to_minutes(${wanted.dayOffsetMinutes}), '%Y-%m-%d') = ${literal(wanted.unit)}, false)`,
  );
  return foreign === 0;
}

/** The slow path: judges every line by itself, loads the good ones, returns the others. */
async function insertReadable(
  connection: Connection,
  file: string,
  source: Source,
  wanted: { site: string; unit: string; dayOffsetMinutes: number },
): Promise<Unreadable[]> {
  const unreadable: Unreadable[] = [];
  const good: string[] = [];
  const numbers: number[] = [];
  const lines = source.lines.toString('utf8').split('\n');
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const reason = whyNot(line, wanted);
    if (reason === null) {
      good.push(line);
      numbers.push(index + 1);
    } else {
      unreadable.push({ object: source.object, line: index + 1, reason, body: line });
    }
  }
  if (good.length > 0) {
    await writeFile(file, `${good.join('\n')}\n`);
    await insert(connection, file, source.object, numbers);
  }
  return unreadable;
}

function whyNot(
  line: string,
  wanted: { site: string; unit: string; dayOffsetMinutes: number },
): string | null {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return 'the line is not JSON';
  }
  if (record === null || typeof record !== 'object' || Array.isArray(record))
    return 'the line is not an object';
  for (const [name, type] of Object.entries(LANDING_TYPES)) {
    const value = record[name];
    if (value === null || value === undefined) continue;
    if (type === 'VARCHAR' ? typeof value !== 'string' : typeof value !== 'number') {
      return `${name} is a ${typeof value}, not a ${type === 'VARCHAR' ? 'string' : 'number'}`;
    }
    if (type === 'BIGINT' && !Number.isSafeInteger(value)) return `${name} is not a whole number`;
  }
  for (const name of ['event_id', 'visitor_id', 'fingerprint', 'properties', 'event_type']) {
    if (typeof record[name] !== 'string' || record[name] === '') return `${name} is missing`;
  }
  for (const name of ['event_time', 'received_at']) {
    if (typeof record[name] !== 'number') return `${name} is missing`;
    if (!isTime(record[name])) return `${name} is no time between 1970 and 9999`;
  }
  if (!(EVENT_TYPES as readonly string[]).includes(record['event_type'] as string)) {
    return `event_type "${String(record['event_type'])}" is unknown`;
  }
  if (record['site'] !== wanted.site) return `the line belongs to site "${String(record['site'])}"`;
  const unit = unitOf(record['event_time'] as number, wanted.dayOffsetMinutes);
  return unit === wanted.unit ? null : `the line belongs to unit ${unit}`;
}
