import { h, outside } from './dom.js';
import { count, dollars, duration, moment, plural } from './format.js';

/** @typedef {import('../../status/applying.ts').ApplyProgress} ApplyProgress */

/** @param {ApplyProgress} progress */
export const doneOf = (progress) => progress.reused + progress.computed;

/**
 * A proposal on its way: how far, how fast, how long still.
 *
 * @param {ApplyProgress} progress
 */
export function applyCard(progress) {
  const { changes, wanted, reused, computed, rate, sites, marts, datasets } = progress;
  const done = Math.min(wanted, doneOf(progress));
  const share = wanted === 0 ? 1 : done / wanted;
  const left = wanted - done;
  const pace =
    left === 0
      ? lastSteps(progress)
      : rate === null
        ? 'measuring the pace'
        : `${count(Math.max(1, Math.round(rate)))} a second, ${duration(left / rate)} left`;
  const label = `Applying ${changes[0] ?? progress.id}`;
  return h(
    'article',
    { class: 'apply' },
    h('h2', {}, 'Being applied: ', outside(changes.join('; ') || progress.id)),
    h(
      'p',
      { class: 'quiet' },
      'started ',
      moment(progress.at),
      ' by ',
      outside(progress.who),
      progress.why === '' ? null : [': ', outside(progress.why)],
    ),
    h('progress', { max: 1, value: share, 'aria-label': label }, `${Math.floor(share * 100)}%`),
    h(
      'p',
      {},
      h('strong', {}, `${Math.floor(share * 100)}%`),
      ` ${count(done)} of ${plural(wanted, 'result')}, ${pace}`,
    ),
    h(
      'p',
      { class: 'quiet' },
      `${count(computed)} computed, ${count(reused)} reused; ${count(sites.whole)} of ${plural(sites.all, 'site')} whole; ${count(marts.built)} of ${plural(marts.all, 'mart')} built; ${dollars(progress.usd)} so far`,
      progress.max_cost === null ? null : `; at most $${progress.max_cost}`,
    ),
    h(
      'details',
      { id: `apply-${progress.id}` },
      h('summary', {}, 'By dataset'),
      h(
        'dl',
        { class: 'files' },
        datasets.map(({ dataset, wanted: all, done: some }) =>
          h('div', {}, h('dt', {}, dataset), h('dd', {}, `${count(some)} of ${count(all)}`)),
        ),
      ),
    ),
  );
}

/** @param {ApplyProgress} progress */
function lastSteps({ sites, marts }) {
  if (sites.whole < sites.all) return 'sites are being put together';
  return marts.built < marts.all ? 'marts are being built and tested' : 'about to be released';
}
