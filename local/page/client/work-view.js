import { MEANING } from './days.js';
import { h, outside, renew } from './dom.js';
import { count, moment } from './format.js';

/** What each queue's function does, in the order in which an event passes them. */
const DOES = /** @type {Record<string, string>} */ ({
  ingest: 'writes what the collector took as landing objects',
  compact: 'sorts landed events into the facts of their days',
  sessionize: 'finds sessions where facts moved',
  work: 'computes the days of a large change',
  publish: 'shows results: catalog, marts, release',
});

/**
 * What waits, what gave up, and the marts.
 *
 * @param {import('./store.js').Store} store
 */
export function workView(store) {
  const queues = h('ol', { class: 'flow' });
  const aside = h('div', {});
  const stale = h('div', {});
  const marts = h('div', {});
  const root = h(
    'section',
    { class: 'pad', 'aria-labelledby': 'work' },
    h('h1', { id: 'work' }, 'Work'),
    queues,
    aside,
    stale,
    h('h2', {}, 'Marts'),
    marts,
  );
  return {
    root,
    update() {
      const pulse = store.pulse;
      if (pulse === null) return;
      renew(queues, JSON.stringify(pulse.queues), () => pulse.queues.map(stage));
      const gaveUp = pulse.queues.filter((queue) => queue.gave_up > 0);
      renew(aside, JSON.stringify(gaveUp), () =>
        gaveUp.length === 0
          ? []
          : [
              h(
                'p',
                { class: 'notice is-stale' },
                h('strong', {}, 'Messages gave up. '),
                `What failed five times lies in ${gaveUp.map(({ queue }) => `${queue}-dlq`).join(', ')}; `,
                h('code', {}, 'retcon run --redrive'),
                ' tries it again. The log of ',
                h('code', {}, 'retcon dev'),
                ' says what went wrong.',
              ),
            ],
      );
      const late = store.summaries.filter((site) => site.stale > 0);
      renew(stale, JSON.stringify(late.map((site) => [site.site, site.stale])), () =>
        late.length === 0 ? [] : [staleSites(late)],
      );
      const tick = Math.floor(Date.now() / 10_000);
      renew(marts, JSON.stringify([pulse.marts, tick]), () => [
        pulse.marts.length === 0
          ? h('p', { class: 'quiet' }, 'The live release has no marts.')
          : martTable(pulse.marts),
      ]);
    },
  };
}

/** @param {import('../../status/queues.ts').QueueDepth} queue */
function stage({ queue, waiting, in_work, gave_up }) {
  return h(
    'li',
    { class: waiting + in_work > 0 ? 'busy' : null },
    h('h2', {}, queue),
    h('p', { class: 'quiet' }, DOES[queue] ?? ''),
    h(
      'dl',
      {},
      h('div', {}, h('dt', {}, 'waiting'), h('dd', {}, count(waiting))),
      h('div', {}, h('dt', {}, 'in work'), h('dd', {}, count(in_work))),
      h('div', { class: gave_up > 0 ? 'bad' : null }, h('dt', {}, 'gave up'), h('dd', {}, count(gave_up))),
    ),
  );
}

/** @param {import('../site-summary.ts').SiteSummary[]} sites */
function staleSites(sites) {
  return h(
    'div',
    { class: 'lookat' },
    h('h2', {}, 'Stale days'),
    h(
      'p',
      { class: 'quiet' },
      `Days that are ${MEANING.stale}: their work waits, or was lost; `,
      h('code', {}, 'retcon run'),
      ' does it.',
    ),
    h(
      'ul',
      {},
      sites.map((site) =>
        h('li', {}, h('a', { href: `#/sites/${site.site}` }, site.site), ` ${count(site.stale)}`),
      ),
    ),
  );
}

/** @param {import('../../status/marts.ts').MartStatus[]} marts */
function martTable(marts) {
  return h(
    'table',
    { class: 'plain marts' },
    h('caption', { class: 'unseen' }, 'Marts of the live release'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'Mart'),
        h('th', { scope: 'col' }, 'State'),
        h('th', { scope: 'col' }, 'Last tried'),
      ),
    ),
    h(
      'tbody',
      {},
      marts.map(({ mart, at, error }) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, h('code', {}, mart)),
          h(
            'td',
            {},
            error !== null
              ? [
                  h('span', { class: 'chip is-stale' }, 'failed'),
                  ' ',
                  h('span', { class: 'why' }, outside(error)),
                ]
              : at === null
                ? h('span', { class: 'quiet' }, 'not built yet')
                : h('span', { class: 'chip is-live' }, 'up to date'),
          ),
          h('td', {}, at === null ? '\u2013' : moment(at)),
        ),
      ),
    ),
  );
}
