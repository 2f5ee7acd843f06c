import { calendar } from './calendar.js';
import { dayPanel } from './day-panel.js';
import { dayAt, dayNumber, unitOf } from './days.js';
import { h, renew } from './dom.js';
import { count, longDay, plural } from './format.js';
import { legend } from './legend.js';
import { overview } from './overview.js';
import { go } from './router.js';
import { fetched } from './store.js';
import { welcome } from './welcome.js';

/** @typedef {import('../site-summary.ts').SiteSummary} SiteSummary */
/** @typedef {import('../site-summary.ts').SiteNumbers} SiteNumbers */

const MOST_LINKS = 12;

/**
 * One site: its calendar, and the day that was chosen beside it.
 *
 * @param {import('./store.js').Store} store
 * @param {string} name
 */
export function siteView(store, name) {
  /** @type {SiteNumbers | null} */
  let numbers = null;
  let asked = -1;
  /** @type {string | null} */
  let chosen = null;

  const panel = dayPanel(name);
  const grid = calendar((unit) => {
    go(`/sites/${name}/${unit}`, { quietly: true });
    show(unit);
  });
  const picker = h('select', { id: 'site', 'aria-label': 'Site' });
  picker.addEventListener('change', () => go(`/sites/${picker.value}`));
  const only = h(
    'select',
    { id: 'only', 'aria-label': 'Show days that are' },
    ['', 'open', 'settling', 'settled', 'reopened', 'stale'].map((state) =>
      h('option', { value: state }, state || 'any state'),
    ),
  );
  only.addEventListener('change', () => update());
  const about = h('p', { class: 'quiet' });
  const links = h('div', {});
  const hint = h(
    'p',
    { class: 'quiet keys' },
    h('kbd', {}, '\u2190\u2191\u2192\u2193'),
    ' days and weeks, ',
    h('kbd', {}, 'PgUp'),
    h('kbd', {}, 'PgDn'),
    ' four weeks, ',
    h('kbd', {}, 'Home'),
    h('kbd', {}, 'End'),
    ' first and last day',
  );
  const full = h(
    'div',
    { class: 'split' },
    h(
      'div',
      { class: 'main' },
      h('div', { class: 'tools' }, only, legend()),
      h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Calendar' }, grid.root),
      hint,
    ),
    panel.root,
    links,
  );
  const empty = welcome(store, name);
  const back = h('a', { href: '#/' }, 'All sites');
  // A lake of one site has no other page to see the whole on.
  const above = overview(store);
  const body = h('div', {});
  const root = h(
    'section',
    { class: 'pad', 'aria-label': `Site ${name}` },
    h('div', { class: 'heading' }, back, h('h1', {}, name), picker, about),
    above.root,
    body,
  );

  /** @param {string} unit */
  const show = (unit) => {
    chosen = unit;
    panel.show(unit, store.sites.get(name)?.version ?? 0);
  };

  const ask = async () => {
    const version = store.sites.get(name)?.version ?? 0;
    if (asked === version) return;
    asked = version;
    try {
      numbers = /** @type {SiteNumbers} */ (await fetched(`sites/${name}`));
    } catch {
      asked = -1;
    }
    update();
  };

  const update = () => {
    const site = store.sites.get(name);
    const alone = (store.pulse?.names ?? []).length === 1;
    back.hidden = alone;
    picker.hidden = alone;
    above.root.hidden = !alone || site?.units === 0;
    above.update();
    renew(picker, (store.pulse?.names ?? []).join(), () =>
      (store.pulse?.names ?? []).map((other) => h('option', { selected: other === name }, other)),
    );
    if (site === undefined) {
      body.replaceChildren(
        h('p', {}, store.pulse === null ? 'Reading the lake\u2026' : 'There is no such site in this lake.'),
      );
      return;
    }
    about.textContent = `${site.time_zone}, days begin at 00:00 ${site.day_offset}: ${plural(site.units, 'day')}, ${plural(site.facts, 'fact')}, ${plural(site.sessions, 'session')}`;
    const shown = site.units === 0 ? empty.root : full;
    if (body.firstChild !== shown) body.replaceChildren(shown);
    if (site.units === 0) return empty.update();
    void ask();
    grid.update(site, numbers, only.value);
    const day = chosen ?? site.last ?? '';
    grid.select(day);
    show(day);
    renew(links, `${site.version}`, () => lookAt(site));
  };
  return {
    root,
    update,
    /** @param {string | undefined} unit */
    goTo(unit) {
      const site = store.sites.get(name);
      const known = unit !== undefined && /^\d{4}-\d\d-\d\d$/.test(unit) && !Number.isNaN(dayNumber(unit));
      chosen = known ? unit : (chosen ?? site?.last ?? null);
      update();
    },
  };
}

/**
 * Links to the days that need a look, the newest first.
 *
 * @param {SiteSummary} site
 */
function lookAt(site) {
  const lists = /** @type {const} */ (['stale', 'reopened']).map((state) => {
    const days = daysThatAre(site, state);
    if (days.length === 0) return null;
    return h(
      'div',
      { class: 'lookat' },
      h('h2', {}, `${count(days.length)} ${state}`),
      h(
        'ul',
        {},
        days
          .slice(0, MOST_LINKS)
          .map((unit) =>
            h('li', {}, h('a', { href: `#/sites/${site.site}/${unit}`, title: longDay(unit) }, unit)),
          ),
      ),
      days.length > MOST_LINKS
        ? h('p', { class: 'quiet' }, `and ${count(days.length - MOST_LINKS)} more`)
        : null,
    );
  });
  return lists;
}

/**
 * @param {SiteSummary} site
 * @param {'stale' | 'reopened'} state
 */
function daysThatAre(site, state) {
  const days = [];
  for (let day = dayNumber(site.last ?? ''); day >= dayNumber(site.first ?? ''); day--) {
    const { phase, stale } = dayAt(site, day);
    if (state === 'stale' ? stale : phase === state) days.push(unitOf(day));
  }
  return days;
}
