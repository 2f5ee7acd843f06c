import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { LocalLakeOptions } from '../../local/lake.ts';
import { topology } from '../../local/topology.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { parseSite } from '../../shared/core/site-file.ts';
import { unitOf } from '../../shared/core/unit.ts';
import { landingPrefix, logPrefix } from '../../shared/lake/keys.ts';
import { writeBatch } from '../../shared/lake/landing-batch.ts';
import { openLanding } from '../../shared/lake/landing-reader.ts';
import { openSite } from '../../shared/lake/opening.ts';
import type { LogEntry } from '../../shared/lake/site-index.ts';
import { storeSite } from '../../shared/lake/sites.ts';
import { openTestLake, type TestLake } from './open.ts';
import { SITES } from './scattered-history.ts';

const MART = `/*---
description: Sessions by day.
grain: [site, dt]
inputs: { sessions: all }
rebuild: full
columns: { site: s, dt: d, sessions: n }
---*/
SELECT site, dt, count(*) AS sessions FROM sessions GROUP BY site, dt`;
const ZONES: Record<string, string> = { blog: 'UTC', shop: 'Asia/Tokyo' };
const OFFSETS: Record<string, number> = { blog: 0, shop: 540 };
const NOW = Date.parse('2026-03-20T12:00:00Z');

const siteFile = (site: string): string =>
  `site: ${site}\ntime_zone: ${ZONES[site]}\nhosts: [${site}.example]\n`;

/** A lake of two sites, cut at different hours, and a mart: for several processes to open at once. */
export async function openSharedLake(options: Partial<LocalLakeOptions> = {}): Promise<TestLake> {
  const test = await openTestLake(
    siteFile('shop'),
    '',
    { clock: { now: () => NOW }, ...options },
    { mart: MART },
  );
  const blog = parseSite(siteFile('blog'), 'sites/blog.yaml');
  await storeSite(test.lake.lake, blog);
  await openSite(test.lake.lake, blog);
  return test;
}

/** Lands a piece under a name of its own, whoever does it, however often. */
export async function landPiece(test: TestLake, piece: number, records: LandingRecord[]): Promise<void> {
  await writeBatch(test.lake.objects, {
    now: NOW,
    digest: String(piece).padStart(16, '0'),
    records,
    rejected: [],
    unitOf: ({ site, event_time }) => unitOf(event_time, OFFSETS[site]!),
  });
}

/** Beacons of one event each, as the collector queues them. */
export function beaconsOf(records: LandingRecord[]): unknown[] {
  return records.map((record) => ({
    v: 1,
    received_at: record.received_at,
    day_offset_minutes: OFFSETS[record.site],
    records: [record],
    rejected: [],
  }));
}

/** All that must not depend on who did the work: digests of facts and tables, and what people see. */
export async function contents(test: TestLake) {
  const digests: Record<string, string> = {};
  let accepted = 0;
  for (const site of SITES) {
    const { units } = await test.lake.lake.log(site).read();
    for (const [unit, { facts, results, accepted: news }] of Object.entries(units)) {
      const note = (what: string, digest: string): void => {
        // A unit whose last row went to its neighbour is empty; one that never had a row is not there.
        if (digest !== '0:0') digests[`${site} ${unit} ${what}`] = digest;
      };
      note('facts', facts?.digest ?? '0:0');
      for (const dataset of ['sessions', 'events'] as const) {
        const refs = Object.values(results[dataset] ?? {});
        for (const ref of refs) note(dataset, ref.digest);
      }
      accepted += Object.values(news).reduce((sum, n) => sum + n, 0);
    }
  }
  return {
    digests: Object.fromEntries(Object.entries(digests).sort()),
    accepted,
    events: await test.rows(
      `SELECT site, event_id, dt, session_event_number, is_exit, seconds_to_next FROM events
       ORDER BY site, event_id`,
    ),
    sessions: await test.rows(
      'SELECT site, session_id, dt, event_count, exit_page FROM sessions ORDER BY site, session_id',
    ),
    mart: await test.rows('SELECT site, dt, sessions FROM mart ORDER BY site, dt'),
  };
}

/** Every (unit, landing object) that there is, and every one that a log says was consumed: each as often as it is. */
export async function ledger(test: TestLake): Promise<{ landed: string[]; consumed: string[] }> {
  const { objects } = test.lake;
  const landed: string[] = [];
  for (const { key } of await objects.list(landingPrefix)) {
    const index = await openLanding(objects, key);
    for (const { site, unit } of index!.units) landed.push(`${site} ${unit} ${key}`);
  }
  const consumed: string[] = [];
  for (const site of SITES) {
    for (const { key } of await objects.list(logPrefix(site))) {
      const entry = JSON.parse((await objects.get(key))!.body.toString()) as LogEntry;
      if (entry.type !== 'compacted') continue;
      for (const object of entry.consumed) consumed.push(`${site} ${entry.unit} ${object}`);
    }
  }
  return { landed: landed.sort(), consumed: consumed.sort() };
}

/** Messages that were given up. */
export async function deadLetters(test: TestLake): Promise<number> {
  let count = 0;
  for (const { dlq } of topology.queues) {
    const { Attributes } = await test.lake.clients.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: test.lake.queueUrl(dlq!),
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    count += Number(Attributes?.['ApproximateNumberOfMessages']);
  }
  return count;
}
