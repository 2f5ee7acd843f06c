import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reconcile } from '../../cli/reconcile.ts';
import { applyingPrefix } from '../../shared/lake/keys.ts';
import { everyRelease } from '../../shared/lake/releases.ts';
import { beginApply, candidateIn, MARTS, outcomeOf } from './applying.ts';
import { killer } from './killer.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

const SITE = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n';
const DAY = Date.parse('2026-03-10T00:00:00Z');
const NOW = Date.parse('2026-03-20T00:00:00Z');

/** What people see, and how it stands in the log. */
async function seen(lake: TestLake, id: string) {
  return {
    outcome: await outcomeOf(lake, id),
    releases: (await everyRelease(lake.lake.objects)).map(({ release }) => release),
    marks: await lake.lake.objects.list(applyingPrefix),
    shown: await lake.rows('SELECT release FROM current_release'),
    listed: await lake.rows('SELECT release, is_current FROM releases ORDER BY release'),
    sessions: await lake.rows('SELECT landing_page, event_count FROM sessions ORDER BY started_at'),
    events: await lake.rows('SELECT event_id, session_event_number FROM events ORDER BY event_time'),
    mart: await lake.rows('SELECT dt, n FROM mart_sessions ORDER BY dt'),
    digests: await digests(lake),
  };
}

/** Of every result, under every slice. */
async function digests(lake: TestLake): Promise<string[]> {
  const { units } = await lake.lake.lake.log('shop').read();
  const all = Object.entries(units).flatMap(([unit, { results }]) =>
    Object.entries(results).flatMap(([dataset, bySlice]) =>
      Object.entries(bySlice).map(([slice, { digest }]) => `${unit} ${dataset} ${slice} ${digest}`),
    ),
  );
  return all.sort();
}

async function crashAt(allowed: number) {
  const home = mkdtempSync(join(tmpdir(), 'retcon-apply-crash-'));
  const { fault, calls, arm } = killer(allowed);
  const clock = { now: () => NOW };
  // One unit a batch: the work is shared out, so that workers are cut off too.
  const limits = { units: 1, rows: 1000 };
  const doomed = await openTestLake(SITE, '', { home, fault, clock, limits }, MARTS);
  await doomed.land(
    [-20, 0, 20, 24 * 60].map((minute) =>
      pageView('shop', `e${minute}`, 'v', DAY + minute * 60_000, `/${minute}`),
    ),
  );
  await doomed.drain();
  const candidate = await candidateIn(doomed, 'sessions: { inactivity: 15m }');
  arm();
  await beginApply(doomed, candidate)
    .then(() => doomed.drain())
    .catch(() => {});
  await doomed.lake.runtime.stop();

  // Claims of the killed process end with time. Whoever asked asks again; whoever died before that is found.
  const timers = { now: () => Date.now() + 3_600_000 };
  const lake = await openTestLake(SITE, '', { home, timers, clock, limits }, MARTS);
  const begun = await everyRelease(lake.lake.objects);
  const id = begun.length > 1 ? begun[0]!.proposal! : await beginApply(lake, candidate);
  await reconcile(lake.lake);
  await lake.drain();
  const after = await seen(lake, id);
  await lake.close();
  rmSync(home, { recursive: true, force: true });
  return { calls: calls(), after };
}

it('an apply cut off at any call, then begun again: as if nothing had happened', async () => {
  const { calls, after: undisturbed } = await crashAt(Number.POSITIVE_INFINITY);
  expect(undisturbed).toMatchObject({
    outcome: { is: 'released', release: 2 },
    releases: [2, 1],
    marks: [],
    shown: [['2']],
    sessions: [
      ['/-20', '1'],
      ['/0', '1'],
      ['/20', '1'],
      ['/1440', '1'],
    ],
    mart: [
      ['2026-03-09', '1'],
      ['2026-03-10', '2'],
      ['2026-03-11', '1'],
    ],
  });
  // Every call with RETCON_APPLY_CRASH_STEP=1; here a stride that no pattern of calls has.
  const step = Number(process.env['RETCON_APPLY_CRASH_STEP'] ?? 131);
  for (let k = 1; k < calls; k += step) {
    const { after } = await crashAt(k);
    expect({ k, ...after }).toEqual({ k, ...undisturbed });
  }
}, 1_200_000);
