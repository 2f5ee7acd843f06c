import { h } from './dom.js';
import { count, plural, short } from './format.js';

/**
 * The lake in a row of numbers, and what of it needs a look.
 *
 * @param {import('./store.js').Store} store
 */
export function tiles(store) {
  const facts = tile('Facts');
  const sessions = tile('Sessions');
  const days = tile('Days');
  const waiting = tile('Waiting', '#/work');
  const trouble = tile('To look at', '#/work');
  return {
    root: h('div', { class: 'tiles' }, facts.root, sessions.root, days.root, waiting.root, trouble.root),
    update() {
      const sites = store.summaries;
      /** @param {(site: import('../site-summary.ts').SiteSummary) => number} of */
      const sum = (of) => sites.reduce((total, site) => total + of(site), 0);
      const queues = store.pulse?.queues ?? [];
      const waits = queues.reduce((total, queue) => total + queue.waiting + queue.in_work, 0);
      const stale = sum((site) => site.stale);
      facts.say(short(sum((site) => site.facts)), `${count(sum((site) => site.facts))} in all`);
      sessions.say(
        short(sum((site) => site.sessions)),
        perSession(
          sum((site) => site.facts),
          sum((site) => site.sessions),
        ),
      );
      days.say(count(sum((site) => site.units)), `of ${plural(sites.length, 'site')}`);
      waiting.say(count(waits), waits === 0 ? 'all work is done' : 'messages on their way');
      const found = troubles(store, stale);
      trouble.say(
        found.length === 0 ? 'Nothing' : (found[0] ?? ''),
        found.slice(1).join(', ') || (found.length === 0 ? 'all is as it should be' : ''),
      );
      trouble.root.classList.toggle('alert', found.length > 0);
    },
  };
}

/**
 * @param {number} facts
 * @param {number} sessions
 */
function perSession(facts, sessions) {
  return sessions === 0 ? 'none yet' : `${(facts / sessions).toFixed(1)} facts each`;
}

/**
 * @param {import('./store.js').Store} store
 * @param {number} stale
 */
function troubles(store, stale) {
  const gaveUp = (store.pulse?.queues ?? []).reduce((total, queue) => total + queue.gave_up, 0);
  const broken = (store.pulse?.marts ?? []).filter((mart) => mart.error !== null).length;
  return [
    gaveUp > 0 && `${count(gaveUp)} gave up`,
    broken > 0 && `${plural(broken, 'mart')} failed`,
    stale > 0 && plural(stale, 'stale day'),
  ].filter((text) => text !== false);
}

/**
 * @param {string} name
 * @param {string} [href]
 */
function tile(name, href) {
  const value = h('strong', {});
  const note = h('span', { class: 'quiet' });
  const inner = [h('span', { class: 'name' }, name), value, note];
  const root =
    href === undefined ? h('div', { class: 'tile' }, inner) : h('a', { class: 'tile', href }, inner);
  return {
    root,
    /**
     * @param {string} text
     * @param {string} about
     */
    say(text, about) {
      if (value.textContent !== text) value.textContent = text;
      if (note.textContent !== about) note.textContent = about;
    },
  };
}
