import { h } from './dom.js';

const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const dayText = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const momentText = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const utcText = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
});

/** @param {number} n */
export const count = (n) => whole.format(n);

/** @param {number} n 12,345 as `12.3K` */
export const short = (n) => (n < 10_000 ? whole.format(n) : compact.format(n));

/**
 * @param {number} n
 * @param {string} one
 * @param {string} [many]
 */
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** @param {number} n */
export function bytes(n) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let at = 0;
  let size = n;
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000;
    at++;
  }
  return `${at === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[at]}`;
}

/** @param {number} share 0..1 */
export const percent = (share) => `${(share * 100).toFixed(Math.abs(share) < 0.1 ? 1 : 0)}%`;

/** @param {number} n */
export const signed = (n) => (n > 0 ? `+${count(n)}` : n < 0 ? `\u2212${count(-n)}` : '0');

/** @param {number} n */
export const dollars = (n) => (n > 0 && n < 0.01 ? 'under $0.01' : `about $${n.toFixed(2)}`);

/** @param {string} unit `YYYY-MM-DD` */
export const longDay = (unit) => dayText.format(Date.parse(`${unit}T00:00:00Z`));

/**
 * @param {number} from ms
 * @param {number} to ms
 */
export const utcSpan = (from, to) => `${utcText.format(from)} \u2013 ${utcText.format(to)} UTC`;

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/**
 * How long ago, in words.
 *
 * @param {number} ms
 */
export function ago(ms) {
  const seconds = (Date.now() - ms) / 1000;
  if (Math.abs(seconds) < 5) return 'just now';
  return seconds > 0 ? `${duration(seconds)} ago` : `in ${duration(-seconds)}`;
}

/**
 * A moment: how long ago, with the whole of it at hand.
 *
 * @param {number | string} at ms or ISO
 */
export function moment(at) {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  if (!Number.isFinite(ms)) return h('span', {}, '\u2013');
  const iso = new Date(ms).toISOString();
  return h('time', { datetime: iso, title: `${momentText.format(ms)} (${iso})` }, ago(ms));
}

/**
 * A moment in full, in the reader's time zone.
 *
 * @param {number | string} at ms or ISO
 */
export function fullMoment(at) {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  const iso = new Date(ms).toISOString();
  return h('time', { datetime: iso, title: iso }, momentText.format(ms));
}
