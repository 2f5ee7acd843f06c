import type { ChannelRow } from '../numbers.ts';
import { signed } from '../words.ts';
import { at, ticks } from './axis.ts';
import { html, type Markup } from './markup.ts';

const [WIDTH, LEFT, RIGHT, ROW] = [760, 190, 90, 36];

/** Channels shown; the rest is in the table. */
const MOST = 12;

/** Two bars for each channel, the largest channels first. */
export function channelsChart(channels: readonly ChannelRow[]): Markup {
  const shown = channels.slice(0, MOST);
  const most = ticks(Math.max(...shown.map((row) => Math.max(row.sessions_now, row.sessions_then)))).at(-1)!;
  const width = (n: number): string => at(Math.max((n / most) * (WIDTH - LEFT - RIGHT), n > 0 ? 1 : 0));
  const height = shown.length * ROW + 8;
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="channels-title">
<title id="channels-title">Sessions by channel, now and under the proposal; the numbers are in the table below</title>
${shown.map((row, i) => {
  const y = i * ROW + 8;
  const name = row.channel.length > 26 ? `${row.channel.slice(0, 25)}…` : row.channel;
  const end = LEFT + Number(width(Math.max(row.sessions_now, row.sessions_then))) + 8;
  return html`<text class="axis end" x="${LEFT - 10}" y="${y + 17}">${name}</text>
<rect class="bar now" x="${LEFT}" y="${y}" width="${width(row.sessions_now)}" height="12"/>
<rect class="bar then" x="${LEFT}" y="${y + 13}" width="${width(row.sessions_then)}" height="12"/>
<text class="axis" x="${at(end)}" y="${y + 17}">${signed(row.sessions_then - row.sessions_now)}</text>`;
})}
</svg>`;
}
