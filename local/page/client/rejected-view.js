import { h, outside, renew, visible } from './dom.js';
import { count, moment, percent, plural } from './format.js';
import { fetched } from './store.js';

/** @typedef {import('../rejected.ts').RejectedSummary} RejectedSummary */
/** @typedef {import('../rejected.ts').RejectedReason} RejectedReason */

const EVERY_MS = 10_000;

/** Refused events by reason, with examples of each. */
export function rejectedView() {
  const site = h('select', { id: 'rejected-site', 'aria-label': 'Site' });
  const summary = h('p', { class: 'quiet', role: 'status' });
  const list = h('div', {});
  const root = h(
    'section',
    { class: 'pad', 'aria-labelledby': 'rejected' },
    h('h1', { id: 'rejected' }, 'Rejected events'),
    h('div', { class: 'tools' }, site, summary),
    list,
  );
  /** @type {RejectedSummary | null} */
  let known = null;
  let asked = Number.NEGATIVE_INFINITY;
  site.addEventListener('change', () => show());

  const show = () => {
    if (known === null) return;
    const { reasons, since, total, unread } = known;
    const names = [...new Set(reasons.flatMap((reason) => Object.keys(reason.sites)))].sort();
    renew(site, names.join(), () => [
      h('option', { value: '*' }, 'all sites'),
      names.map((name) => h('option', { value: name }, name || '(no site)')),
    ]);
    const wanted = site.value === '*' ? null : site.value;
    const chosen = reasons
      .map((reason) => ({ ...reason, shown: wanted === null ? reason.count : (reason.sites[wanted] ?? 0) }))
      .filter((reason) => reason.shown > 0);
    const sum = chosen.reduce((all, reason) => all + reason.shown, 0);
    const rest = unread > 0 ? `; ${plural(unread, 'object')} still to be read` : '';
    summary.textContent = total === 0 ? '' : `${plural(sum, 'event')} since ${since}${rest}`;
    const open = new Set([...list.querySelectorAll('details[open]')].map((element) => element.id));
    renew(list, JSON.stringify([chosen, wanted]), () =>
      chosen.length === 0 ? [none(since)] : chosen.map((reason) => reasonCard(reason, sum, wanted, open)),
    );
  };
  return {
    root,
    async update() {
      if (performance.now() - asked < EVERY_MS) return;
      asked = performance.now();
      try {
        known = /** @type {RejectedSummary} */ (await fetched('rejected'));
      } catch {
        return;
      }
      if (known.unread > 0) asked = Number.NEGATIVE_INFINITY;
      show();
    },
  };
}

/** @param {string} since */
function none(since) {
  return h(
    'p',
    { class: 'notice' },
    `No event was refused since ${since}. When one is, it is kept with its reason, here and in `,
    h('code', {}, 'SELECT * FROM rejected'),
    '.',
  );
}

/**
 * @param {RejectedReason & { shown: number }} reason
 * @param {number} sum
 * @param {string | null} site
 * @param {Set<string>} open ids of what was unfolded
 */
function reasonCard(reason, sum, site, open) {
  const fill = h('span', {});
  fill.style.width = `${(100 * reason.shown) / sum}%`;
  const examples = reason.examples.filter((example) => site === null || example.site === site);
  const id = `reason-${reason.reason}`;
  const sites = Object.entries(reason.sites)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 4);
  return h(
    'article',
    { class: 'reason' },
    h('h2', {}, h('code', {}, outside(reason.reason))),
    h(
      'p',
      { class: 'numbers' },
      h('strong', {}, count(reason.shown)),
      ` ${percent(reason.shown / sum)}, last `,
      moment(reason.last_at),
      site === null
        ? [
            ' \u00b7 ',
            sites.map(([name, n], i) => [i > 0 ? ', ' : '', outside(name || '(no site)'), ` ${count(n)}`]),
          ]
        : null,
    ),
    h('div', { class: 'share', 'aria-hidden': 'true' }, fill),
    examples.length === 0
      ? null
      : h(
          'details',
          { id, open: open.has(id) },
          h('summary', {}, plural(examples.length, 'example')),
          examples.map(exampleOf),
        ),
  );
}

/** @param {RejectedReason['examples'][number]} example */
function exampleOf(example) {
  return h(
    'div',
    { class: 'example' },
    h('p', {}, outside(example.detail)),
    h(
      'p',
      { class: 'quiet' },
      outside(example.site || '(no site)'),
      ', ',
      outside(example.source),
      ', ',
      moment(example.received_at),
    ),
    example.body === '' ? null : h('pre', { tabindex: '0', dir: 'ltr' }, visible(example.body)),
  );
}
