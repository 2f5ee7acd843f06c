import { dayAt, dayNumber, MEANING, unitOf, weekday, weekOf } from './days.js';
import { h } from './dom.js';
import { longDay, plural } from './format.js';

/** @typedef {import('../site-summary.ts').SiteSummary} SiteSummary */
/** @typedef {import('../site-summary.ts').SiteNumbers} SiteNumbers */

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Days that keys move by; PageUp and PageDown by four weeks. */
const STEPS = /** @type {Record<string, number>} */ ({
  ArrowLeft: -7,
  ArrowRight: 7,
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -28,
  PageDown: 28,
});

/**
 * A site's days as a calendar for each year, the newest first: weeks across, weekdays down. One cell can be
 * reached by Tab; arrows, Page Up and Down, Home and End go on from there.
 *
 * @param {(unit: string) => void} choose called when a day is gone to
 */
export function calendar(choose) {
  const root = h('div', { class: 'years' });
  /** @type {Map<number, HTMLTableCellElement>} */
  const cells = new Map();
  let shape = '';
  let range = { first: 0, last: -1 };
  /** @type {number | null} */
  let current = null;

  /**
   * @param {number} day
   * @param {boolean} focus
   */
  const select = (day, focus) => {
    const to = Math.min(range.last, Math.max(range.first, day));
    const before = current === null ? undefined : cells.get(current);
    before?.setAttribute('tabindex', '-1');
    before?.removeAttribute('aria-selected');
    current = to;
    const cell = cells.get(to);
    cell?.setAttribute('tabindex', '0');
    cell?.setAttribute('aria-selected', 'true');
    if (focus) cell?.focus();
    return to;
  };

  root.addEventListener('keydown', (event) => {
    const step = STEPS[event.key];
    const to =
      event.key === 'Home'
        ? range.first
        : event.key === 'End'
          ? range.last
          : step === undefined || current === null
            ? null
            : current + step;
    if (to === null || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choose(unitOf(select(to, true)));
  });
  root.addEventListener('click', (event) => {
    const cell = /** @type {HTMLElement} */ (event.target).closest('td[data-day]');
    if (cell !== null) choose(unitOf(select(Number(cell.getAttribute('data-day')), true)));
  });

  return {
    root,
    /** @param {string} unit */
    select: (unit) => {
      if (cells.size > 0) select(dayNumber(unit), false);
    },
    /**
     * @param {SiteSummary} site
     * @param {SiteNumbers | null} numbers
     * @param {string} only days of other states are dimmed; empty: none
     */
    update(site, numbers, only) {
      if (site.first === null || site.last === null) return;
      range = { first: dayNumber(site.first), last: dayNumber(site.last) };
      const wanted = `${site.site} ${site.first} ${site.last}`;
      if (wanted !== shape) {
        shape = wanted;
        const focused = root.contains(document.activeElement);
        cells.clear();
        root.replaceChildren(...yearsOf(site, cells));
        const again = select(current ?? range.last, false);
        if (focused) cells.get(again)?.focus();
        reveal(cells.get(again));
      }
      for (const [day, cell] of cells) dress(cell, day, site, numbers, only);
    },
  };
}

/**
 * Scrolls sideways until a cell is in view: on a narrow screen the newest days are the ones to begin with.
 *
 * @param {HTMLElement | undefined} cell
 */
function reveal(cell) {
  const frame = cell?.closest('.scroll');
  if (!cell || !frame) return;
  const beyond = cell.getBoundingClientRect().right + 40 - frame.getBoundingClientRect().right;
  if (beyond > 0) frame.scrollLeft += beyond;
}

/**
 * @param {HTMLTableCellElement} cell
 * @param {number} day
 * @param {SiteSummary} site
 * @param {SiteNumbers | null} numbers
 * @param {string} only
 */
function dress(cell, day, site, numbers, only) {
  const { phase, stale, level } = dayAt(site, day);
  const dimmed = only !== '' && !(only === 'stale' ? stale : phase === only);
  const look = `day level-${level} is-${phase}${stale ? ' is-stale' : ''}${dimmed ? ' dim' : ''}`;
  if (cell.className !== look) cell.className = look;
  const unit = unitOf(day);
  const at = numbers?.first ? day - dayNumber(numbers.first) : -1;
  const facts = numbers?.facts[at];
  const words = [longDay(unit), phase === 'none' ? MEANING.none : phase];
  if (stale) words.push('stale');
  if (facts !== undefined && phase !== 'none')
    words.push(plural(facts, 'fact'), plural(numbers?.sessions[at] ?? 0, 'session'));
  const label = words.join(', ');
  if (cell.getAttribute('aria-label') !== label) {
    cell.setAttribute('aria-label', label);
    cell.title = label;
  }
}

/**
 * @param {SiteSummary} site
 * @param {Map<number, HTMLTableCellElement>} cells filled
 */
function yearsOf(site, cells) {
  const [first, last] = [dayNumber(site.first ?? ''), dayNumber(site.last ?? '')];
  const years = [];
  for (let year = Number(site.last?.slice(0, 4)); year >= Number(site.first?.slice(0, 4)); year--) {
    years.push(yearTable(year, first, last, cells));
  }
  return years;
}

/**
 * @param {number} year
 * @param {number} first
 * @param {number} last
 * @param {Map<number, HTMLTableCellElement>} cells
 */
function yearTable(year, first, last, cells) {
  const [from, to] = [dayNumber(`${year}-01-01`), dayNumber(`${year}-12-31`)];
  const weeks = (weekOf(to) - weekOf(from)) / 7 + 1;
  const rows = WEEKDAYS.map((name, row) => {
    const days = [];
    for (let week = 0; week < weeks; week++) {
      const day = weekOf(from) + week * 7 + row;
      const inside = day >= Math.max(from, first) && day <= Math.min(to, last);
      const look = day >= from && day <= to ? 'void' : null;
      const cell = h('td', inside ? { 'data-day': day, tabindex: '-1' } : { class: look });
      if (inside) cells.set(day, cell);
      days.push(cell);
    }
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, row % 2 === 0 ? name : h('span', { class: 'unseen' }, name)),
      days,
    );
  });
  return h(
    'table',
    { class: 'year', role: 'grid', 'aria-label': `Days of ${year}` },
    h('caption', {}, String(year)),
    h('thead', {}, monthRow(year, from, weeks)),
    h('tbody', {}, rows),
  );
}

/**
 * Names of months, each over the weeks that begin in it.
 *
 * @param {number} year
 * @param {number} from
 * @param {number} weeks
 */
function monthRow(year, from, weeks) {
  const starts = MONTHS.map((_, month) => {
    const day = dayNumber(`${year}-${String(month + 1).padStart(2, '0')}-01`);
    return (weekOf(day) - weekOf(from)) / 7 + (weekday(day) === 0 || month === 0 ? 0 : 1);
  });
  const names = MONTHS.map((name, month) => {
    const span = (starts[month + 1] ?? weeks) - (starts[month] ?? 0);
    return h('th', { scope: 'colgroup', colspan: span }, name);
  });
  return h('tr', {}, h('td', {}), names);
}
