import { runInNewContext } from 'node:vm';

/** What the script says to the collector: one request body. */
export interface SentBeacon {
  how: 'fetch' | 'beacon';
  url: string;
  site: string;
  key?: string;
  sent_at: number;
  events: Record<string, unknown>[];
}

type Listener = (event: Record<string, unknown>) => void;

/**
 * As much of a browser as the script touches: a page with an address, a history, storage and a clock that
 * the test moves. `answer` is the status of the next fetches, 0 for no network.
 */
export class FakeBrowser {
  readonly sent: SentBeacon[] = [];
  readonly storage: Map<string, string>;
  now = 1_000_000;
  answer: number | Promise<number> = 202;
  beaconTaken = true;
  storageWorks = true;
  readonly location: { href: string };
  readonly document: Record<string, unknown> & { title: string; visibilityState: string; referrer: string };
  readonly history: Record<
    'pushState' | 'replaceState',
    (state: unknown, title: string, url?: string) => void
  >;
  readonly window: Record<string, unknown> = {};
  #timers: { at: number; run: () => void; id: number }[] = [];
  #ids = 0;
  readonly #listeners = new Map<string, Listener[]>();

  constructor(url: string, options: { storage?: Map<string, string>; data?: Record<string, string> } = {}) {
    this.storage = options.storage ?? new Map();
    this.location = { href: url };
    const move = (_: unknown, __: string, to?: string) => {
      if (to !== undefined) this.location.href = new URL(to, this.location.href).href;
    };
    this.history = { pushState: move, replaceState: move };
    const data = options.data ?? { site: 'shop', key: 'k1' };
    this.document = {
      currentScript: { src: 'https://collect.example/v1/retcon.js', dataset: data },
      referrer: 'https://search.example/',
      title: 'Page',
      visibilityState: 'visible',
      addEventListener: (name: string, run: Listener) => this.#listen(name, run),
    };
  }

  /** Runs the script in this page. */
  load(script: string): void {
    runInNewContext(script, {
      window: this.window,
      document: this.document,
      location: this.location,
      history: this.history,
      URL,
      Uint8Array,
      Date: { now: () => this.now },
      crypto: globalThis.crypto,
      navigator: { sendBeacon: (url: string, body: string) => this.#beacon(url, body) },
      localStorage: {
        getItem: (name: string) => this.#stored().get(name) ?? null,
        setItem: (name: string, value: string) => this.#stored().set(name, value),
      },
      setTimeout: (run: () => void, ms = 0) => {
        this.#timers.push({ at: this.now + ms, run, id: ++this.#ids });
        return this.#ids;
      },
      clearTimeout: (id: number) => {
        this.#timers = this.#timers.filter((timer) => timer.id !== id);
      },
      addEventListener: (name: string, run: Listener) => this.#listen(name, run),
      fetch: async (url: string, init: { body: string }) => {
        this.#record('fetch', url, init.body);
        const status = await this.answer;
        if (status === 0) throw new TypeError('no network');
        return { status };
      },
    });
  }

  /** Calls the page's `retcon(..)`. */
  retcon(...call: unknown[]): void {
    (this.window.retcon as (...call: unknown[]) => void)(...call);
  }

  fire(name: string, event: Record<string, unknown> = {}): void {
    for (const run of this.#listeners.get(name) ?? []) run(event);
  }

  show(state: 'visible' | 'hidden'): void {
    this.document.visibilityState = state;
    this.fire('visibilitychange');
  }

  /** Lets time pass: runs the timers that fall due, and what waits for answers. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      for (let i = 0; i < 5; i++) await Promise.resolve();
      const due = this.#timers
        .filter((timer) => timer.at <= end)
        .sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.now = Math.max(this.now, due.at);
      due.run();
    }
    this.now = end;
  }

  #listen(name: string, run: Listener): void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), run]);
  }

  #stored(): Map<string, string> {
    if (!this.storageWorks) throw new Error('storage is off');
    return this.storage;
  }

  #beacon(url: string, body: string): boolean {
    if (this.beaconTaken) this.#record('beacon', url, body);
    return this.beaconTaken;
  }

  #record(how: SentBeacon['how'], url: string, body: string): void {
    this.sent.push({ how, url, ...JSON.parse(body) });
  }
}
