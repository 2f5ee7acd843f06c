import { expect, it } from 'vitest';
import { sessionize } from '../../functions/sessionize/sessionize.ts';
import { ApplyWatch } from '../../local/status/applying.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { candidateOf } from '../../shared/lake/candidate.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { startApplying } from '../../shared/lake/proposals.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import { openTestLake } from '../lake/open.ts';
import { pageView } from '../lake/page-view.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-03-10T12:00:00Z');
const silent = { info: () => {}, warn: () => {}, error: () => {} };

it('tells how far an apply has come: by the log once a site is whole, by what workers note before', async () => {
  const test = await openTestLake('site: shop\ntime_zone: UTC\nhosts: [shop.example]\n');
  const { lake } = test;
  await test.land([0, 1, 2, 3].map((day) => pageView('shop', `e${day}`, 'v', START + day * DAY, '/')));
  await test.drain();

  // Page groups are labels of events: where sessions start, and the sessions, stand already.
  const definition = parseDefinition(
    'page_groups: [{ name: home, when: { field: url_path, is: / } }]',
    'default.yaml',
  );
  await storeDefinition(lake.objects, definition);
  const at = new Date(lake.clock.now() + 1).toISOString();
  const about = { at, who: 'ada', why: 'why', changes: ['a page group'], base: 1 };
  const candidate = candidateOf(definition, {}, {});
  const proposal = await startApplying(lake.objects, candidate, about, { at, who: 'ada', max_cost: null });
  const watch = new ApplyWatch(lake);
  const look = async () => (await watch.read([proposal], [await lake.lake.log('shop').read()]))[0]!;
  expect(await look()).toMatchObject({
    wanted: 12,
    reused: 8,
    computed: 0,
    sites: { whole: 0, all: 1 },
    datasets: [
      { dataset: 'boundaries', wanted: 4, done: 4 },
      { dataset: 'events', wanted: 4, done: 0 },
      { dataset: 'sessions', wanted: 4, done: 4 },
    ],
  });

  // Shared out, a day to a batch; two of the four batches are done.
  const batches: unknown[] = [];
  const work = { send: async (messages: unknown[]) => void batches.push(...messages) } as unknown as Queue;
  const deps = { lake: lake.lake, bus: lake.bus, log: silent, work, limits: { units: 1, rows: 1 } };
  expect(await sessionize(deps, 'shop')).toBe('elsewhere');
  expect(batches).toHaveLength(4);
  const { work: runBatch } = await import('../../functions/sessionize/work.ts');
  for (const batch of batches.slice(0, 2)) {
    await runBatch({ lake: lake.lake, log: silent, plan: work }, batch as never);
  }
  expect(await look()).toMatchObject({ reused: 8, computed: 2, sites: { whole: 0, all: 1 } });

  for (const batch of batches.slice(2, 4)) {
    await runBatch({ lake: lake.lake, log: silent, plan: work }, batch as never);
  }
  expect(await sessionize(deps, 'shop')).toBe('up to date');
  expect(await look()).toMatchObject({ reused: 8, computed: 4, sites: { whole: 1, all: 1 } });
  // Four tables of a day each at 3008 MB: half of a task's 0.2 s, 7.5 us for the event, 3.5 requests of 30 ms;
  // and the requests themselves, 1.5 to read and 2 to write.
  const one = (0.1 + 7.5e-6 + 3.5 * 0.03) * (3008 / 1024) * 0.0000133334 + (1.5 * 0.0004 + 2 * 0.005) / 1000;
  expect((await look()).usd).toBeCloseTo(4 * one, 9);
  await test.close();
});
