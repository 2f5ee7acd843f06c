import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { compactLanding } from '../../functions/compact/compact.ts';
import { EVERYTHING } from '../../functions/sessionize/reach.ts';
import { sessionizeSite } from '../../functions/sessionize/sessionize-site.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { canonicalEvent } from '../../shared/core/event/canonical.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { unitOf } from '../../shared/core/unit.ts';
import { fileList, rows, withConnection } from '../../shared/duckdb/engine.ts';
import { ALGORITHMS } from '../../shared/lake/algorithms.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { writeBatch } from '../../shared/lake/landing-batch.ts';
import { instant } from '../session/instant.ts';
import { eventsOf, idsOf, siteOf, type Vector } from '../session/vector.ts';
import { openTestLake } from './open.ts';

const folder = new URL('../vectors/', import.meta.url);

/** Vectors of one definition and site settings: they share a site of the lake, each with visitors of its own. */
function groups(): { id: string; vectors: Vector[] }[] {
  const all = readdirSync(folder).flatMap(
    (file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Vector[],
  );
  const byRules = new Map<string, Vector[]>();
  for (const vector of all) {
    const rules = JSON.stringify([vector.definition ?? {}, siteOf(vector)]);
    byRules.set(rules, [...(byRules.get(rules) ?? []), vector]);
  }
  return [...byRules.values()].map((vectors, i) => ({ id: `g${i}`, vectors }));
}

it('every hand-written history gives its sessions through landing, compaction and day units', async () => {
  const test = await openTestLake('site: any\n');
  const { lake } = test.lake;
  const records: LandingRecord[] = [];
  const found = groups();
  for (const { id, vectors } of found) {
    await lake.log(id).append({ type: 'opened', day_offset_minutes: 0, time_zone: 'UTC', hosts: [] });
    for (const [i, vector] of vectors.entries()) {
      const zone = siteOf(vector).time_zone;
      for (const event of eventsOf(vector, (time) => instant(time, zone))) {
        records.push(landed(id, `${i}.`, event));
      }
    }
  }
  const written = await writeBatch(lake.objects, {
    now: Date.now(),
    digest: '0123456789abcdef',
    records,
    rejected: [],
    unitOf: (record) => unitOf(record.event_time, 0),
  });
  const { bus, log } = test.lake;
  expect(await compactLanding({ lake, bus, log }, [written.landing!.key])).toEqual(new Map());

  const wrong: string[] = [];
  for (const { id, vectors } of found) {
    const site = siteOf(vectors[0]!);
    const definition = parseDefinition(stringify(vectors[0]!.definition ?? {}), 'vector.yaml');
    const outcome = await sessionizeSite(
      lake,
      { work: { send: () => Promise.reject(new Error('a history is too much for one call')) } },
      {
        site: id,
        definition: await storeDefinition(lake.objects, definition),
        time_zone: site.time_zone,
        hosts: site.hosts,
        day_offset_minutes: 0,
        slices: { boundaries: 's', sessions: 's', events: 's' },
        algorithms: ALGORITHMS,
      },
      EVERYTHING,
    );
    expect(outcome.outcome).toBe('up to date');
    const sessionOf = await sessionsByEvent(test, id);
    for (const [i, vector] of vectors.entries()) {
      const wanted = vector.sessions.map((ids) =>
        idsOf(ids)
          .map((event) => `${i}.${event}`)
          .sort()
          .join(' '),
      );
      const got = new Map<string, string[]>();
      for (const [event, session] of sessionOf) {
        if (!event.startsWith(`${i}.`)) continue;
        const key = session ?? `none ${event}`;
        got.set(key, [...(got.get(key) ?? []), event]);
      }
      const alone = idsOf(vector.unassigned ?? []).map((event) => `${i}.${event}`);
      const sessions = [...got]
        .filter(([key]) => !key.startsWith('none '))
        .map(([, ids]) => ids.sort().join(' '));
      const unassigned = [...got].filter(([key]) => key.startsWith('none ')).flatMap(([, ids]) => ids);
      const same =
        JSON.stringify(sessions.sort()) === JSON.stringify(wanted.sort()) &&
        JSON.stringify(unassigned.sort()) === JSON.stringify(alone.sort());
      if (!same) wrong.push(`${vector.name}: ${JSON.stringify({ sessions, wanted, unassigned })}`);
    }
  }
  if (wrong.length > 0) throw new Error(`${wrong.length} histories differ:\n${wrong.slice(0, 5).join('\n')}`);
  await test.close();
});

function landed(site: string, prefix: string, event: ReturnType<typeof eventsOf>[number]): LandingRecord {
  const raw = {
    id: `${prefix}${event.event_id}`,
    type: event.event_type,
    time: event.event_time,
    ...(event.seq === null ? {} : { seq: event.seq }),
    ...(event.event_name ? { name: event.event_name } : {}),
    ...(event.url ? { url: event.url } : {}),
    ...(event.referrer ? { referrer: event.referrer } : {}),
    visitor: `${prefix}${event.visitor_id}`,
  };
  const result = canonicalEvent(raw, {
    site: { site, privacy: { address: 'truncate', cookieless: false } },
    receivedAt: event.event_time,
    sentAt: null,
    visitor: null,
    bodyVisitorAllowed: true,
    userAgent: null,
    address: null,
    country: null,
    mintId: () => 'never',
  });
  if (!('ok' in result)) throw new Error(JSON.stringify(result));
  return result.ok;
}

async function sessionsByEvent(
  test: Awaited<ReturnType<typeof openTestLake>>,
  site: string,
): Promise<[string, string | null][]> {
  const { units } = await test.lake.lake.log(site).read();
  const files: string[] = [];
  for (const { results } of Object.values(units)) {
    for (const ref of Object.values(results.events ?? {})) {
      for (const { folder: key } of ref.parts ?? []) {
        files.push((await test.lake.aws.objectPath('lake', `${key}events.parquet`))!);
      }
    }
  }
  const sql = `SELECT event_id, session_id FROM read_parquet(${fileList(files)})`;
  const found = await withConnection((c) => rows<{ event_id: string; session_id: string | null }>(c, sql));
  return found.map(({ event_id, session_id }) => [event_id, session_id]);
}
