import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { csvRowsOf } from '../../shared/import/csv.ts';
import { parseFieldMap } from '../../shared/import/field-map.ts';
import { openTestLake, type TestLake } from './open.ts';

/** A real log in fifty pieces, in an order far from theirs: the tables agree with each other all the way. */

const data =
  process.env['RETCON_SHARED_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const wikipedia = join(data, 'wikipedia-reconstructr/events.csv.gz');
const csv = {
  format: 'csv' as const,
  map: parseFieldMap('visitor=uuid,time=timestamp,url=url'),
  timeUnit: 's' as const,
};
const PIECES = 50;

/** Cuts between rows that differ: equal rows of one file are two events, of two files one. */
async function pieces(folder: string): Promise<string[]> {
  const rows: string[] = [];
  const text = gunzipSync(readFileSync(wikipedia)).toString('utf8');
  for await (const batch of csvRowsOf(chunk(text))) rows.push(...batch.map(({ body }) => body));
  const [header, ...bodies] = rows as [string, ...string[]];
  const cut: string[][] = [[]];
  const pieceOf = new Map<string, number>();
  for (const body of bodies) {
    if (cut.at(-1)!.length >= bodies.length / PIECES && body !== cut.at(-1)!.at(-1)) cut.push([]);
    const row = body.replace(/\r?\n$/, '');
    const piece = pieceOf.get(row) ?? cut.length - 1;
    pieceOf.set(row, piece);
    cut[piece]!.push(`${row}\r\n`);
  }
  return cut.map((lines, i) => {
    const file = join(folder, `piece-${i}.csv`);
    writeFileSync(file, `${header.replace(/\r?\n$/, '')}\r\n${lines.join('')}`);
    return file;
  });
}

async function* chunk(text: string): AsyncIterable<string> {
  yield text;
}

/** Each count of one table beside what the other one says of it. */
async function agree(lake: TestLake, accepted: number): Promise<void> {
  const [[events, inEvents, landings, exits]] = (await lake.rows(
    `SELECT count(*), count(DISTINCT session_id), count_if(is_landing), count_if(is_exit) FROM events`,
  )) as [string[]];
  const [[sessions, counted, views]] = (await lake.rows(
    'SELECT count(*), coalesce(sum(event_count), 0), coalesce(sum(page_views), 0) FROM sessions',
  )) as [string[]];
  expect({ events, counted, views }).toEqual({ events: String(accepted), counted: events, views: events });
  expect({ inEvents, landings, exits }).toEqual({ inEvents: sessions, landings: sessions, exits: sessions });
  const wrong = await lake.rows(
    `SELECT s.session_id FROM sessions s JOIN (
       SELECT session_id, count(*) AS n, max(session_event_number) AS last, max(event_time) AS ended
       FROM events GROUP BY session_id) e ON e.session_id = s.session_id
     WHERE s.event_count <> e.n OR e.last <> e.n OR s.ended_at <> e.ended`,
  );
  expect(wrong).toEqual([]);
}

it.skipIf(!existsSync(wikipedia)).each([
  ['15 minutes', 'sessions: { inactivity: 15m }', 23_941],
  ['30 minutes', '', 22_224],
])('imported in fifty pieces, in disorder: %s', async (_, definition, sessions) => {
  const folder = mkdtempSync(join(tmpdir(), 'retcon-pieces-'));
  const files = await pieces(folder);
  expect(files.length).toBeGreaterThan(45);
  const lake = await openTestLake('site: wiki\ntime_zone: UTC\n', definition);
  let accepted = 0;
  for (let i = 0; i < files.length; i++) {
    accepted += (await lake.import(files[(i * 19) % files.length]!, csv)).accepted;
    await agree(lake, accepted);
  }
  expect(accepted).toBe(63_524);
  expect(await lake.rows('SELECT count(*) FROM sessions')).toEqual([[String(sessions)]]);
  await lake.close();
  rmSync(folder, { recursive: true });
});
