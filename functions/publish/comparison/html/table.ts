import { html, type Markup } from './markup.ts';

/** A table with a caption; numbers are right-aligned. Wide ones scroll by themselves, also by keyboard. */
export function htmlTable(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly (string | number | Markup)[])[],
  numbersFrom = 1,
): Markup {
  const cell = (value: string | number | Markup, i: number): Markup => {
    if (i === 0) return html`<th scope="row">${value}</th>`;
    return i >= numbersFrom ? html`<td class="n">${value}</td>` : html`<td>${value}</td>`;
  };
  return html`<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${heads.map((head, i) => (i >= numbersFrom ? html`<th scope="col" class="n">${head}</th>` : html`<th scope="col">${head}</th>`))}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody></table></div>`;
}

/** What stands behind a chart, folded away. */
export const folded = (summary: string, content: Markup): Markup =>
  html`<details><summary>${summary}</summary>${content}</details>`;
