import { dayAt, dayNumber, weekday, weekOf } from './days.js';
import { h } from './dom.js';
import { colours } from './theme.js';

/** @typedef {import('../site-summary.ts').SiteSummary} SiteSummary */
/** @typedef {{ from: number, weeks: number, cell: number, height: number }} Scale weeks from the Monday `from`, px */

const LEAST_WEEKS = 26;
const CELL = { least: 4, most: 14 };
const ROW = 4;

/**
 * How weeks lie in so many px: all of history when it fits, else the newest part of it.
 *
 * @param {SiteSummary[]} sites
 * @param {number} width
 * @returns {Scale}
 */
export function scaleFor(sites, width) {
  const firsts = sites.flatMap(({ first }) => (first === null ? [] : [dayNumber(first)]));
  const lasts = sites.flatMap(({ last }) => (last === null ? [] : [dayNumber(last)]));
  const today = Math.floor(Date.now() / 86_400_000);
  const end = weekOf(lasts.length > 0 ? Math.max(...lasts) : today);
  const wanted = firsts.length > 0 ? (end - weekOf(Math.min(...firsts))) / 7 + 1 : 1;
  const weeks = Math.min(
    Math.max(wanted, LEAST_WEEKS),
    Math.max(LEAST_WEEKS, Math.floor(width / CELL.least)),
  );
  const cell = Math.min(CELL.most, Math.max(CELL.least, Math.floor(width / weeks)));
  return { from: end - (weeks - 1) * 7, weeks, cell, height: ROW * 7 };
}

/**
 * A site's history as a picture, weeks by weekdays. The words beside it say the same in numbers; its own
 * page says it day by day.
 *
 * @param {(day: number) => void} open called with the day that was clicked
 */
export function stripCanvas(open) {
  const canvas = h('canvas', { class: 'strip', role: 'img' });
  /** @type {Scale | null} */
  let scale = null;
  /** @type {SiteSummary | null} */
  let shown = null;
  /** @param {MouseEvent} event */
  const dayUnder = (event) => {
    if (scale === null) return null;
    const week = Math.floor(event.offsetX / scale.cell);
    return scale.from + week * 7 + Math.min(6, Math.floor(event.offsetY / ROW));
  };
  canvas.addEventListener('mousemove', (event) => {
    const day = dayUnder(event);
    if (day === null || shown === null) return;
    const { phase, stale } = dayAt(shown, day);
    const name = new Date(day * 86_400_000).toISOString().slice(0, 10);
    canvas.title = phase === 'none' ? `${name}: no facts` : `${name}: ${phase}${stale ? ', stale' : ''}`;
  });
  canvas.addEventListener('click', (event) => {
    const day = dayUnder(event);
    if (day !== null && shown !== null && dayAt(shown, day).phase !== 'none') open(day);
  });
  return {
    canvas,
    /**
     * @param {SiteSummary} site
     * @param {Scale} to
     */
    draw(site, to) {
      scale = to;
      shown = site;
      canvas.setAttribute('aria-label', inWords(site));
      paint(canvas, site, to);
    },
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {SiteSummary} site
 * @param {Scale} scale
 */
function paint(canvas, site, scale) {
  const ratio = window.devicePixelRatio || 1;
  const width = scale.weeks * scale.cell;
  canvas.width = width * ratio;
  canvas.height = scale.height * ratio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${scale.height}px`;
  const brush = canvas.getContext('2d');
  if (brush === null) return;
  brush.scale(ratio, ratio);
  const palette = colours();
  const first = site.first === null ? 0 : dayNumber(site.first);
  const last = site.last === null ? -1 : dayNumber(site.last);
  for (let day = scale.from; day < scale.from + scale.weeks * 7; day++) {
    const x = ((day - scale.from - weekday(day)) / 7) * scale.cell;
    const y = weekday(day) * ROW;
    const { phase, stale, level } = dayAt(site, day);
    if (phase === 'none' && (day < first || day > last)) continue;
    const heat = phase === 'settled' || phase === 'settling';
    brush.fillStyle = stale ? palette.stale : heat ? (palette.levels[level] ?? '') : palette[phase];
    brush.fillRect(x, y, scale.cell - 1, ROW - 1);
    if (stale || phase !== 'settling') continue;
    brush.fillStyle = palette.settling;
    brush.fillRect(x, y + ROW - 2, scale.cell - 1, 1);
  }
}

/** @param {SiteSummary} site */
function inWords(site) {
  if (site.units === 0) return `${site.site}: no facts yet`;
  const { open, settling, settled, reopened } = site.phases;
  return `${site.site}, ${site.first} to ${site.last}: ${open} open, ${settling} settling, ${settled} settled, ${reopened} reopened, ${site.stale} stale`;
}

/**
 * The months or years over the strips.
 *
 * @param {Scale} scale
 */
export function stripAxis(scale) {
  const marks = [];
  const yearly = scale.weeks * scale.cell < (scale.weeks / 4.3) * 34;
  let before = '';
  let free = 0;
  for (let week = 0; week < scale.weeks; week++) {
    const date = new Date((scale.from + week * 7 + 6) * 86_400_000);
    const month = date.toLocaleDateString('en', { month: 'short', timeZone: 'UTC' });
    const year = String(date.getUTCFullYear());
    const name = yearly ? year : `${month}${month === 'Jan' ? ` ${year}` : ''}`;
    if (name === before) continue;
    before = name;
    if (week * scale.cell < free) continue;
    free = week * scale.cell + 6 * name.length + 12;
    const mark = h('span', {}, name);
    mark.style.left = `${week * scale.cell}px`;
    marks.push(mark);
  }
  const axis = h('div', { class: 'axis', 'aria-hidden': 'true' }, marks);
  axis.style.width = `${scale.weeks * scale.cell}px`;
  return axis;
}
