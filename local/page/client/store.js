/** @typedef {import('../lake-view.ts').Pulse} Pulse */
/** @typedef {import('../site-summary.ts').SiteSummary} SiteSummary */

const EVERY_MS = 2000;

/** What the page knows of the lake, kept up to date while somebody looks. */
export class Store {
  /** @type {Pulse | null} */
  pulse = null;
  /** @type {Map<string, SiteSummary>} */
  sites = new Map();
  /** When the lake last answered, ms; null before. @type {number | null} */
  reached = null;
  failing = false;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #timer = 0;

  /** @param {Pulse | null} first what came with the page */
  constructor(first) {
    if (first !== null) this.#take(first);
  }

  /** @param {() => void} listener called when anything may have changed */
  onChange(listener) {
    this.#listeners.add(listener);
  }

  /** Every site's summary, by name. */
  get summaries() {
    return (this.pulse?.names ?? []).flatMap((name) => this.sites.get(name) ?? []);
  }

  start() {
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#soon(0);
    });
    // What came with the page is what was known when somebody last looked.
    this.#soon(0);
  }

  /** @param {number} ms */
  #soon(ms) {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#ask(), ms);
  }

  async #ask() {
    if (document.visibilityState !== 'visible') return;
    const known = this.pulse;
    const query = known === null ? '' : `?since=${known.version}&boot=${known.boot}`;
    try {
      this.#take(/** @type {Pulse} */ (await fetched(`pulse${query}`)));
      this.failing = false;
    } catch {
      this.failing = true;
    }
    for (const listener of this.#listeners) listener();
    this.#soon(EVERY_MS);
  }

  /** @param {Pulse} pulse */
  #take(pulse) {
    if (this.pulse?.boot !== pulse.boot) this.sites.clear();
    for (const site of pulse.sites) this.sites.set(site.site, site);
    this.pulse = pulse;
    this.reached = Date.now();
  }
}

/**
 * One JSON document of the page. The browser keeps it and asks only whether it changed.
 *
 * @param {string} path below /ui/
 * @returns {Promise<unknown>}
 */
export async function fetched(path) {
  const reply = await fetch(`/ui/${path}`, { cache: 'no-cache', signal: AbortSignal.timeout(20_000) });
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  return reply.json();
}
