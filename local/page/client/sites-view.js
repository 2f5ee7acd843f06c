import { PHASES, unitOf } from './days.js';
import { h } from './dom.js';
import { count, short } from './format.js';
import { legend } from './legend.js';
import { overview } from './overview.js';
import { go } from './router.js';
import { scaleFor, stripAxis, stripCanvas } from './strip.js';
import { onTheme } from './theme.js';

/** @typedef {import('../site-summary.ts').SiteSummary} SiteSummary */

const STATES = ['any state', ...PHASES, 'stale'];
/** Room that the columns beside the picture need, px. */
const BESIDE = { wide: 575, narrow: 40 };

/**
 * All sites at a glance: a picture of each one's days, and its numbers.
 *
 * @param {import('./store.js').Store} store
 */
export function sitesView(store) {
  /** @type {Map<string, ReturnType<typeof siteRow>>} */
  const rows = new Map();
  const above = overview(store);
  const filter = h('input', {
    id: 'filter',
    type: 'search',
    placeholder: 'Filter sites',
    'aria-label': 'Filter sites',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const state = h(
    'select',
    { id: 'state', 'aria-label': 'Sites with days that are' },
    STATES.map((name) => h('option', {}, name)),
  );
  const found = h('span', { class: 'quiet', role: 'status' });
  const axis = h('div', {});
  const body = h('tbody');
  const table = h(
    'table',
    { class: 'sites' },
    h('caption', { class: 'unseen' }, 'Sites: their days, facts, sessions and states'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'Site'),
        h('th', { scope: 'col', class: 'wide' }, h('span', { class: 'unseen' }, 'Days'), axis),
        h('th', { scope: 'col', class: 'n' }, 'Facts'),
        h('th', { scope: 'col', class: 'n' }, 'Sessions'),
        h('th', { scope: 'col', class: 'n' }, 'Days'),
        h('th', { scope: 'col' }, 'Look at'),
      ),
    ),
    body,
  );
  const root = h(
    'section',
    { class: 'pad', 'aria-label': 'All sites' },
    h('h1', { class: 'unseen' }, 'All sites'),
    above.root,
    h('div', { class: 'tools' }, filter, state, found, legend()),
    h('div', { class: 'scroll' }, table),
  );

  let drawn = '';
  /** @param {boolean} [repaint] */
  const update = (repaint = false) => {
    above.update();
    const summaries = store.summaries;
    const wanted = filter.value.trim().toLowerCase();
    const chosen = summaries.filter((site) => site.site.includes(wanted) && inState(site, state.value));
    found.textContent =
      chosen.length === summaries.length ? '' : `${count(chosen.length)} of ${count(summaries.length)} sites`;
    const narrow = window.innerWidth < 900;
    const room = Math.min(window.innerWidth, 1540) - (narrow ? BESIDE.narrow : BESIDE.wide);
    const scale = scaleFor(summaries, room);
    const sign = JSON.stringify(scale);
    if (sign !== drawn) axis.replaceChildren(stripAxis(scale));
    const order = chosen.map((site) => {
      const row = rows.get(site.site) ?? siteRow(site.site);
      rows.set(site.site, row);
      row.update(site, scale, repaint || sign !== drawn);
      return row.root;
    });
    drawn = sign;
    if (order.length !== body.children.length || order.some((row, i) => row !== body.children[i]))
      body.replaceChildren(...order);
  };
  filter.addEventListener('input', () => update());
  state.addEventListener('change', () => update());
  window.addEventListener('resize', () => root.isConnected && update());
  onTheme(() => root.isConnected && update(true));
  return { root, update: () => update() };
}

/**
 * @param {SiteSummary} site
 * @param {string} state
 */
function inState(site, state) {
  if (state === 'stale') return site.stale > 0;
  const phase = PHASES.find((name) => name === state);
  return phase === undefined || site.phases[phase] > 0;
}

/** @param {string} name */
function siteRow(name) {
  const strip = stripCanvas((day) => go(`/sites/${name}/${unitOf(day)}`));
  const cells = {
    facts: h('td', { class: 'n' }),
    sessions: h('td', { class: 'n' }),
    units: h('td', { class: 'n' }),
    look: h('td', { class: 'look' }),
  };
  const root = h(
    'tr',
    {},
    h('th', { scope: 'row' }, h('a', { href: `#/sites/${name}` }, name)),
    h('td', { class: 'wide' }, strip.canvas),
    cells.facts,
    cells.sessions,
    cells.units,
    cells.look,
  );
  let version = -1;
  return {
    root,
    /**
     * @param {SiteSummary} site
     * @param {import('./strip.js').Scale} scale
     * @param {boolean} repaint
     */
    update(site, scale, repaint) {
      if (version === site.version && !repaint) return;
      version = site.version;
      strip.draw(site, scale);
      cells.facts.textContent = short(site.facts);
      cells.facts.title = count(site.facts);
      cells.sessions.textContent = short(site.sessions);
      cells.sessions.title = count(site.sessions);
      cells.units.textContent = count(site.units);
      cells.look.replaceChildren(...chips(site));
    },
  };
}

/** @param {SiteSummary} site */
export function chips(site) {
  const { open, settling, reopened } = site.phases;
  /** @type {[string, number][]} */
  const states = [
    ['stale', site.stale],
    ['reopened', reopened],
    ['settling', settling],
    ['open', open],
  ];
  return states
    .filter(([, n]) => n > 0)
    .map(([state, n]) => h('span', { class: `chip is-${state}` }, `${count(n)} ${state}`));
}
