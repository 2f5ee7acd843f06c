import type { DayRow } from '../numbers.ts';
import { type Sides, sides } from '../sides.ts';
import { counted } from '../words.ts';
import { at, spread, ticks } from './axis.ts';
import { html, type Markup } from './markup.ts';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [760, 260, 64, 16, 12, 30];

export type DaySum = { dt: string } & Sides<number>;

/** Sessions of each day over all sites, in order. */
export function daySums(days: readonly DayRow[]): DaySum[] {
  const sums = new Map<string, DaySum>();
  for (const { dt, sessions_now, sessions_then } of days) {
    const { now, then } = sums.get(dt) ?? sides(0, 0);
    sums.set(dt, { dt, ...sides(now + sessions_now, then + sessions_then) });
  }
  return [...sums.values()].sort((a, b) => (a.dt < b.dt ? -1 : 1));
}

/** Two lines over days: a dashed one for now, a whole one for then. Days without sessions are at 0. */
export function daysChart(sums: readonly DaySum[]): Markup {
  const first = Date.parse(`${sums[0]!.dt}T00:00:00Z`);
  const last = Date.parse(`${sums.at(-1)!.dt}T00:00:00Z`);
  const byDay = new Map(sums.map((sum) => [sum.dt, sum]));
  const days: DaySum[] = [];
  for (let time = first; time <= last; time += 86_400_000) {
    const dt = new Date(time).toISOString().slice(0, 10);
    days.push(byDay.get(dt) ?? { dt, ...sides(0, 0) });
  }
  const scale = ticks(Math.max(...days.map(({ now, then }) => Math.max(now, then))));
  const top = scale.at(-1)!;
  const x = (i: number): number =>
    days.length === 1 ? (LEFT + WIDTH - RIGHT) / 2 : LEFT + (i / (days.length - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (n: number): number => HEIGHT - BOTTOM - (n / top) * (HEIGHT - TOP - BOTTOM);
  const line = (side: 'now' | 'then'): string =>
    days.map((day, i) => `${i === 0 ? 'M' : 'L'}${at(x(i))} ${at(y(day[side]))}`).join('');
  const lone = days.length === 1;
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="days-title">
<title id="days-title">Sessions by day, now and under the proposal, from ${days[0]!.dt} to ${days.at(-1)!.dt}; the numbers are in the table below</title>
${scale.map((n) => html`<path class="grid" d="M${LEFT} ${at(y(n))}H${WIDTH - RIGHT}"/><text class="axis end" x="${LEFT - 8}" y="${at(y(n) + 4)}">${counted(n)}</text>`)}
${spread(days.length, 7).map((i) => html`<text class="axis mid" x="${at(Math.min(Math.max(x(i), LEFT + 14), WIDTH - 40))}" y="${HEIGHT - 8}">${days[i]!.dt}</text>`)}
<path class="line now" d="${line('now')}"/><path class="line then" d="${line('then')}"/>
${lone ? html`<circle class="dot now" cx="${at(x(0))}" cy="${at(y(days[0]!.now))}" r="5"/><circle class="dot then" cx="${at(x(0))}" cy="${at(y(days[0]!.then))}" r="5"/>` : ''}
</svg>`;
}
