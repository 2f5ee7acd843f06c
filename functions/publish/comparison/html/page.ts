import type { Preview } from '../preview.ts';
import { REASONS } from '../reasons.ts';
import { counted, headline } from '../words.ts';
import { exampleShown } from './example.ts';
import { html, Markup, nothing } from './markup.ts';
import { channelPart, curvePart, dayPart, measureTable, reasonRows, tiles } from './sections.ts';
import { STYLE } from './style.ts';
import { folded } from './table.ts';

/**
 * A preview as one HTML page that stands alone: no script, no request, light and dark, made to be sent to
 * somebody who knows sessions and not this product.
 */
export function previewPage(preview: Preview): string {
  const { totals, range } = preview;
  const title = headline(totals);
  const days =
    range.from === null && range.to === null
      ? 'all of history'
      : `${range.from ?? 'the first day'} to ${range.to ?? 'the last day'}`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Preview: ${title}</title><style>${new Markup(STYLE)}</style></head><body><main>
<p class="label">Preview of a change to what a session is</p>
<h1>${title}</h1>
<p>Nothing has changed yet. This is what would be seen, computed in full for ${range.sites.join(', ')}, ${days}.</p>
<h2>The change</h2>
<ul class="changes">${preview.changes.map((change) => html`<li>${change}</li>`)}</ul>
${tiles(preview)}
${folded('Everything that is counted', measureTable(preview))}
${dayPart(preview)}
${channelPart(preview)}
${reasonPart(preview)}
${curvePart(preview)}
<footer><p>Counted as the table <code>sessions</code> counts: what filters exclude is not there, what they only flag is. Every number is exact. A session belongs to the local day on which it began.</p>
<p>Compared with release ${preview.base} on ${preview.at.slice(0, 16).replace('T', ' ')} UTC. Proposal <code>${preview.proposal}</code>. ${preview.asked.queries} queries read ${counted(preview.asked.bytes_scanned / 1e6)} MB.</p></footer>
</main></body></html>
`.text;
}

function reasonPart(preview: Preview): Markup {
  const zone = (site: string): string => preview.time_zones[site] ?? 'UTC';
  const shown = preview.reasons.filter(({ examples }) => examples.length > 0);
  const examples = shown.map(({ reason, examples: [first, ...more] }) => {
    const others = more.map((example) => exampleShown(example, zone(example.site)));
    return html`<h3>${REASONS[reason].words}</h3>${exampleShown(first!, zone(first!.site))}
${others.length > 0 ? folded(`${others.length} more`, html`${others}`) : nothing}`;
  });
  return html`<h2>What becomes of each session</h2>
<p>Each session is counted once, under the first line that fits. Sessions are the same on both sides when they begin with the same event.</p>
<div class="quiet">${reasonRows(preview)}</div>
${examples.length > 0 ? html`<h2>Examples</h2>${examples}` : nothing}`;
}
