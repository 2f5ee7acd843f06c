import { h, outside, renew } from './dom.js';
import { ago, count } from './format.js';
import { place } from './router.js';

const PLACES = /** @type {const} */ ([
  ['', 'Days'],
  ['changes', 'Changes'],
  ['rejected', 'Rejected'],
  ['work', 'Work'],
]);

/**
 * The bar on top: where one can go, what people see now, and whether this page is live.
 *
 * @param {Element} root
 * @param {import('./store.js').Store} store
 */
export function bar(root, store) {
  const release = h('a', { href: '#/changes', class: 'release' });
  const live = h('span', { class: 'live', role: 'status' });
  const links = PLACES.map(([path, name]) => ({
    path,
    link: h('a', { href: `#/${path}` }, name, h('span', { class: 'badge' })),
  }));
  root.append(
    h('a', { href: '#/', class: 'brand', 'aria-label': 'Retcon, all sites' }, 'Retcon'),
    h(
      'nav',
      { 'aria-label': 'Pages' },
      links.map(({ link }) => link),
    ),
    h('span', { class: 'room' }),
    release,
    live,
  );
  return () => {
    const [first = ''] = place();
    for (const { path, link } of links) {
      const here = path === (first === 'sites' ? '' : first);
      if (here) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
      const badge = path === 'work' ? waits(store) : '';
      const shown = /** @type {HTMLElement} */ (link.querySelector('.badge'));
      if (shown.textContent !== badge) shown.textContent = badge;
    }
    const now = store.pulse?.release ?? null;
    const when = now === null ? '' : ago(Date.parse(now.at));
    renew(release, JSON.stringify([now, when]), () =>
      now === null
        ? ['no release yet']
        : [h('strong', {}, `Release ${now.release}`), ` ${when} by `, outside(now.who)],
    );
    const state = store.failing ? 'The lake does not answer' : store.pulse === null ? 'Reading' : 'Live';
    if (live.textContent !== state) live.textContent = state;
    live.classList.toggle('failing', store.failing);
  };
}

/** @param {import('./store.js').Store} store */
function waits(store) {
  const waiting = (store.pulse?.queues ?? []).reduce(
    (sum, queue) => sum + queue.waiting + queue.in_work + queue.gave_up,
    0,
  );
  return waiting === 0 ? '' : count(waiting);
}
