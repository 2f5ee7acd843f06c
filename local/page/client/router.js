/**
 * Where the reader is, as the part of the address after `#`: `/` all sites, `/sites/shop`,
 * `/sites/shop/2026-03-01`, `/changes`, `/rejected`, `/work`.
 *
 * @returns {string[]}
 */
export function place() {
  return location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decoded);
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * Goes to another place; `quietly` without a step to go back to.
 *
 * @param {string} to
 * @param {{ quietly?: boolean }} [options]
 */
export function go(to, options = {}) {
  if (options.quietly) history.replaceState(null, '', `#${to}`);
  else location.hash = to;
}
