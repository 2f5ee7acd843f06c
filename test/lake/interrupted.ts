import { reconcile } from '../../cli/reconcile.ts';
import type { LocalLakeOptions } from '../../local/lake.ts';
import { SqsQueue } from '../../shared/clients/sqs-queue.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';
import { ledger } from './shared-lake.ts';

const SITE = 'site: shop\ntime_zone: Asia/Tokyo\nhosts: [shop.example]\n';
const MART = `/*---
description: Sessions by day.
grain: [site, dt]
inputs: { sessions: all }
rebuild: full
columns: { site: s, dt: d, sessions: n }
---*/
SELECT site, dt, count(*) AS sessions FROM sessions GROUP BY site, dt`;

/** The lake of a small run that something interrupts. */
export function openInterrupted(options: Partial<LocalLakeOptions>): Promise<TestLake> {
  return openTestLake(SITE, '', options, { mart_days: MART });
}

/** A landing object and a beacon over three days, with a session over each midnight and a copy. */
export async function send(test: TestLake): Promise<void> {
  const at = (text: string): number => Date.parse(`${text}+09:00`);
  const first = [
    pageView('shop', 'a', 'v', at('2026-03-01T23:40:00'), '/a'),
    pageView('shop', 'b', 'v', at('2026-03-02T00:05:00'), '/b'),
    pageView('shop', 'c', 'w', at('2026-03-02T12:00:00'), '/c'),
  ];
  const second = [
    pageView('shop', 'd', 'w', at('2026-03-02T23:50:00'), '/d'),
    pageView('shop', 'e', 'w', at('2026-03-03T00:10:00'), '/e'),
    first[1]!,
  ];
  await test.land(first);
  const ingest = new SqsQueue(test.lake.clients.sqs, test.lake.queueUrl('ingest'));
  const received_at = test.lake.clock.now();
  await ingest.send([{ v: 1, received_at, day_offset_minutes: 540, records: second, rejected: [] }]);
}

/** What people see of a lake, and its books: every landed (unit, object) is to be consumed once. */
export async function seen(test: TestLake) {
  const { landed, consumed } = await ledger(test);
  return {
    digests: await test.digests(),
    books: { missing: landed.filter((one) => !consumed.includes(one)), twice: doubles(consumed) },
    events: await test.rows(
      'SELECT event_id, dt, session_event_number, is_exit FROM events ORDER BY event_id',
    ),
    mart: await test.rows('SELECT site, dt, sessions FROM mart_days ORDER BY dt'),
  };
}

const doubles = (all: string[]): string[] => all.filter((one, at) => all.indexOf(one) !== at);

/**
 * Goes on where something was interrupted, as a client and `retcon run` do: all pending work is done. Claims of
 * a killed process have ended by then.
 *
 * @param answered the client was told that all is taken; else it sends everything again
 */
export async function resumed(home: string, answered: boolean): Promise<Awaited<ReturnType<typeof seen>>> {
  const later = { now: () => Date.now() + 3_600_000 };
  const test = await openInterrupted({ home, timers: later });
  try {
    if (!answered) await send(test);
    await reconcile(test.lake);
    await test.drain();
    return await seen(test);
  } finally {
    await test.lake.close();
  }
}
