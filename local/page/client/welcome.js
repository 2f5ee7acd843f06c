import { h } from './dom.js';
import { fetched } from './store.js';

/** @typedef {{ site: string, key: string | null, host: string | null }} SiteKey */

/**
 * What to do while a site has no facts, with the site's own key filled in.
 *
 * @param {import('./store.js').Store} store
 * @param {string} name
 */
export function welcome(store, name) {
  const root = h('div', { class: 'welcome' });
  let asked = false;
  return {
    root,
    async update() {
      if (asked || !store.sites.has(name)) return;
      asked = true;
      const key = /** @type {SiteKey} */ (
        await fetched(`sites/${name}/key`).catch(() => ({ site: name, key: null, host: null }))
      );
      root.replaceChildren(
        h('h2', {}, 'Waiting for the first event'),
        h('p', {}, 'This page turns live by itself. Put the script into your pages:'),
        snippet(scriptTag(key)),
        h('p', {}, 'or send an event from a terminal:'),
        snippet(curl(key)),
        h('p', {}, 'or bring in a log that you have:'),
        snippet(`npx retcon import access.log --site ${name} --format combined`),
      );
    },
  };
}

/** What to do in a lake without any site. */
export function noSites() {
  return h(
    'div',
    { class: 'welcome pad' },
    h('h2', {}, 'No site yet'),
    h('p', {}, 'A site is a small file. This writes an example, ready to edit:'),
    snippet('npx retcon init my-lake && cd my-lake && npx retcon dev'),
    h(
      'p',
      {},
      'or add ',
      h('code', {}, 'sites/shop.yaml'),
      ' to the folder that ',
      h('code', {}, 'retcon dev'),
      ' was started in, and start it again.',
    ),
  );
}

/** @param {SiteKey} site */
function scriptTag({ site, key }) {
  return `<script async src="${location.origin}/v1/retcon.js" data-site="${site}"${key === null ? '' : ` data-key="${key}"`}></script>`;
}

/** @param {SiteKey} site */
function curl({ site, key, host }) {
  const event = {
    site,
    ...(key === null ? {} : { key }),
    events: [{ visitor: 'v1', url: `https://${host ?? 'shop.example.com'}/` }],
  };
  return `curl -X POST ${location.origin}/v1/events -H 'content-type: application/json' \\\n  -d '${JSON.stringify(event).replaceAll("'", "'\\''")}'`;
}

/** @param {string} text */
function snippet(text) {
  const button = h('button', { type: 'button', class: 'copy' }, 'Copy');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Select it and copy';
    }
  });
  return h('div', { class: 'snippet' }, h('pre', { tabindex: '0' }, text), button);
}
