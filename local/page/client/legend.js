import { MEANING } from './days.js';
import { h } from './dom.js';

/** What colours and marks of days mean. */
export function legend() {
  const volume = h(
    'li',
    {},
    'few facts ',
    [1, 2, 3, 4, 5].map((level) => h('i', { class: `day level-${level}` })),
    ' many',
  );
  const states = /** @type {const} */ (['open', 'settling', 'reopened', 'stale']).map((state) =>
    h('li', { title: MEANING[state] }, h('i', { class: `day level-2 is-${state}` }), state),
  );
  return h('ul', { class: 'legend', 'aria-label': 'Legend' }, volume, states);
}
