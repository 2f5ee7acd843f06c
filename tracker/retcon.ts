/**
 * The browser script: `<script async src="https://collect.example/v1/retcon.js" data-site="shop"
 * data-key="..">`. It reports page views (single-page navigation included), custom events and engaged time,
 * and decides nothing about sessions. Written small: it is served to every page.
 */
(() => {
  const script = document.currentScript as HTMLScriptElement | null;
  const site = script?.dataset.site;
  if (!script || !site || window.__retcon) return;
  window.__retcon = 1;

  type Fields = Record<string, unknown>;
  const endpoint = new URL('events', script.src).href;
  const key = script.dataset.key;
  const MAX_EVENTS = 20;
  const MAX_BYTES = 5e4;
  const MAX_KEPT = 200;
  const KEPT = `_rcq_${site}`;
  const SEQ = `_rcs_${site}`;
  /** How long events wait for company, and the longest wait between attempts (ms). */
  const DELAY = 500;
  const MAX_WAIT = 6e4;

  let queue: string[] = [];
  /** Events on their way, whose answer is awaited. */
  let flying: string[] = [];
  let wait = DELAY;
  let timer: number | undefined;
  let seq = 0;
  let shown = '';
  let before = document.referrer;
  let visibleSince = 0;
  let engaged = 0;

  const read = (name: string) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const write = (name: string, value: string) => {
    try {
      localStorage.setItem(name, value);
    } catch {}
  };
  const keep = () => {
    queue = queue.slice(-MAX_KEPT);
    write(KEPT, `[${queue}]`);
  };
  const id = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((n) => (n + 256).toString(16).slice(1)).join('');

  /** The first idle events that fit into one beacon. */
  const next = () => {
    let bytes = 0;
    const idle = queue.filter((event) => !flying.includes(event));
    return idle.filter((event, i) => {
      bytes += event.length * 3;
      return !i || (i < MAX_EVENTS && bytes < MAX_BYTES);
    });
  };
  const body = (events: string[]) =>
    `{"site":${JSON.stringify(site)},${key ? `"key":${JSON.stringify(key)},` : ''}"sent_at":${Date.now()},"events":[${events}]}`;
  const drop = (events: string[]) => {
    queue = queue.filter((event) => !events.includes(event));
    keep();
  };

  const later = (ms: number) => {
    timer ??= setTimeout(send, ms) as unknown as number;
  };
  const send = async () => {
    timer = undefined;
    const sent = next();
    if (flying.length || !sent.length) return;
    flying = sent;
    let status = 0;
    try {
      status = (
        await fetch(endpoint, {
          method: 'POST',
          body: body(sent),
          headers: { 'content-type': 'text/plain' },
          keepalive: true,
          credentials: 'include',
        })
      ).status;
    } catch {}
    flying = [];
    if (!status || status === 429 || status > 499) {
      wait = Math.min(wait * 2, MAX_WAIT);
      later(wait * (0.5 + Math.random()));
      return;
    }
    // Taken, or refused for good: sending the same again would change nothing.
    drop(sent);
    wait = DELAY;
    if (queue.length) later(0);
  };
  /** The page may be gone in a moment: hand everything to the browser. What it takes is forgotten. */
  const flush = () => {
    for (let events = next(); events.length; events = next()) {
      if (!navigator.sendBeacon?.(endpoint, body(events))) break;
      drop(events);
    }
  };

  /** The address without the place within the page; a fragment that routes (`#/`, `#!`) counts. */
  const here = () => location.href.replace(/#(?![/!]).*/, '');
  const add = (fields: Fields) => {
    seq = Math.max(seq, Number(read(SEQ)) || 0) + 1;
    write(SEQ, `${seq}`);
    queue.push(JSON.stringify({ id: id(), time: Date.now(), seq, url: here(), ...fields }));
    keep();
    later(queue.length < MAX_EVENTS ? DELAY : 0);
  };

  const pause = () => {
    if (visibleSince) engaged += Date.now() - visibleSince;
    visibleSince = 0;
  };
  const resume = () => {
    if (document.visibilityState !== 'hidden') visibleSince ||= Date.now();
  };
  const engagement = () => {
    pause();
    if (engaged > 0) add({ type: 'engagement', value: engaged, url: shown });
    engaged = 0;
  };
  const view = () => {
    const url = here();
    if (url === shown) return;
    if (shown) {
      engagement();
      before = shown;
    }
    shown = url;
    resume();
    add({ type: 'page_view', referrer: before, title: document.title });
  };
  const leave = () => {
    engagement();
    flush();
  };

  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = function (this: History, ...args: Parameters<History['pushState']>) {
      original.apply(this, args);
      // The page sets its title after the address: look once it has.
      setTimeout(view);
    };
  }
  addEventListener('popstate', () => setTimeout(view));
  addEventListener('pagehide', leave);
  // A page that comes back whole from the browser's memory is seen again.
  addEventListener('pageshow', (event) => {
    if (event.persisted) {
      shown = '';
      view();
    }
  });
  addEventListener('online', () => {
    clearTimeout(timer);
    timer = undefined;
    wait = DELAY;
    later(0);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave();
    else resume();
  });

  const command = (verb: string, what: string, more?: Fields) => {
    if (verb === 'event') add({ type: 'event', name: what, ...more });
    if (verb === 'identify') add({ type: 'identify', user: what });
  };
  const early = window.retcon?.q;
  window.retcon = command;

  try {
    queue = JSON.parse(read(KEPT) || '[]').map((event: unknown) => JSON.stringify(event));
  } catch {}
  const start = () => {
    view();
    early?.forEach((call) => {
      command(...call);
    });
  };
  // A page that is rendered ahead has not been seen yet.
  if (document.prerendering) document.addEventListener('prerenderingchange', start);
  else start();
})();
