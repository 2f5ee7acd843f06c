import { eraseVisitor, type Receipt } from '../../cli/erasing/erase-visitor.ts';
import type { LocalLakeOptions } from '../../local/lake.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { rejectedRecord } from '../../shared/core/event/rejected.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { unitOf } from '../../shared/core/unit.ts';
import { candidateOf } from '../../shared/lake/candidate.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { writeBatch } from '../../shared/lake/landing-batch.ts';
import { readMarts } from '../../shared/lake/marts.ts';
import { propose, startApplying } from '../../shared/lake/proposals.ts';
import { liveRelease } from '../../shared/lake/releases.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

export const GONE = 'visitor-who-goes-7f3a';
const SITE = 'site: shop\ntime_zone: Asia/Tokyo\nhosts: [shop.example]\n';
const definition = (minutes: number): string =>
  `sessions: { inactivity: ${minutes}m }\nconversions: [{ name: bought, when: { field: url_path, is: /done } }]`;
/** A mart that somebody made of single visitors. */
export const MART = `/*---
description: Sessions of a visitor.
grain: [site, dt, who]
inputs: { sessions: all }
rebuild: full
columns: { site: s, dt: d, who: v, sessions: n }
---*/
SELECT site, dt, visitor_id AS who, count(*) AS sessions FROM sessions GROUP BY site, dt, visitor_id`;
export const NOW = Date.parse('2026-03-20T12:00:00Z');

/** @param minutes of inactivity that end a session */
export function openErasable(options: Partial<LocalLakeOptions> = {}, minutes = 30): Promise<TestLake> {
  return openTestLake(
    SITE,
    definition(minutes),
    { clock: { now: () => NOW }, ...options },
    { mart_people: MART },
  );
}

const at = (text: string): number => Date.parse(`${text}+09:00`);

/**
 * Three days, three landing objects. Sessions of all three visitors run over midnights, one has an event on both
 * sides in one object with another's; who goes converts twice, and is alone on the third day.
 */
export function history(): LandingRecord[][] {
  return [
    [
      pageView('shop', 'a1', GONE, at('2026-03-01T23:40:00'), '/a'),
      pageView('shop', 'b1', 'stays-1', at('2026-03-01T23:50:00'), '/b'),
      pageView('shop', 'a2', GONE, at('2026-03-02T00:05:00'), '/done'),
      pageView('shop', 'b2', 'stays-1', at('2026-03-02T00:10:00'), '/done'),
    ],
    [
      pageView('shop', 'c1', 'stays-2', at('2026-03-02T12:00:00'), '/c'),
      pageView('shop', 'a3', GONE, at('2026-03-02T12:30:00'), '/a3'),
      pageView('shop', 'c2', 'stays-2', at('2026-03-02T12:10:00'), '/c2'),
      pageView('shop', 'b1', 'stays-1', at('2026-03-01T23:50:00'), '/b'),
    ],
    [pageView('shop', 'a4', GONE, at('2026-03-03T09:00:00'), '/done')],
  ];
}

/** Lands the history, without one visitor if asked, and two refused events of that visitor and one of another. */
export async function landHistory(test: TestLake, without: string | null = null): Promise<void> {
  const refused = (body: string) =>
    rejectedRecord({
      received_at: NOW - 1000,
      site: 'shop',
      reason: 'bad',
      detail: '',
      source: 'collector',
      body,
    });
  const rejected = [
    refused(`{"visitor":"${GONE}","time":"no"}`),
    refused(`{"visitor":"stays-1","time":"no"}`),
    refused(`${GONE},2026,/cut off`),
  ];
  for (const [batch, all] of history().entries()) {
    const records = all.filter(({ visitor_id }) => visitor_id !== without);
    if (records.length === 0) continue;
    await writeBatch(test.lake.objects, {
      now: NOW - 60_000,
      digest: `${batch}`.repeat(16),
      records,
      rejected: batch > 0 ? [] : rejected.filter(({ body }) => without === null || !body.includes(without)),
      unitOf: (record) => unitOf(record.event_time, 540),
    });
  }
  await test.drain();
}

/** Makes 12 minutes live, so that there is a release to go back to, and looks at a third. */
export async function redefine(test: TestLake): Promise<void> {
  const about = async () => ({
    at: new Date(test.lake.clock.now()).toISOString(),
    who: 'ada',
    why: '',
    changes: [],
    base: (await liveRelease(test.lake.objects))!.release,
  });
  const candidate = async (minutes: number) => {
    const parsed = parseDefinition(definition(minutes), 'default.yaml');
    await storeDefinition(test.lake.objects, parsed);
    return candidateOf(parsed, readMarts({ mart_people: MART }), {});
  };
  const noted = await about();
  const { id } = await startApplying(test.lake.objects, await candidate(12), noted, {
    at: noted.at,
    who: 'ada',
    max_cost: null,
  });
  await test.lake.bus.announce([{ type: 'Definition Changed', detail: { proposal: id } }]);
  await test.drain();
  const looked = await propose(test.lake.objects, await candidate(5), await about());
  await test.lake.bus.announce([{ type: 'Definition Changed', detail: { proposal: looked.id, look: true } }]);
  await test.drain();
}

export const erase = (test: TestLake): Promise<Receipt> =>
  eraseVisitor(test.lake, { site: 'shop', visitor: GONE, who: 'ada' });

/** What people see, and the books: everything that must be as if the visitor had never been. */
export async function everything(test: TestLake) {
  const index = await test.lake.lake.log('shop').read();
  const digests: Record<string, string> = {};
  for (const [unit, { facts, results }] of Object.entries(index.units)) {
    if (!facts || facts.rows === 0) continue;
    digests[`${unit} facts`] = facts.digest;
    const live = (await liveRelease(test.lake.objects))!.slices;
    for (const table of ['sessions', 'events', 'conversions'] as const) {
      digests[`${unit} ${table}`] = results[table]?.[live[table]!]?.digest ?? 'none';
    }
  }
  return { digests, ...(await shown(test)) };
}

/** The rows of every table, but for those of one visitor. */
export async function shown(test: TestLake, without = '') {
  return {
    events: await test.rows(`SELECT * FROM events WHERE visitor_id <> '${without}' ORDER BY event_id`),
    sessions: await test.rows(`SELECT * FROM sessions WHERE visitor_id <> '${without}' ORDER BY session_id`),
    conversions: await test.rows(
      `SELECT * FROM conversions WHERE visitor_id <> '${without}' ORDER BY event_id`,
    ),
    mart: await test.rows(`SELECT * FROM mart_people WHERE who <> '${without}' ORDER BY dt, who`),
    rejected: await test.rows('SELECT body FROM rejected ORDER BY body'),
  };
}
