import { applyCard } from './apply-card.js';
import { h, renew } from './dom.js';
import { tiles } from './tiles.js';

/**
 * What stands above the days: the lake in numbers, and what is being applied.
 *
 * @param {import('./store.js').Store} store
 */
export function overview(store) {
  const numbers = tiles(store);
  const applying = h('div', {});
  return {
    root: h('div', { class: 'overview' }, numbers.root, applying),
    update() {
      numbers.update();
      const progress = store.pulse?.applying ?? [];
      renew(applying, JSON.stringify(progress), () => progress.map(applyCard));
    },
  };
}
