import { h, outside, renew } from './dom.js';
import { fullMoment, moment, plural } from './format.js';
import { fetched } from './store.js';

/** @typedef {import('../../../shared/lake/releases.ts').Release} Release */

/**
 * The history of releases: who changed what, when and why.
 *
 * @param {import('./store.js').Store} store
 */
export function changesView(store) {
  const list = h('ol', { class: 'timeline' });
  const root = h(
    'section',
    { class: 'pad', 'aria-labelledby': 'changes' },
    h('h1', { id: 'changes' }, 'Changes'),
    list,
  );
  /** @type {Release[]} */
  let releases = [];
  let asked = 0;
  return {
    root,
    async update() {
      const live = store.pulse?.release?.release ?? 0;
      if (live !== asked) {
        asked = live;
        releases = /** @type {Release[]} */ (await fetched('releases').catch(() => releases));
      }
      const minute = Math.floor(Date.now() / 60_000);
      renew(list, JSON.stringify([releases, minute]), () =>
        releases.map((release, i) => card(release, releases[i + 1] ?? null, i === 0)),
      );
    },
  };
}

/**
 * @param {Release} release
 * @param {Release | null} before
 * @param {boolean} current
 */
function card(release, before, current) {
  const moved =
    before === null
      ? []
      : Object.keys(release.slices).filter((table) => release.slices[table] !== before.slices[table]);
  return h(
    'li',
    { class: current ? 'current' : null },
    h(
      'h2',
      {},
      `Release ${release.release}`,
      current ? h('span', { class: 'chip is-live' }, 'current') : null,
    ),
    h(
      'p',
      { class: 'quiet' },
      fullMoment(release.at),
      ', ',
      moment(release.at),
      ', by ',
      outside(release.who),
    ),
    h('p', {}, outside(release.why)),
    h(
      'ul',
      {},
      release.changes.map((change) => h('li', {}, outside(change))),
    ),
    h(
      'details',
      {},
      h(
        'summary',
        {},
        before === null
          ? plural(Object.keys(release.slices).length, 'table')
          : `${plural(moved.length, 'table')} moved`,
      ),
      slices(release, before),
    ),
  );
}

/**
 * @param {Release} release
 * @param {Release | null} before
 */
function slices(release, before) {
  return h(
    'dl',
    { class: 'files' },
    h('div', {}, h('dt', {}, 'definition'), h('dd', {}, h('code', {}, release.definition))),
    Object.entries(release.slices).map(([table, slice]) =>
      h(
        'div',
        {},
        h('dt', {}, outside(table)),
        h(
          'dd',
          {},
          h('code', {}, slice),
          before !== null && before.slices[table] !== slice
            ? h('span', { class: 'chip is-reopened' }, 'moved')
            : null,
        ),
      ),
    ),
  );
}
