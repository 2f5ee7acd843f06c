import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Plan } from '../../functions/sessionize/planning/plan.ts';
import { planCandidate, readCandidate } from '../../functions/sessionize/planning/read.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { parseMart } from '../../shared/core/mart-file.ts';
import { parseSite } from '../../shared/core/site-file.ts';
import { candidateOf, candidateOfRelease } from '../../shared/lake/candidate.ts';
import { changeWords, type Read } from '../../shared/lake/changes.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { readMarts } from '../../shared/lake/marts.ts';
import { openSite } from '../../shared/lake/opening.ts';
import { findProposal, propose, startApplying } from '../../shared/lake/proposals.ts';
import { everyRelease, liveRelease, type Release } from '../../shared/lake/releases.ts';
import { storeSite } from '../../shared/lake/sites.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

const SHOP = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n';
const BLOG = SHOP.replaceAll('shop', 'blog');
const DAY = Date.parse('2026-03-10T00:00:00Z');
const MINUTE = 60_000;
const UNITS = 5;

const mart = (input: string, more = ''): string => `/*---
description: Rows of each day.
grain: [site, dt]
inputs: { ${input}: all }
rebuild: full
columns: { site: The site., dt: Its day., n: Rows. }
tests: [{ name: not too many, sql: "SELECT count(*) FROM {{mart}} WHERE n > 99" }]
---*/
SELECT site, dt, count(*) AS n FROM ${input} ${more} GROUP BY site, dt
`;
const MARTS = { mart_pages: mart('events'), mart_sessions: mart('sessions') };

let test: TestLake;

/**
 * Five units: three days of shop, two of blog. On the 10th of shop a visitor comes at 0:00, 0:20 and 23:50; on
 * the 11th at 0:05 again: one session at 30 minutes, two at 10, runs over midnight.
 */
beforeAll(async () => {
  test = await openTestLake(SHOP, '', {}, MARTS);
  const blog = parseSite(BLOG, 'sites/blog.yaml');
  await storeSite(test.lake.lake, blog);
  await openSite(test.lake.lake, blog);
  const at = (site: string, minute: number) =>
    pageView(site, `${site}${minute}`, 'v', DAY + minute * MINUTE, `/${minute}`);
  await test.land([
    ...[0, 20, 23 * 60 + 50, 24 * 60 + 5, 48 * 60].map((minute) => at('shop', minute)),
    ...[0, 24 * 60 + 60].map((minute) => at('blog', minute)),
  ]);
  await test.drain();
});
afterAll(() => test.close());

function wanted(
  definition: string,
  marts: Record<string, string> = MARTS,
  sites: Release['sites'] = {},
): Read {
  const parsed = parseDefinition(definition, 'default.yaml');
  return {
    candidate: candidateOf(parsed, readMarts(marts), sites),
    definition: parsed,
    marts: Object.fromEntries(
      Object.entries(marts).map(([name, sql]) => [name, parseMart(`${name}.sql`, sql)]),
    ),
  };
}

async function plan(read: Read, against?: Release): Promise<Plan> {
  const live = against ?? (await liveRelease(test.lake.objects))!;
  return (await planCandidate(test.lake.lake, read, live, 1)).plan;
}

async function apply(read: Read): Promise<string> {
  const { objects } = test.lake;
  await storeDefinition(objects, read.definition);
  const base = (await liveRelease(objects))!.release;
  const at = new Date(test.lake.clock.now()).toISOString();
  const about = { at, who: 'ada', why: '', changes: [], base };
  const { id } = await startApplying(objects, read.candidate, about, { at, who: 'ada', max_cost: null });
  await test.lake.bus.announce([{ type: 'Definition Changed', detail: { proposal: id } }]);
  await test.drain();
  expect((await findProposal(objects, id))!.proposal.outcome).toEqual({ is: 'released', release: base + 1 });
  return id;
}

/** A mart counts as one result; both read nothing but their table. */
const NONE = { boundaries: 0, sessions: 0, events: 0, conversions: 0, mart_pages: 0, mart_sessions: 0 };
const ALL = {
  boundaries: UNITS,
  sessions: UNITS,
  events: UNITS,
  conversions: 0,
  mart_pages: 1,
  mart_sessions: 1,
};

/** Holds the three counts of a plan to what is certain and what is certain or not. */
function expectCounts(found: Plan, certain: Partial<typeof NONE>, atMost = certain): void {
  expect(found.certain).toEqual({ ...NONE, ...certain });
  expect(found.at_most).toEqual({ ...NONE, ...atMost });
  const untouched = Object.entries(ALL).map(([name, all]) => [
    name,
    all - (atMost[name as keyof typeof NONE] ?? 0),
  ]);
  expect(found.untouched).toEqual(Object.fromEntries(untouched));
}

const summary = (found: Plan, site: string) =>
  found.stale
    .filter((stale) => stale.site === site)
    .map(({ dataset, from, to, count, reason, certain }) => [dataset, from, to, count, reason, certain]);

it('another timeout: all boundaries for certain, what hangs on them at most', async () => {
  const found = await plan(wanted('sessions: { inactivity: 15m }'));
  expect(found.changes).toEqual([{ dataset: 'boundaries', what: 'sessions.inactivity: 30m -> 15m' }]);
  expectCounts(found, { boundaries: UNITS }, ALL);
  expect(summary(found, 'shop')).toEqual([
    ['boundaries', '2026-03-10', '2026-03-12', 3, 'changed: session rules', true],
    ['sessions', '2026-03-10', '2026-03-12', 3, 'it hangs on where sessions start', false],
    ['events', '2026-03-10', '2026-03-12', 3, 'it hangs on where sessions start', false],
  ]);
  expect(summary(found, '*')).toEqual([
    ['mart_pages', null, null, 1, 'it reads events', false],
    ['mart_sessions', null, null, 1, 'it reads sessions', false],
  ]);
  expect(found.reusable).toEqual({ boundaries: 0, sessions: 0, events: 0, conversions: 0 });
});

it('channels: no boundary, every table for certain', async () => {
  const found = await plan(wanted('channels: [{ name: Paid, when: { field: utm_medium, is: cpc } }]'));
  expect(changeWords(found.changes)).toEqual(['channels: ga4_default -> 1 rules (Paid)']);
  expect(found.changes.map(({ dataset }) => dataset)).toEqual(['sessions', 'events']);
  expectCounts(found, { ...ALL, boundaries: 0 });
  expect(summary(found, 'blog')).toEqual([
    ['sessions', '2026-03-10', '2026-03-11', 2, 'changed: channels', true],
    ['events', '2026-03-10', '2026-03-11', 2, 'changed: channels', true],
  ]);
});

it('page groups: events, and the mart that reads them', async () => {
  const found = await plan(wanted('page_groups: [{ name: home, when: { field: url_path, is: / } }]'));
  expectCounts(found, { events: UNITS, mart_pages: 1 });
});

it('conversions: sessions for certain, no boundary and no event; where something converts nobody knows yet', async () => {
  const found = await plan(wanted('conversions: [{ name: seen, when: { field: url_path, is: /20 } }]'));
  expect(found.certain).toEqual({ ...NONE, sessions: UNITS, mart_sessions: 1 });
  expect(found.at_most).toEqual({ ...NONE, sessions: UNITS, mart_sessions: 1, conversions: UNITS });
});

it('a comment, written-out defaults, another order of keys, a comment in a mart: nothing', async () => {
  const said = '# ours\nchannels: ga4_default\nsessions: { at_midnight: false, inactivity: 1800s }\n';
  const found = await plan(
    wanted(said, { ...MARTS, mart_pages: mart('events', '-- every\n').replace('---*/', '# kept\n---*/') }),
  );
  expect(found.changes).toEqual([]);
  expectCounts(found, {});
  expect(found.stale).toEqual([]);
  expect(found.estimate).toEqual({ seconds: 0, usd: 0 });
});

it("a mart's query: that mart alone; its words: nothing is computed", async () => {
  const query = await plan(wanted('', { ...MARTS, mart_sessions: mart('sessions', 'WHERE NOT is_bot') }));
  expect(changeWords(query.changes)).toEqual(['mart_sessions: its query changed']);
  expectCounts(query, { mart_sessions: 1 });
  const words = MARTS.mart_sessions.replace('Rows of each day', 'Sessions').replace('> 99', '> 9');
  const told = await plan(wanted('', { ...MARTS, mart_sessions: words }));
  expect(changeWords(told.changes)).toEqual([
    'mart_sessions: its description changed (no row does)',
    'mart_sessions: its tests changed (no row does)',
  ]);
  expectCounts(told, {});
});

it("one site's time zone: that site alone, though slices are of the lake", async () => {
  const sites = { shop: { time_zone: 'Asia/Tokyo', hosts: ['shop.example'] } };
  const found = await plan(wanted('', MARTS, sites));
  expect(found.changes).toEqual([{ dataset: 'boundaries', what: 'shop: time zone UTC -> Asia/Tokyo' }]);
  // The other site's keys are the same. Marts are of all sites, and what they read of shop is not known yet.
  expectCounts(found, { boundaries: 3 }, { ...ALL, boundaries: 3, sessions: 3, events: 3 });
  expect(summary(found, 'blog')).toEqual([]);
});

it('an algorithm of this version that is not the one of the live release', async () => {
  const read = wanted('');
  const algorithms = { ...read.candidate.algorithms, sessions: 2 };
  const candidate = candidateOf(read.definition, readMarts(MARTS), {}, algorithms);
  const found = await plan({ ...read, candidate });
  expect(changeWords(found.changes)).toEqual([
    'sessions: algorithm 1 -> 2 (this version computes it otherwise)',
  ]);
  expectCounts(found, { sessions: UNITS, mart_sessions: 1 });
});

/** Results under a slice that were made from a time on, by dataset. */
async function made(read: Read, since: number): Promise<Record<string, number>> {
  const found: Record<string, number> = { boundaries: 0, sessions: 0, events: 0 };
  for (const site of ['shop', 'blog']) {
    const { units } = await test.lake.lake.log(site).read();
    for (const { results } of Object.values(units)) {
      for (const dataset of ['boundaries', 'sessions', 'events'] as const) {
        const ref = results[dataset]?.[read.candidate.slices[dataset]!];
        if (ref !== undefined && ref.made_at >= since) found[dataset]!++;
      }
    }
  }
  return found;
}

it('a preview makes keys known; what apply computes is what the plan said; back again, all of it is there', async () => {
  const shorter = wanted('sessions: { inactivity: 10m }');
  const { objects } = test.lake;
  await storeDefinition(objects, shorter.definition);
  const live = (await liveRelease(objects))!;
  const at = new Date(test.lake.clock.now()).toISOString();
  const { id } = await propose(objects, shorter.candidate, { at, who: 'ada', why: '', changes: [], base: 1 });
  await test.lake.bus.announce([{ type: 'Definition Changed', detail: { proposal: id, look: true } }]);
  await test.drain();
  const looked = await plan(shorter);
  // Where sessions start is computed, so every key is known. Other rows: the 10th of shop, where 0:20 starts a
  // session, and the 11th, where 0:05 does; of these events nothing is there yet. Sessions say open_until.
  const moved = { ...ALL, events: 2 };
  expectCounts(looked, moved);
  expect(looked.reusable).toEqual({ boundaries: UNITS, sessions: UNITS, events: 0, conversions: 0 });

  const since = test.lake.clock.now();
  await apply(shorter);
  const computed = await made(shorter, since);
  expect(computed).toEqual({ boundaries: 0, sessions: 0, events: 2 });

  const back = await plan(await readCandidate(test.lake.lake, candidateOfRelease(live)));
  expect(changeWords(back.changes)).toEqual(['sessions.inactivity: 10m -> 30m']);
  expectCounts(back, moved);
  expect(back.reusable).toEqual({ boundaries: UNITS, sessions: UNITS, events: 2, conversions: 0 });
  expect(back.estimate.seconds).toBeLessThan(looked.estimate.seconds);
  expect((await everyRelease(objects)).map(({ release }) => release)).toEqual([2, 1]);
});

it('without a preview: all boundaries are computed, tables no more than at most', async () => {
  const longer = wanted('sessions: { inactivity: 45m }');
  const found = await plan(longer);
  const since = test.lake.clock.now();
  await apply(longer);
  const computed = await made(longer, since);
  expect(computed['boundaries']).toBe(found.certain['boundaries']);
  for (const table of ['sessions', 'events']) {
    expect(computed[table]).toBeLessThanOrEqual(found.at_most[table]!);
  }
});
