import { MEASURES, type Measured, totalsOf } from '../../functions/publish/comparison/numbers.ts';
import type { Preview } from '../../functions/publish/comparison/preview.ts';
import { sides } from '../../functions/publish/comparison/sides.ts';

/** What a page must not take for markup. */
export const HOSTILE = '"><img src=x onerror=alert(1)>';

/** A preview of two sites and three weeks with everything in it, for pages to be drawn from. */
export function madeUpPreview(): Preview {
  const days = Array.from({ length: 21 }, (_, i) => {
    const dt = `2026-03-${String(i + 1).padStart(2, '0')}`;
    const count = 900 + 250 * Math.round(Math.sin(i) * 10) * 0.1;
    return ['blog', 'shop'].map((site) => ({ site, dt, ...measured(count, count * 1.1) }));
  }).flat();
  const names = ['Direct', 'Organic Search', 'Email', 'Paid Social', `Other ${HOSTILE}`];
  const session = {
    session_id: 's1',
    started_at: '2026-03-02 10:00:00.000',
    ended_at: '2026-03-02 10:40:00.000',
    event_count: 5,
    landing_url: `https://shop.example/${HOSTILE}/${'a-very-long-path/'.repeat(12)}`,
    exit_url: null,
    channel: 'Direct',
    source: '(direct)',
    medium: '(none)',
    conversion_count: 0,
  };
  const parts = [
    { ...session, ended_at: '2026-03-02 10:05:00.000', event_count: 3 },
    { ...session, session_id: 's2', started_at: '2026-03-02 10:31:00.000', event_count: 2 },
  ];
  const example = (session_id: string) => ({
    session_id,
    site: 'shop',
    dt: '2026-03-02',
    visitor_id: `v${HOSTILE}`,
    ...sides([session], parts),
  });
  const totals = totalsOf(days);
  const split = totals.sessions.then - totals.sessions.now;
  return {
    proposal: '0123456789abcdef01234567',
    at: '2026-03-31T08:00:00.000Z',
    facts: { blog: 4, shop: 7 },
    base: 3,
    changes: ['sessions.inactivity: 30m -> 15m', HOSTILE],
    range: { from: null, to: null, sites: ['blog', 'shop'] },
    time_zones: { blog: 'UTC', shop: 'Asia/Tokyo' },
    totals,
    days,
    channels: names.map((channel, i) => ({ channel, ...measured(4000 / (i + 1), 4400 / (i + 1)) })),
    reasons: [
      { reason: 'shorter', side: 'both', count: split, examples: [example('s1')] },
      { reason: 'unchanged', side: 'both', count: totals.sessions.now - split, examples: [] },
      { reason: 'split_inactivity', side: 'then', count: split, examples: [example('s2'), example('s2')] },
    ],
    curve: [1, 5, 15, 30, 60, 480].map((minutes) => ({
      inactivity_ms: minutes * 60_000,
      sessions: Math.round(60_000 / Math.sqrt(minutes)),
    })),
    curve_note: null,
    inactivity_ms: sides(1_800_000, 900_000),
    asked: { queries: 4, bytes_scanned: 39_800_000 },
  };
}

function measured(now: number, then: number): Measured {
  const of = (measure: string, count: number): number =>
    Math.round(measure === 'bounces' ? count * 0.6 : count);
  return Object.fromEntries(
    MEASURES.flatMap((measure) => [
      [`${measure}_now`, of(measure, now)],
      [`${measure}_then`, of(measure, then)],
    ]),
  ) as Measured;
}
