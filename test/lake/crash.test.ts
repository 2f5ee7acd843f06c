import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reconcile } from '../../cli/reconcile.ts';
import type { FaultHook } from '../../local/aws/index.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

const SITE = 'site: shop\ntime_zone: Asia/Tokyo\nhosts: [shop.example]\n';
const MART = `/*---
description: Sessions by day.
grain: [site, dt]
inputs: { sessions: all }
rebuild: full
columns: { site: s, dt: d, sessions: n }
---*/
SELECT site, dt, count(*) AS sessions FROM sessions GROUP BY site, dt`;

/** Two landing objects over three days with a session over each midnight and a copy. */
async function fill(lake: TestLake): Promise<void> {
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
  await lake.land(first);
  await lake.land(second);
}

/** What people can see, and what the ledger says. */
async function seen(lake: TestLake) {
  const { units } = await lake.lake.lake.log('shop').read();
  const consumed = Object.entries(units).flatMap(([unit, { consumed: objects }]) =>
    Object.keys(objects).map((object) => `${unit} ${object.replace(/^.*\/\d+-/, '')}`),
  );
  return {
    digests: await lake.digests(),
    consumed: consumed.sort(),
    events: await lake.rows(
      'SELECT event_id, dt, session_event_number, is_exit FROM events ORDER BY event_id',
    ),
    mart: await lake.rows('SELECT site, dt, sessions FROM mart_days ORDER BY dt'),
  };
}

/** Lets `allowed` calls through, then none: as if the process had been killed. */
function killer(allowed: number): { fault: FaultHook; calls: () => number; arm: () => void } {
  let armed = false;
  let calls = 0;
  const fault: FaultHook = (_, phase) => {
    if (!armed) return undefined;
    if (phase === 'before') calls++;
    if (calls > allowed) throw Object.assign(new Error('killed'), { code: 'EKILLED' });
    return undefined;
  };
  return { fault, calls: () => calls, arm: () => (armed = true) };
}

async function crashAt(allowed: number): Promise<{ calls: number; after: Awaited<ReturnType<typeof seen>> }> {
  const home = mkdtempSync(join(tmpdir(), 'retcon-crash-'));
  const { fault, calls, arm } = killer(allowed);
  const marts = { mart_days: MART };
  const doomed = await openTestLake(SITE, '', { home, fault }, marts);
  arm();
  await fill(doomed)
    .then(() => doomed.drain())
    .catch(() => {});
  await doomed.lake.runtime.stop();

  // Claims of the killed process end with time; the client then sends again what it had no answer for.
  const later = { now: () => Date.now() + 3_600_000 };
  const lake = await openTestLake(SITE, '', { home, timers: later }, marts);
  await fill(lake);
  await reconcile(lake.lake);
  await lake.drain();
  const after = await seen(lake);
  await lake.close();
  rmSync(home, { recursive: true, force: true });
  return { calls: calls(), after };
}

it('a crash at any call, then a run: as if nothing had happened', async () => {
  const { calls, after: undisturbed } = await crashAt(Number.POSITIVE_INFINITY);
  expect(undisturbed.mart).toEqual([
    ['shop', '2026-03-01', '1'],
    ['shop', '2026-03-02', '2'],
  ]);
  // Every call with RETCON_CRASH_STEP=1; here a stride that no pattern of calls has, and in .ci/run a smaller one.
  const step = Number(process.env['RETCON_CRASH_STEP'] ?? 193);
  for (let k = 0; k < calls; k += step) {
    const { after } = await crashAt(k);
    expect({ k, ...after, consumed: [] }).toEqual({ k, ...undisturbed, consumed: [] });
  }
}, 1_200_000);
