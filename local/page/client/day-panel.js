import { MEANING } from './days.js';
import { h, outside } from './dom.js';
import { bytes, count, longDay, moment, plural, utcSpan } from './format.js';
import { fetched } from './store.js';

/** @typedef {import('../day-details.ts').DayDetails} DayDetails */

/** So that a held arrow key doesn't ask for every day it passes, ms. */
const PAUSE_MS = 120;

/**
 * What the lake knows of one day of a site.
 *
 * @param {string} site
 */
export function dayPanel(site) {
  const heading = h('h2', { id: 'day' });
  const body = h('div', { 'aria-live': 'polite' });
  const root = h('aside', { class: 'panel', 'aria-labelledby': 'day' }, heading, body);
  let wanted = '';
  let timer = 0;

  /** @param {string} unit */
  const ask = async (unit) => {
    const asked = wanted;
    let content;
    try {
      content = details(/** @type {DayDetails} */ (await fetched(`sites/${site}/days/${unit}`)));
    } catch (error) {
      const none = String(error).endsWith('404');
      content = [h('p', { class: 'quiet' }, none ? 'No facts on this day.' : 'The lake does not answer.')];
    }
    if (asked === wanted) body.replaceChildren(...content);
  };
  return {
    root,
    /**
     * @param {string} unit
     * @param {number} version of the site's summary
     */
    show(unit, version) {
      const next = `${unit} ${version}`;
      if (next === wanted) return;
      const first = wanted === '';
      wanted = next;
      heading.textContent = longDay(unit);
      clearTimeout(timer);
      timer = window.setTimeout(() => ask(unit), first ? 0 : PAUSE_MS);
    },
  };
}

/** @param {DayDetails} day */
function details(day) {
  const phase = /** @type {keyof typeof MEANING} */ (day.phase);
  return [
    h(
      'p',
      { class: 'chips' },
      h('span', { class: `chip is-${day.phase}` }, day.phase),
      day.stale === null ? null : h('span', { class: 'chip is-stale' }, 'stale'),
    ),
    h(
      'p',
      {},
      `${capital(MEANING[phase])}.`,
      day.stale === null
        ? null
        : h(
            'span',
            { class: 'why' },
            ` Stale: ${day.stale}. `,
            h('code', {}, 'retcon run'),
            ' brings it up to date.',
          ),
    ),
    h(
      'dl',
      {},
      row('Facts', `${count(day.facts.rows)} (${bytes(day.facts.bytes)})`),
      row(
        'Sessions',
        count(day.results.find((result) => result.live && result.dataset === 'sessions')?.rows ?? 0),
      ),
      row('Window', utcSpan(day.from, day.to)),
      row('First arrival', moment(day.first_at)),
      row('Facts changed', moment(day.changed_at)),
      row('Open until', moment(day.open_until)),
      row('Settled from', moment(day.settles_at)),
      row('Came from', plural(day.landing.count, 'landing object')),
    ),
    results(day),
    h('details', {}, h('summary', {}, 'Files and digests'), files(day)),
  ];
}

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * @param {string} name
 * @param {import('./dom.js').Child} value
 */
const row = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));

/** @param {DayDetails} day */
function results(day) {
  if (day.results.length === 0)
    return h('p', { class: 'quiet' }, 'Nothing is computed from these facts yet.');
  return h(
    'table',
    { class: 'plain' },
    h('caption', {}, 'Results'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'Dataset'),
        h('th', { scope: 'col', class: 'n' }, 'Rows'),
        h('th', { scope: 'col', class: 'n' }, 'Size'),
        h('th', { scope: 'col' }, 'Slice'),
      ),
    ),
    h(
      'tbody',
      {},
      day.results.map((result) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, result.dataset),
          h('td', { class: 'n' }, count(result.rows)),
          h('td', { class: 'n' }, bytes(result.bytes)),
          h(
            'td',
            {},
            h('code', { title: result.slice }, result.slice.slice(0, 7)),
            result.live ? h('span', { class: 'chip is-live' }, 'live') : null,
          ),
        ),
      ),
    ),
  );
}

/** @param {DayDetails} day */
function files(day) {
  return h(
    'dl',
    { class: 'files' },
    row('Facts', h('code', {}, outside(day.facts.object))),
    row('Digest', h('code', {}, day.facts.digest)),
    day.results.flatMap((result) =>
      (result.parts ?? []).map((part) =>
        row(`${result.dataset} ${part.dt}`, h('code', {}, outside(part.folder))),
      ),
    ),
    day.landing.newest.map((key) => row('Landing', h('code', {}, outside(key)))),
  );
}
