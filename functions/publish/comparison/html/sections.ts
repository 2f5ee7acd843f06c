import { MEASURES, type Measure, totalsOf } from '../numbers.ts';
import type { Preview } from '../preview.ts';
import { REASONS } from '../reasons.ts';
import { type Sides, sides } from '../sides.ts';
import { counted, duration, share, signed, signedPercent } from '../words.ts';
import { channelsChart } from './channels-chart.ts';
import { curveChart } from './curve-chart.ts';
import { daySums, daysChart } from './days-chart.ts';
import { html, type Markup, nothing } from './markup.ts';
import { folded, htmlTable } from './table.ts';

const BARS = html`<p class="legend"><span><svg viewBox="0 0 28 12" aria-hidden="true"><rect class="bar now" width="20" height="12"/></svg>now</span><span><svg viewBox="0 0 28 12" aria-hidden="true"><rect class="bar then" width="20" height="12"/></svg>proposed</span></p>`;
const LINES = html`<p class="legend"><span><svg viewBox="0 0 28 12" aria-hidden="true"><path class="line now" d="M0 6H28"/></svg>now</span><span><svg viewBox="0 0 28 12" aria-hidden="true"><path class="line then" d="M0 6H28"/></svg>proposed</span></p>`;

/** The numbers that matter most, side by side. */
export function tiles({ totals }: Preview): Markup {
  const { sessions, bounces, page_views, conversions, conversion_value } = totals;
  const tile = (name: string, now: string, then: string, difference: string): Markup =>
    html`<li><span class="label">${name}</span><b>${then}</b><span class="label">now ${now} (${difference})</span></li>`;
  const number = (name: string, measure: Sides<number>): Markup =>
    tile(name, counted(measure.now), counted(measure.then), signedPercent(measure));
  const each = (sum: Sides<number>, side: 'now' | 'then'): number =>
    sessions[side] === 0 ? 0 : sum[side] / sessions[side];
  const pages = sides(each(page_views, 'now'), each(page_views, 'then'));
  const rate = (side: 'now' | 'then'): string => share(bounces[side], sessions[side]);
  const points = (each(bounces, 'then') - each(bounces, 'now')) * 100;
  return html`<ul class="tiles">${number('Sessions', sessions)}
${tile('Bounce rate', rate('now'), rate('then'), `${signed(Number(points.toFixed(1)))} points`)}
${tile('Pages a session', counted(pages.now), counted(pages.then), signedPercent(pages))}
${conversions.now + conversions.then > 0 ? [number('Conversions', conversions), number('Conversion value', conversion_value)] : ''}</ul>`;
}

/** Sessions by day, and by site where there are several. */
export function dayPart(preview: Preview): Markup {
  const sums = daySums(preview.days);
  if (sums.length === 0) return nothing;
  const row = (name: string, { now, then }: Sides<number>) => [
    name,
    counted(now),
    counted(then),
    signed(then - now),
    signedPercent({ now, then }),
  ];
  const heads = ['now', 'proposed', 'difference', 'in percent'];
  const bySite = preview.range.sites.map((site) => {
    const { sessions } = totalsOf(preview.days.filter((day) => day.site === site));
    return row(site, sessions);
  });
  return html`<h2>Sessions by day</h2>${LINES}<div class="chart">${daysChart(sums)}</div>
${folded(
  'The numbers, day by day',
  htmlTable(
    'Sessions by day',
    ['day', ...heads],
    sums.map((day) => row(day.dt, day)),
  ),
)}
${bySite.length > 1 ? htmlTable('Sessions by site', ['site', ...heads], bySite) : ''}`;
}

/** Sessions by channel, the largest first. */
export function channelPart({ channels }: Preview): Markup {
  if (channels.length === 0) return nothing;
  const most = (row: (typeof channels)[number]): number => Math.max(row.sessions_now, row.sessions_then);
  const sorted = [...channels].sort((a, b) => most(b) - most(a) || (a.channel < b.channel ? -1 : 1));
  const rows = sorted.map((row) => [
    row.channel,
    counted(row.sessions_now),
    counted(row.sessions_then),
    signed(row.sessions_then - row.sessions_now),
    share(row.bounces_now, row.sessions_now),
    share(row.bounces_then, row.sessions_then),
    signed(row.conversions_then - row.conversions_now),
  ]);
  const heads = [
    'channel',
    'sessions now',
    'proposed',
    'difference',
    'bounce rate now',
    'proposed',
    'conversions',
  ];
  return html`<h2>Sessions by channel</h2>${BARS}<div class="chart">${channelsChart(sorted)}</div>
${folded('The numbers, channel by channel', htmlTable('Sessions by channel', heads, rows))}`;
}

/** What became of the sessions, with the sum that must come out. */
export function reasonRows({ reasons, totals }: Preview): Markup {
  const rows = reasons.map(({ reason, side, count }) => [
    REASONS[reason].words,
    side === 'then' ? '-' : counted(count),
    side === 'now' ? '-' : counted(count),
  ]);
  rows.push(['all sessions', counted(totals.sessions.now), counted(totals.sessions.then)]);
  return htmlTable('What becomes of each session', ['what happens', 'now', 'proposed'], rows);
}

/** Sessions over the timeout, or why there is no curve. */
export function curvePart({ curve, curve_note, inactivity_ms, totals }: Preview): Markup {
  const note = curve_note === null ? '' : html`<p class="dim">${curve_note}</p>`;
  if (curve.length === 0 || inactivity_ms === null) return html`<h2>Sessions by timeout</h2>${note}`;
  const rows = curve.map((point) => [
    duration(point.inactivity_ms),
    counted(point.sessions),
    signed(point.sessions - totals.sessions.now),
  ]);
  return html`<h2>Sessions by timeout</h2>
<p>How many sessions there would be if the timeout were another one and all other rules as proposed.</p>
<div class="chart">${curveChart(curve, inactivity_ms)}</div>${note}
${folded('The numbers, timeout by timeout', htmlTable('Sessions by timeout', ['timeout', 'sessions', 'against now'], rows))}`;
}

/** All measures as one table. */
export function measureTable({ totals }: Preview): Markup {
  const name = (measure: Measure): string => measure.replaceAll('_', ' ');
  const rows = MEASURES.map((measure) => {
    const { now, then } = totals[measure];
    return [name(measure), counted(now), counted(then), signed(then - now), signedPercent(totals[measure])];
  });
  return htmlTable(
    'Everything that is counted',
    ['measure', 'now', 'proposed', 'difference', 'in percent'],
    rows,
  );
}
