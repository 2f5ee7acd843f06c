import { afterEach, expect, it, vi } from 'vitest';
import { work } from '../../functions/sessionize/work.ts';
import { SqsQueue } from '../../shared/clients/sqs-queue.ts';
import { everyRelease } from '../../shared/lake/releases.ts';
import { beginApply, candidateIn, MARTS, outcomeOf } from './applying.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

const SITE = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n';
const DAY = Date.parse('2026-03-10T00:00:00Z');
const MINUTE = 60_000;
const AT_15 = 'sessions: { inactivity: 15m }';

vi.setConfig({ testTimeout: 900_000 });

const lakes: TestLake[] = [];
afterEach(async () => {
  for (const lake of lakes.splice(0)) await lake.close();
});
async function open(definition = ''): Promise<TestLake> {
  // One unit a batch: every recomputation is shared out to workers.
  const lake = await openTestLake(SITE, definition, { limits: { units: 1, rows: 1000 } }, MARTS);
  lakes.push(lake);
  return lake;
}

/** Three days, each with a session over its end: views 20 minutes apart. */
const history = [0, 1, 2].flatMap((day) =>
  [-40, -20, 0, 20].map((minute) =>
    pageView('shop', `${day}/${minute}`, 'v', DAY + day * 24 * 60 * MINUTE + minute * MINUTE, `/${minute}`),
  ),
);
/** What comes late: between two views of each night, so that at 15 minutes it makes two sessions one. */
const late = [0, 1, 2].map((day) =>
  pageView('shop', `late ${day}`, 'v', DAY + (day * 24 * 60 + 10) * MINUTE, '/late'),
);

const shown = (lake: TestLake) =>
  lake.rows(`SELECT s.dt, s.landing_page, s.event_count, m.n FROM sessions s
    JOIN mart_sessions m ON m.dt = s.dt ORDER BY s.started_at`);

it('what arrives while an apply is under way is in it', async () => {
  const lake = await open();
  await lake.land(history);
  await lake.drain();
  const id = await beginApply(lake, await candidateIn(lake, AT_15));
  const arriving = (async () => {
    for (const record of late) {
      await lake.land([record]);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  await Promise.all([lake.drain(), arriving]);
  await lake.drain();
  expect(await outcomeOf(lake, id)).toEqual({ is: 'released', release: 2 });

  const fresh = await open(AT_15);
  await fresh.land([...history, ...late]);
  await fresh.drain();
  const wanted = await shown(fresh);
  // By hand: -40, -20 alone; 0, 10, 20 together, each night.
  expect(wanted.map(([, page, events]) => `${page} ${events}`)).toEqual(
    [0, 1, 2].flatMap(() => ['/-40 1', '/-20 1', '/0 3']),
  );
  expect(await shown(lake)).toEqual(wanted);
});

it('a worker that wakes after the flip with old keys changes nothing', async () => {
  const lake = await open();
  await lake.land(history);
  await lake.drain();
  await beginApply(lake, await candidateIn(lake, AT_15));
  // The worker that will sleep: it has taken its batch, and others do the same work meanwhile.
  const before = new Set((await lake.lake.objects.list('state/waves/')).map(({ key }) => key));
  await lake.drain();
  const waves = (await lake.lake.objects.list('state/waves/'))
    .map(({ key }) => key)
    .filter((key) => key.endsWith('wave.json') && !before.has(key));
  expect(waves.length).toBeGreaterThan(0);
  await lake.land(late);
  await lake.drain();
  const [wanted, index] = [await shown(lake), structuredClone(await lake.lake.lake.log('shop').read())];

  // It wakes. Nothing stands of what it was asked for: its manifests and its notes are gone.
  for (const prefix of ['state/manifests/', 'state/waves/']) {
    for (const { key } of await lake.lake.objects.list(prefix)) {
      if (!key.endsWith('wave.json')) await lake.lake.objects.remove(key);
    }
  }
  const plan = new SqsQueue(lake.lake.clients.sqs, lake.lake.queueUrl('sessionize'));
  const deps = { lake: lake.lake.lake, log: lake.lake.log, plan };
  for (const key of waves) {
    const [, , site, wave] = key.split('/') as [string, string, string, string];
    const { batches } = JSON.parse((await lake.lake.objects.get(key))!.body.toString('utf8'));
    for (const batch of batches.keys()) await work(deps, { site, wave, batch });
  }
  await lake.drain();
  expect(await shown(lake)).toEqual(wanted);
  const { units } = await lake.lake.lake.log('shop').read();
  for (const [unit, { results }] of Object.entries(index.units))
    expect(units[unit]!.results).toEqual(results);
  expect((await everyRelease(lake.lake.objects)).map(({ release }) => release)).toEqual([2, 1]);
});
