import type { CurvePoint } from '../curve.ts';
import type { Sides } from '../sides.ts';
import { counted, duration } from '../words.ts';
import { at, ticks } from './axis.ts';
import { html, type Markup } from './markup.ts';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [760, 280, 64, 24, 24, 44];

/** Sessions over the timeout, on a logarithmic axis, with the two sides marked. */
export function curveChart(points: readonly CurvePoint[], marked: Sides<number>): Markup {
  const scale = ticks(Math.max(...points.map(({ sessions }) => sessions)));
  const [least, most] = [Math.log(points[0]!.inactivity_ms), Math.log(points.at(-1)!.inactivity_ms)];
  const x = (ms: number): number =>
    LEFT + ((Math.log(ms) - least) / (most - least || 1)) * (WIDTH - LEFT - RIGHT);
  const y = (n: number): number => HEIGHT - BOTTOM - (n / scale.at(-1)!) * (HEIGHT - TOP - BOTTOM);
  const line = points.map((p, i) => `${i === 0 ? 'M' : 'L'}${at(x(p.inactivity_ms))} ${at(y(p.sessions))}`);
  // Beside each other the labels would meet: the one on the left stands below, where the line isn't.
  const mark = (side: 'now' | 'then', words: string): Markup => {
    const point = points.find((one) => one.inactivity_ms === marked[side]);
    if (point === undefined) return html``;
    const [cx, cy] = [x(point.inactivity_ms), y(point.sessions)];
    const other = marked[side === 'now' ? 'then' : 'now'];
    const leftwards = cx > LEFT + 140 && (point.inactivity_ms < other || cx > WIDTH - 180);
    return html`<circle class="dot ${side}" cx="${at(cx)}" cy="${at(cy)}" r="6"/>
<text class="mark ${leftwards ? 'end' : ''}" x="${at(leftwards ? cx - 4 : cx + 4)}" y="${at(leftwards ? cy + 20 : cy - 12)}">${words}: ${counted(point.sessions)}</text>`;
  };
  const labelled = points.filter(({ inactivity_ms }) =>
    [1, 2, 5, 10, 30, 60, 120, 240, 480].includes(inactivity_ms / 60_000),
  );
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="curve-title">
<title id="curve-title">Sessions that each timeout would give; the numbers are in the table below</title>
${scale.map((n) => html`<path class="grid" d="M${LEFT} ${at(y(n))}H${WIDTH - RIGHT}"/><text class="axis end" x="${LEFT - 8}" y="${at(y(n) + 4)}">${counted(n)}</text>`)}
${labelled.map(({ inactivity_ms }) => html`<text class="axis mid" x="${at(x(inactivity_ms))}" y="${HEIGHT - 24}">${duration(inactivity_ms)}</text>`)}
<text class="axis mid" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}">timeout: a pause longer than this ends the session</text>
<path class="line then" d="${line.join('')}"/>
${mark('now', 'now')}${marked.now === marked.then ? '' : mark('then', 'proposed')}
</svg>`;
}
