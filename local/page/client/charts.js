import { h, outside, svg } from './dom.js';
import { count, short, signed } from './format.js';

/** @typedef {{ now: number, then: number }} Sides */

const W = 760;
const H = 190;
const LEFT = 52;
const BOTTOM = 22;
const TOP = 10;

/**
 * Values of two definitions over days, as two lines.
 *
 * @param {{ dt: string, now: number, next: number }[]} days
 */
export function daysChart(days) {
  const most = niceMost(Math.max(1, ...days.flatMap(({ now, next }) => [now, next])));
  /** @param {number} i */
  const x = (i) => LEFT + (days.length < 2 ? 0.5 : i / (days.length - 1)) * (W - LEFT - 10);
  const y = scaleY(most);
  /** @param {'now' | 'next'} side */
  const line = (side) =>
    days.map((day, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(day[side]).toFixed(1)}`).join('');
  const marks = [0, Math.floor((days.length - 1) / 2), days.length - 1].filter(
    (at, i, all) => at >= 0 && all.indexOf(at) === i,
  );
  const [first, last] = [days[0]?.dt ?? '', days.at(-1)?.dt ?? ''];
  return h(
    'figure',
    { class: 'chart' },
    h('figcaption', {}, 'Sessions by day'),
    keyOf(),
    svg(
      'svg',
      {
        viewBox: `0 0 ${W} ${H}`,
        role: 'img',
        'aria-label': `Sessions by day from ${first} to ${last}, now and under the proposal; the numbers stand in the table of totals`,
      },
      gridOf(most, y),
      svg('path', { d: line('now'), class: 'line now' }),
      svg('path', { d: line('next'), class: 'line then' }),
      days.length === 1
        ? [
            svg('circle', { cx: x(0), cy: y(days[0]?.now ?? 0), r: 4, class: 'dot now' }),
            svg('circle', { cx: x(0), cy: y(days[0]?.next ?? 0), r: 3, class: 'dot then' }),
          ]
        : null,
      marks.map((at, i) =>
        svg(
          'text',
          {
            x: x(at),
            y: H - 4,
            'text-anchor':
              days.length === 1
                ? 'middle'
                : (['start', 'middle', 'end'][i === marks.length - 1 ? 2 : i] ?? 'middle'),
          },
          days[at]?.dt ?? '',
        ),
      ),
    ),
  );
}

/**
 * Sessions as a function of the timeout, with the two timeouts marked.
 *
 * @param {{ inactivity_ms: number, sessions: number }[]} curve
 * @param {Sides | null} marked
 */
export function curveChart(curve, marked) {
  const logs = curve.map((point) => Math.log(point.inactivity_ms));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const most = niceMost(Math.max(1, ...curve.map((point) => point.sessions)));
  /** @param {number} ms */
  const x = (ms) => LEFT + ((Math.log(ms) - low) / (high - low || 1)) * (W - LEFT - 10);
  const y = scaleY(most);
  const sides = /** @type {const} */ (['now', 'then']);
  return h(
    'figure',
    { class: 'chart' },
    h('figcaption', {}, 'Sessions by timeout'),
    svg(
      'svg',
      {
        viewBox: `0 0 ${W} ${H}`,
        role: 'img',
        'aria-label': `Sessions by timeout: ${curve.map((point) => `${timeout(point.inactivity_ms)} ${count(point.sessions)}`).join(', ')}`,
      },
      gridOf(most, y),
      marked === null
        ? null
        : sides.map((side) =>
            svg('line', {
              x1: x(marked[side]),
              x2: x(marked[side]),
              y1: TOP,
              y2: H - BOTTOM,
              class: `mark ${side}`,
            }),
          ),
      svg('path', {
        d: curve
          .map(
            (point, i) =>
              `${i === 0 ? 'M' : 'L'}${x(point.inactivity_ms).toFixed(1)} ${y(point.sessions).toFixed(1)}`,
          )
          .join(''),
        class: 'line plain',
      }),
      curve.map((point) =>
        svg(
          'circle',
          { cx: x(point.inactivity_ms), cy: y(point.sessions), r: 3, class: 'dot plain' },
          svg('title', {}, `${timeout(point.inactivity_ms)}: ${count(point.sessions)}`),
        ),
      ),
      curve
        .filter((_, i) => curve.length <= 7 || (curve.length - 1 - i) % 2 === 0)
        .map((point) =>
          svg(
            'text',
            { x: Math.min(x(point.inactivity_ms), W - 22), y: H - 4, 'text-anchor': 'middle' },
            timeout(point.inactivity_ms),
          ),
        ),
    ),
  );
}

/**
 * Two numbers a name, as bars under each other, the largest change first.
 *
 * @param {string} title
 * @param {{ name: string, now: number, next: number }[]} rows
 * @param {{ bars: boolean }} [options] false where the numbers are of different kinds
 */
export function barsTable(title, rows, options = { bars: true }) {
  const most = Math.max(1, ...rows.flatMap(({ now, next }) => [now, next]));
  /**
   * @param {number} value
   * @param {string} side
   */
  const bar = (value, side) => {
    const fill = h('span', { class: side });
    fill.style.width = `${(100 * value) / most}%`;
    return fill;
  };
  return h(
    'div',
    { class: 'scroll' },
    h(
      'table',
      { class: 'plain bars' },
      h('caption', {}, title),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['', 'Now', 'Proposed', 'Change', ''].map((name, i) =>
            name === '' ? h('td') : h('th', { scope: 'col', class: i > 0 ? 'n' : null }, name),
          ),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map(({ name, now, next }) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, outside(name)),
            h('td', { class: 'n' }, count(now)),
            h('td', { class: 'n' }, count(next)),
            h('td', { class: 'n' }, signed(next - now)),
            h(
              'td',
              { class: 'pair', 'aria-hidden': 'true' },
              options.bars && [bar(now, 'now'), bar(next, 'then')],
            ),
          ),
        ),
      ),
    ),
  );
}

/** @param {number} ms */
export function timeout(ms) {
  const minutes = ms / 60_000;
  if (minutes < 1) return `${ms / 1000} s`;
  return minutes < 60 ? `${Number(minutes.toFixed(1))} min` : `${Number((minutes / 60).toFixed(1))} h`;
}

function keyOf() {
  return h('p', { class: 'key' }, h('i', { class: 'now' }), 'now ', h('i', { class: 'then' }), 'proposed');
}

/** @param {number} most */
const scaleY = (most) => (/** @type {number} */ value) => TOP + (1 - value / most) * (H - TOP - BOTTOM);

/**
 * @param {number} most
 * @param {(value: number) => number} y
 */
function gridOf(most, y) {
  return [0, most / 2, most].map((value) =>
    svg(
      'g',
      { class: 'grid' },
      svg('line', { x1: LEFT, x2: W - 10, y1: y(value), y2: y(value) }),
      svg('text', { x: LEFT - 8, y: y(value) + 4, 'text-anchor': 'end' }, short(value)),
    ),
  );
}

/** @param {number} most the next number that reads well on an axis */
function niceMost(most) {
  const ten = 10 ** Math.floor(Math.log10(most));
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((step) => step * ten >= most) ?? 10) * ten;
}
