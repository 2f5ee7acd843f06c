import { applyCard } from './apply-card.js';
import { h, outside, renew } from './dom.js';
import { count, fullMoment, moment, plural } from './format.js';
import { previewOf } from './preview.js';
import { fetched } from './store.js';

/** @typedef {import('../changes.ts').Changes} Changes */
/** @typedef {import('../changes.ts').ShownRelease} ShownRelease */
/** @typedef {import('../changes.ts').ShownProposal} ShownProposal */

const EVERY_MS = 5000;

/**
 * The history of releases - who changed what, when and why - with what is being applied and what was proposed
 * above it.
 *
 * @param {import('./store.js').Store} store
 */
export function changesView(store) {
  const applying = h('div', {});
  const proposed = h('div', {});
  const list = h('ol', { class: 'timeline' });
  const root = h(
    'section',
    { class: 'pad', 'aria-labelledby': 'changes' },
    h('h1', { id: 'changes' }, 'Changes'),
    applying,
    proposed,
    h('h2', {}, 'Releases'),
    list,
  );
  let known = /** @type {Changes} */ ({ releases: [], proposals: [] });
  let asked = Number.NEGATIVE_INFINITY;
  let sign = '';
  return {
    root,
    async update() {
      const now = store.pulse?.applying ?? [];
      renew(applying, JSON.stringify(now), () => now.map(applyCard));
      const next = `${store.pulse?.release?.release} ${now.length}`;
      if (next === sign && performance.now() - asked < EVERY_MS) return;
      sign = next;
      asked = performance.now();
      known = /** @type {Changes} */ (await fetched('changes').catch(() => known));
      const minute = Math.floor(Date.now() / 60_000);
      const { releases, proposals } = known;
      const waiting = proposals.filter(({ id }) => !now.some((one) => one.id === id));
      renew(proposed, JSON.stringify([waiting, minute]), () =>
        waiting.length === 0 ? [] : [h('h2', {}, 'Proposals'), waiting.map(proposalCard)],
      );
      renew(list, JSON.stringify([releases, minute]), () =>
        releases.map((release, i) => releaseCard(release, releases[i + 1] ?? null, i === 0)),
      );
    },
  };
}

/** @param {ShownProposal} proposal */
function proposalCard({ id, at, who, why, changes, base, outcome, previewed }) {
  const state =
    outcome === null
      ? h('span', { class: 'chip' }, 'only looked at')
      : h('span', { class: 'chip is-stale' }, outcome.is);
  return h(
    'article',
    { class: 'apply' },
    h('h3', {}, outside(changes.join('; ') || id), ' ', state),
    h(
      'p',
      { class: 'quiet' },
      moment(at),
      ' by ',
      outside(who),
      `, against release ${base}`,
      why === '' ? null : [': ', outside(why)],
    ),
    outcome !== null && 'why' in outcome ? h('p', { class: 'why' }, outside(outcome.why)) : null,
    previewed ? previewOf(id) : null,
  );
}

/**
 * @param {ShownRelease} release
 * @param {ShownRelease | null} before
 * @param {boolean} current
 */
function releaseCard(release, before, current) {
  const moved =
    before === null
      ? []
      : Object.keys(release.slices).filter((table) => release.slices[table] !== before.slices[table]);
  return h(
    'li',
    { class: current ? 'current' : null },
    h(
      'h3',
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
      'p',
      { class: 'quiet' },
      release.sessions === null
        ? 'Its results are no longer kept whole.'
        : numbers(release.sessions, before?.sessions ?? null),
    ),
    release.proposal !== undefined && release.previewed ? previewOf(release.proposal) : null,
    h(
      'details',
      { id: `slices-${release.release}` },
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
 * @param {number} sessions
 * @param {number | null} before
 */
function numbers(sessions, before) {
  if (before === null) return `${count(sessions)} sessions`;
  if (sessions === before) return `${count(sessions)} sessions, as many as the release before`;
  const share =
    before === 0
      ? ''
      : ` (${sessions >= before ? '+' : '\u2212'}${((100 * Math.abs(sessions - before)) / before).toFixed(1)}%)`;
  return `${count(sessions)} sessions where the release before has ${count(before)}${share}`;
}

/**
 * @param {ShownRelease} release
 * @param {ShownRelease | null} before
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
