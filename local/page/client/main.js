import { bar } from './bar.js';
import { changesView } from './changes-view.js';
import { h } from './dom.js';
import { rejectedView } from './rejected-view.js';
import { place } from './router.js';
import { siteView } from './site-view.js';
import { sitesView } from './sites-view.js';
import { Store } from './store.js';
import { noSites } from './welcome.js';
import { workView } from './work-view.js';

/** @typedef {{ root: Element, update(): unknown }} View */

const first = JSON.parse(document.getElementById('data')?.textContent || 'null');
const store = new Store(first);
const main = /** @type {HTMLElement} */ (document.getElementById('main'));
const updateBar = bar(/** @type {Element} */ (document.getElementById('bar')), store);

/** @type {Map<string, View>} */
const views = new Map();
/** @type {View | null} */
let view = null;

/**
 * A view that was made before comes back as it was left.
 *
 * @template {View} V
 * @param {string} name
 * @param {() => V} make
 * @returns {V}
 */
function once(name, make) {
  const made = /** @type {V | undefined} */ (views.get(name)) ?? make();
  views.set(name, made);
  return made;
}

/** The view of the place that the address names. */
function viewHere() {
  const [what, site, unit] = place();
  if (what === 'changes') return once('changes', () => changesView(store));
  if (what === 'rejected') return once('rejected', rejectedView);
  if (what === 'work') return once('work', () => workView(store));
  const names = store.pulse?.names ?? [];
  const alone = what === undefined && names.length === 1 ? names[0] : undefined;
  const name = what === 'sites' ? site : alone;
  if (name !== undefined) {
    const made = once(`site ${name}`, () => siteView(store, name));
    made.goTo(unit);
    return made;
  }
  if (store.pulse !== null && names.length === 0)
    return once('none', () => ({ root: noSites(), update() {} }));
  return once('sites', () => sitesView(store));
}

function show() {
  const next = store.pulse === null ? null : viewHere();
  if (next !== view && next !== null) {
    const moved = view !== null;
    view = next;
    main.replaceChildren(next.root);
    if (moved) window.scrollTo(0, 0);
    document.title = titled();
  }
  updateBar();
  view?.update();
}

function titled() {
  const [what, site] = place();
  return ['Retcon', what === 'sites' ? site : what].filter(Boolean).reverse().join(' \u00b7 ');
}

window.addEventListener('hashchange', () => {
  show();
  if (!main.contains(document.activeElement) && place()[0] !== 'sites') main.focus({ preventScroll: true });
});
store.onChange(show);
show();
if (store.pulse !== null) performance.mark('shown');
if (store.pulse === null) main.replaceChildren(h('p', { class: 'quiet pad' }, 'Reading the lake\u2026'));
store.start();
