import type { Example, ShownSession } from '../examples.ts';
import { at } from './axis.ts';
import { html, type Markup } from './markup.ts';
import { htmlTable } from './table.ts';

const [WIDTH, LEFT, ROW] = [760, 78, 26];

/** One visit under both definitions: bars on a line of time, and the sessions in words. */
export function exampleShown(example: Example, zone: string): Markup {
  const all = [...example.now, ...example.then];
  const from = Math.min(...all.map(({ started_at }) => ms(started_at)));
  const to = Math.max(...all.map(({ ended_at }) => ms(ended_at)));
  const x = (time: number): number => LEFT + 4 + ((time - from) / (to - from || 1)) * (WIDTH - LEFT - 24);
  const row = (sessions: ShownSession[], side: 'now' | 'then', y: number): Markup[] =>
    sessions.map(({ started_at, ended_at }) => {
      const width = Math.max(x(ms(ended_at)) - x(ms(started_at)), 6);
      return html`<rect class="bar ${side}" x="${at(x(ms(started_at)))}" y="${y}" width="${at(width)}" height="14" rx="3"/>`;
    });
  const clock = clockIn(zone);
  const rows = (['now', 'then'] as const).flatMap((side) =>
    example[side].map((session) => [
      side === 'now' ? 'now' : 'proposed',
      html`<span class="url">${session.landing_url ?? '(no address)'}</span>`,
      session.channel,
      clock(session.started_at),
      clock(session.ended_at),
      session.event_count,
    ]),
  );
  return html`<div class="example"><p>Visitor <code>${example.visitor_id}</code> of ${example.site}, ${example.dt}, times in ${zone}</p>
<div class="chart"><svg viewBox="0 0 ${WIDTH} ${ROW * 2 + 4}" role="img" aria-label="The sessions of this visit on a line of time, now above and proposed below; the table says the same">
<text class="axis end" x="${LEFT - 8}" y="16">now</text><text class="axis end" x="${LEFT - 8}" y="${ROW + 16}">proposed</text>
${row(example.now, 'now', 5)}${row(example.then, 'then', ROW + 5)}</svg></div>
${htmlTable(`Sessions of visitor ${example.visitor_id}`, ['side', 'first page', 'channel', 'from', 'to', 'events'], rows, 3)}</div>`;
}

const ms = (utc: string): number => Date.parse(`${utc.replace(' ', 'T')}Z`);

/** Writes a UTC text as the clock of a zone shows it: `2026-03-01 10:00:00`. */
function clockIn(timeZone: string): (utc: string) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (utc) => format.format(ms(utc));
}
