import type { LocalLake } from './lake.ts';
import { lakeStatus } from './lake-status.ts';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}' +
  'table{border-collapse:collapse;margin:.5rem 0 1.5rem}th,td{padding:.25rem .9rem .25rem 0;text-align:left;border-bottom:1px solid #ccc}' +
  'td.n{text-align:right;font-variant-numeric:tabular-nums}caption{text-align:left;font-weight:600}';

/** The lake at a glance, as one page without scripts or outside requests: what is in it, what waits. */
export async function statusPage(lake: LocalLake): Promise<string> {
  const status = await lakeStatus(lake);
  const release = status.release
    ? `Release ${status.release.release} of ${escapeHtml(status.release.at)}.`
    : 'No release yet.';
  const sites = status.sites.map((s) => [
    s.site,
    s.units,
    s.facts,
    s.sessions,
    s.first ?? '',
    s.last ?? '',
    s.stale,
  ]);
  const queues = status.queues.map((q) => [q.queue, q.waiting, q.in_work, q.gave_up]);
  const marts = status.marts.map((m) => [m.mart, m.at ?? '', m.error ?? '']);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Retcon</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body><main><h1>Retcon</h1>
<p>${release}</p>
${table('Sites', ['site', 'units', 'facts', 'sessions', 'from', 'to', 'stale units'], sites)}
${table('Queues', ['queue', 'waiting', 'in work', 'gave up'], queues)}
${table('Marts', ['mart', 'built', 'error'], marts)}
</main></body></html>`;
}

function table(caption: string, heads: string[], rows: (string | number)[][]): string {
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${row.map((cell) => `<td${typeof cell === 'number' ? ' class="n"' : ''}>${escapeHtml(String(cell))}</td>`).join('')}</tr>`,
    )
    .join('\n');
  return `<table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
