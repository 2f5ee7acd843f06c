import { barsTable, curveChart, daysChart } from './charts.js';
import { h, outside } from './dom.js';
import { count, moment, percent, plural } from './format.js';
import { fetched } from './store.js';

/** @typedef {import('../preview.ts').ShownPreview} ShownPreview */

const MOST_SITES = 12;

/** A preview doesn't change; drawn once, it stays as it was left. @type {Map<string, HTMLDetailsElement>} */
const made = new Map();

/**
 * A preview to unfold; it is asked for when it is.
 *
 * @param {string} id of the proposal
 */
export function previewOf(id) {
  const known = made.get(id);
  if (known !== undefined) return known;
  const body = h('div', { class: 'preview' });
  const details = h('details', { id: `preview-${id}` }, h('summary', {}, 'Preview: what it changes'), body);
  details.addEventListener('toggle', async () => {
    if (!details.open || body.childElementCount > 0) return;
    try {
      body.replaceChildren(...drawn(/** @type {ShownPreview} */ (await fetched(`previews/${id}`))));
    } catch {
      details.open = false;
    }
  });
  made.set(id, details);
  return details;
}

/** @param {ShownPreview} preview */
function drawn(preview) {
  const { range, totals, days, channels, sites, reasons, curve, curve_note } = preview;
  const span = `${range.from ?? 'the first day'} to ${range.to ?? 'the last'}`;
  const whole = Object.entries(totals).map(([name, sides]) => ({
    name: name.replaceAll('_', ' '),
    now: sides.now,
    next: sides.then,
  }));
  const moved = [...sites].sort((a, b) => Math.abs(b.next - b.now) - Math.abs(a.next - a.now));
  const split = [...channels].sort((a, b) => b.now + b.next - a.now - a.next);
  return [
    h(
      'p',
      { class: 'quiet' },
      `${span}, ${plural(range.sites.length, 'site')}; compared `,
      moment(preview.at),
      ` with release ${preview.base}`,
    ),
    barsTable('Totals', whole, { bars: false }),
    days.length > 0 ? daysChart(days) : null,
    channels.length > 0
      ? barsTable(
          'Sessions by channel',
          split.map(({ channel, ...sides }) => ({ name: channel, ...sides })),
        )
      : null,
    sites.length > 1
      ? barsTable(
          sites.length > MOST_SITES
            ? `Sessions by site: the ${MOST_SITES} that change most`
            : 'Sessions by site',
          moved.slice(0, MOST_SITES).map(({ site, ...sides }) => ({ name: site, ...sides })),
        )
      : null,
    reasons.length > 0 ? reasonsTable(reasons) : null,
    curve.length > 1 ? curveChart(curve, preview.inactivity_ms) : null,
    curve_note === null ? null : h('p', { class: 'quiet' }, outside(curve_note)),
  ].filter((part) => part !== null);
}

/** @param {ShownPreview['reasons']} reasons */
function reasonsTable(reasons) {
  const sum = reasons.reduce((all, reason) => all + reason.count, 0);
  return h(
    'table',
    { class: 'plain' },
    h('caption', {}, 'What becomes of sessions'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'Sessions that are'),
        h('th', { scope: 'col', class: 'n' }, 'Count'),
        h('th', { scope: 'col', class: 'n' }, 'Share'),
        h('th', { scope: 'col' }, 'Examples'),
      ),
    ),
    h(
      'tbody',
      {},
      reasons.map((reason) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, outside(reason.words)),
          h('td', { class: 'n' }, count(reason.count)),
          h('td', { class: 'n' }, percent(reason.count / sum)),
          h(
            'td',
            {},
            reason.examples.length === 0
              ? null
              : h(
                  'details',
                  {},
                  h('summary', {}, plural(reason.examples.length, 'visit')),
                  reason.examples.map(exampleOf),
                ),
          ),
        ),
      ),
    ),
  );
}

/** @param {ShownPreview['reasons'][number]['examples'][number]} example */
function exampleOf({ site, dt, visitor_id, now, then }) {
  return h(
    'div',
    { class: 'example' },
    h('p', {}, outside(site), ` ${dt}, visitor `, h('code', {}, outside(visitor_id.slice(0, 12)))),
    sessionsOf('now', now),
    sessionsOf('then', then),
  );
}

/**
 * @param {string} side
 * @param {ShownPreview['reasons'][number]['examples'][number]['now']} sessions
 */
function sessionsOf(side, sessions) {
  if (sessions.length === 0) return h('p', { class: 'quiet' }, `${side}: no session`);
  return h(
    'ul',
    {},
    sessions.map((session) =>
      h(
        'li',
        {},
        `${side}: ${session.started_at.slice(11, 19)} to ${session.ended_at.slice(11, 19)} UTC, ${plural(session.event_count, 'event')}, `,
        outside(session.channel),
        session.landing_url === null ? null : [', from ', outside(session.landing_url)],
      ),
    ),
  );
}
