import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseFieldMap } from '../../shared/import/field-map.ts';
import { openTestLake } from './open.ts';

const data =
  process.env['RETCON_SHARED_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const wikipedia = join(data, 'wikipedia-reconstructr/events.csv.gz');
const csv = {
  format: 'csv' as const,
  map: parseFieldMap('visitor=uuid,time=timestamp,url=url'),
  timeUnit: 's' as const,
};

// The counts are those of independent implementations over the same files (docs/semantics.md, "Checked against").
describe.skipIf(!existsSync(wikipedia))('a wiki of 63,524 page views', () => {
  it.each([
    ['30 minutes', 'UTC', '', 22_224],
    ['15 minutes', 'UTC', 'sessions: { inactivity: 15m }', 23_941],
    ['30 minutes and midnight in Tokyo', 'Asia/Tokyo', 'sessions: { at_midnight: true }', 22_320],
  ])('has as many sessions as others count: %s', async (_, zone, definition, sessions) => {
    const lake = await openTestLake(`site: wiki\ntime_zone: ${zone}\n`, definition);
    expect(await lake.import(wikipedia, csv)).toEqual({ accepted: 63_524 });
    expect(await lake.rows('SELECT count(*), count(DISTINCT session_id) FROM sessions')).toEqual([
      [String(sessions), String(sessions)],
    ]);
    expect(await lake.rows('SELECT count(*), count(DISTINCT session_id) FROM events')).toEqual([
      ['63524', String(sessions)],
    ]);
    await lake.close();
  });
});

const logs = [
  ['elastic-apache-2015/apache_logs.gz', 'semicomplete.com', 3950, 1279, 2322],
  ['bots-hackers-log/hackers-access.log.gz', 'howto.basjes.nl', 2344, 646, 755],
] as const;

describe.skipIf(!existsSync(join(data, logs[0][0])))('access logs', () => {
  it.each(logs)('%s: page views, visitors, sessions', async (file, host, events, visitors, sessions) => {
    const path = join(data, file);
    const lake = await openTestLake(`site: log\nhosts: [${host}]\n`);
    expect(await lake.import(path, { format: 'combined' })).toEqual({ accepted: events });
    const counted = 'SELECT count(*), count(DISTINCT visitor_id), sum(page_views) FROM sessions';
    expect(await lake.rows(counted)).toEqual([[sessions, visitors, events].map(String)]);
    const before = await lake.digests();

    const plain = join(mkdtempSync(join(tmpdir(), 'retcon-log-')), 'unpacked.log');
    writeFileSync(plain, gunzipSync(readFileSync(path)));
    expect(await lake.import(plain, { format: 'combined' })).toEqual({ accepted: 0 });
    expect(await lake.digests()).toEqual(before);
    await lake.close();

    const byDay = await openTestLake(`site: log\nhosts: [${host}]\n`);
    for (const piece of daysInDisorder(plain)) await byDay.import(piece, { format: 'combined' });
    expect(await byDay.digests()).toEqual(before);
    await byDay.close();
  });
});

/** The log cut into a file for each day of its times, the days in an order far from theirs. */
function daysInDisorder(path: string): string[] {
  const days = new Map<string, string[]>();
  for (const line of readFileSync(path, 'latin1').split('\n')) {
    if (line === '') continue;
    const day = /\[(\d\d)\//.exec(line)?.[1] ?? 'none';
    days.set(day, [...(days.get(day) ?? []), line]);
  }
  const order = [...days.keys()].sort((a, b) => ((Number(a) * 7) % 11) - ((Number(b) * 7) % 11));
  return order.map((day) => {
    const file = `${path}.${day}`;
    writeFileSync(file, days.get(day)!.join('\n'), 'latin1');
    return file;
  });
}
