import { afterEach, describe, expect, it } from 'vitest';
import { sides } from '../../functions/publish/comparison/sides.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { openTestLake, type TestLake } from '../lake/open.ts';
import { pageView } from '../lake/page-view.ts';
import { proposed, reasonsOf } from './proposing.ts';

const SITE = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n';

let lake: TestLake;
afterEach(() => lake.close());

/** `v:a 10:00 ?utm_source=x`: event a of visitor v; `+1` is the next day; `from:`, `name:`, `type:`. */
function events(...lines: string[]): LandingRecord[] {
  return lines.map((line) => {
    const [, visitor, id, next, time, rest] = /^(\w+):(\w+) (\+1 )?([\d:.]+)(.*)$/.exec(line)!;
    const full = time!.length === 5 ? `${time}:00` : time;
    const at = Date.parse(`2026-03-1${next ? 1 : 0}T${full}Z`);
    const more: Record<string, unknown> = {};
    for (const [, key, value] of rest!.matchAll(/ (from|name|type):(\S+)/g)) {
      if (key === 'from') more['referrer'] = `https://${value}/`;
      else more[key!] = value;
    }
    if (more['type'] === 'engagement') more['value'] = 1;
    if (more['name']) more['type'] = 'event';
    return pageView('shop', id!, visitor!, at, `/${id}${/ (\?\S+)/.exec(rest!)?.[1] ?? ''}`, more);
  });
}

async function open(definition: string, ...lines: string[]): Promise<void> {
  lake = await openTestLake(SITE, definition);
  await lake.land(events(...lines));
  await lake.drain();
}

/** For each reason, the first pages of its examples. */
async function shown(definition: string, from: string | null = null, to: string | null = null) {
  const { preview } = await proposed(lake, definition);
  const comparison = await preview(from, to);
  const pages = comparison.reasons.map(({ reason, examples }) => {
    const starts = examples.map(({ session_id, now, then }) => {
      const session = [...now, ...then].find((one) => one.session_id === session_id)!;
      return new URL(session.landing_url!).pathname.slice(1);
    });
    return [reason, starts.sort().join(' ')];
  });
  return { comparison, counts: reasonsOf(comparison), pages: Object.fromEntries(pages) };
}

describe('each session has the one reason that made it', () => {
  it('every rule cuts where it says, the first that holds is named', async () => {
    await open(
      '',
      // Pauses: exactly the timeout joins; a millisecond more does not.
      'pause:p1 10:00',
      'pause:p2 10:15',
      'pause:p3 10:30:00.001',
      'midnight:m1 23:55',
      'midnight:m2 +1 00:05',
      'listed:l1 10:00',
      'listed:l2 10:01 name:launch',
      'listed:l3 10:02 type:screen_view',
      'campaign:c1 10:00 ?utm_source=x',
      'campaign:c2 10:01',
      'campaign:c3 10:02 ?utm_source=y',
      'click:k1 10:00 ?gclid=1',
      'click:k2 10:01 ?gclid=2',
      'referrer:r1 10:00',
      'referrer:r2 10:01 from:pay.example',
      'referrer:r3 10:02 from:shop.example',
      'referrer:r4 10:03 from:x.example',
      'long:d1 10:00',
      'long:d2 10:14',
      'long:d3 10:28',
      'long:d4 10:42',
      'many:n1 10:00',
      'many:n2 10:01 type:engagement',
      'many:n3 10:02',
      'many:n4 10:03',
      'many:n5 10:04',
      'both:b1 10:00',
      'both:b2 10:20 ?utm_source=z',
    );
    const rules = `{ inactivity: 15m, at_midnight: true, on_event: [launch, screen_view], max_events: 3,
      on_campaign: utm_or_click_id, on_referrer: true, ignore_referrers: [pay.example], max_duration: 40m }`;
    const { comparison, counts, pages } = await shown(`sessions: ${rules}`);
    expect(counts).toEqual({
      shorter: 9,
      split_inactivity: 2,
      split_at_midnight: 1,
      split_on_event: 2,
      split_on_campaign: 2,
      split_on_referrer: 1,
      split_max_duration: 1,
      split_max_events: 1,
    });
    expect(pages).toMatchObject({
      split_inactivity: 'b2 p3',
      split_at_midnight: 'm2',
      split_on_event: 'l2 l3',
      split_on_campaign: 'c3 k2',
      split_on_referrer: 'r4',
      split_max_duration: 'd4',
      split_max_events: 'n5',
    });
    const split = comparison.reasons.find(({ reason }) => reason === 'split_max_events')!.examples[0]!;
    expect(split.now.map(({ event_count }) => event_count)).toEqual([4]);
    expect(split.then.map(({ event_count }) => event_count)).toEqual([3, 1]);
    expect(comparison.totals.sessions).toEqual(sides(9, 19));
    expect(comparison.asked.queries).toBe(3);
  });

  it('a longer timeout merges; a range judges by what starts before it', async () => {
    await open(
      'sessions: { inactivity: 15m }',
      'v:a 23:30',
      'v:b 23:50',
      'v:c +1 00:10',
      'v:d +1 00:50',
      'w:e +1 10:00',
    );
    expect((await shown('')).counts).toEqual({ longer: 1, merged: 2, unchanged: 2 });
    const { counts, comparison } = await shown('', '2026-03-11', '2026-03-11');
    expect(counts).toEqual({ merged: 1, unchanged: 2 });
    expect(comparison.days).toMatchObject([{ dt: '2026-03-11', sessions_now: 3, sessions_then: 2 }]);
  });

  it('a visitor who never pauses is cut by the endless rule, once a pause is none any more', async () => {
    const start = Date.parse('2026-03-10T00:00:00Z');
    // Every 20 minutes for three days, but for one pause of 40 minutes on the second: at 30 minutes it makes
    // the third midnight harmless, at an hour it is none.
    const robot = Array.from({ length: 72 * 3 }, (_, i) =>
      pageView('shop', `e${i}`, 'robot', start + i * 20 * 60_000, `/e${i}`),
    ).filter((_, i) => i !== 72 + 36);
    lake = await openTestLake(SITE, 'sessions: { inactivity: 30m }');
    await lake.land(robot);
    await lake.drain();
    const { counts, pages, comparison } = await shown('sessions: { inactivity: 1h }');
    expect(comparison.totals.sessions).toEqual(sides(2, 2));
    expect(counts).toEqual({ longer: 1, merged: 1, split_endless: 1 });
    expect(pages).toEqual({ longer: 'e0', merged: 'e109', split_endless: 'e144' });
    expect(comparison.curve_note).toBeNull();
  });

  it('kinds that count no more, and kinds that count now', async () => {
    await open('activity: [page_view]', 'v:a 10:00', 'v:b 10:01 name:x', 'w:c 10:00', 'x:d 10:00 name:x');
    const { counts, pages } = await shown('activity: [event]');
    expect(counts).toEqual({ appeared: 2, disappeared: 2 });
    expect(pages).toEqual({ appeared: 'b d', disappeared: 'a c' });
    expect((await shown('activity: [page_view, event]')).counts).toEqual({
      longer: 1,
      unchanged: 1,
      appeared: 1,
    });
  });

  it('channels relabel; a time zone moves, also over the edge of a range', async () => {
    await open('', 'v:a 12:00', 'w:b 16:00');
    const channels = 'channels: [{ name: Everything, when: { field: landing_page, is: /a } }]';
    const labelled = await shown(channels);
    expect(labelled.counts).toEqual({ relabelled: 2 });
    expect(labelled.comparison.channels).toMatchObject([
      { channel: 'Direct', sessions_now: 2, sessions_then: 0 },
      { channel: 'Everything', sessions_now: 0, sessions_then: 1 },
      { channel: 'Unassigned', sessions_now: 0, sessions_then: 1 },
    ]);
    const { preview } = await proposed(lake, '', {
      shop: { time_zone: 'Asia/Tokyo', hosts: ['shop.example'] },
    });
    expect(reasonsOf(await preview())).toEqual({ moved: 1, unchanged: 1 });
    expect(reasonsOf(await preview('2026-03-10', '2026-03-10'))).toEqual({ unchanged: 1, moved_out: 1 });
    expect(reasonsOf(await preview('2026-03-11'))).toEqual({ moved_in: 1 });
  });

  it('robots that are excluded are gone, and were not merged', async () => {
    await open('', 'v:a 10:00');
    const robot = pageView('shop', 'r', 'robot', Date.parse('2026-03-10T10:00:00Z'), '/r');
    await lake.land([{ ...robot, user_agent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' }]);
    await lake.drain();
    const { counts, comparison } = await shown('filters: { bots: exclude }');
    expect(counts).toEqual({ unchanged: 1, disappeared: 1 });
    expect(comparison.totals.sessions.then).toBe(1);
  });
});
