/** Colours of the style sheet, for pictures that are painted. */

const names = ['none', 'open', 'settling', 'settled', 'reopened', 'stale'];

/** @type {{ none: string, open: string, settling: string, settled: string, reopened: string, stale: string, levels: string[] } | null} */
let known = null;

/** The palette of the colour scheme at hand. */
export function colours() {
  if (known !== null) return known;
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  const levels = [0, 1, 2, 3, 4, 5].map((level) => of(`level-${level}`));
  known = /** @type {NonNullable<typeof known>} */ (
    /** @type {unknown} */ ({ ...Object.fromEntries(names.map((name) => [name, of(name)])), levels })
  );
  return known;
}

/** @param {() => void} listener called when the colour scheme changes */
export function onTheme(listener) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    known = null;
    listener();
  });
}
