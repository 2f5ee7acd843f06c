/** Calendar arithmetic on `YYYY-MM-DD`, and what a character of a site's summary means. */

const DAY = 86_400_000;

/** @param {string} unit days since 1970-01-01 */
export const dayNumber = (unit) => Date.parse(`${unit}T00:00:00Z`) / DAY;

/** @param {number} day */
export const unitOf = (day) => new Date(day * DAY).toISOString().slice(0, 10);

/** @param {number} day 0 is Monday */
export const weekday = (day) => (((day + 3) % 7) + 7) % 7;

/** @param {number} day the Monday of its week */
export const weekOf = (day) => day - weekday(day);

export const PHASES = /** @type {const} */ (['open', 'settling', 'settled', 'reopened']);

/** @typedef {typeof PHASES[number] | 'none'} Phase */

/** @type {Record<string, Phase>} */
const LETTERS = { o: 'open', t: 'settling', s: 'settled', r: 'reopened', '.': 'none' };

/**
 * @param {import('../site-summary.ts').SiteSummary} summary
 * @param {number} day
 * @returns {{ phase: Phase, stale: boolean, level: number }}
 */
export function dayAt(summary, day) {
  const at = summary.first === null ? -1 : day - dayNumber(summary.first);
  const letter = summary.states[at] ?? '.';
  const lower = letter.toLowerCase();
  return { phase: LETTERS[lower] ?? 'none', stale: letter !== lower, level: Number(summary.levels[at] ?? 0) };
}

/** What a phase means, in a few words. */
export const MEANING = {
  none: 'no facts',
  open: 'still going on',
  settling: 'over, late data may come',
  settled: 'over, and nothing is expected',
  reopened: 'late data came after it was settled',
  stale: 'not up to date with their facts',
};
