import type { Measure } from './numbers.ts';
import type { Sides } from './sides.ts';

const MINUTE = 60_000;

/** 22,224; at most two decimals. */
export const counted = (n: number): string => n.toLocaleString('en', { maximumFractionDigits: 2 });

/** +1,717, −12 or ±0. */
export function signed(n: number): string {
  if (n === 0) return '±0';
  return n > 0 ? `+${counted(n)}` : `−${counted(-n)}`;
}

/** +7.7%, −0.01%; `new` where there was nothing. */
export function signedPercent({ now, then }: Sides<number>): string {
  if (now === then) return '±0%';
  if (now === 0) return 'new';
  const percent = ((then - now) / now) * 100;
  const digits = Math.abs(percent) < 0.1 ? 2 : 1;
  const text = Math.abs(percent).toLocaleString('en', { maximumFractionDigits: digits });
  return `${percent > 0 ? '+' : '−'}${text === '0' ? '<0.01' : text}%`;
}

/** Share of a whole as a percentage, `-` of nothing. */
export const share = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${((part / whole) * 100).toLocaleString('en', { maximumFractionDigits: 1 })}%`;

/** 30 s, 15 min, 1 h 30 min. */
export function duration(ms: number): string {
  if (ms < MINUTE || ms % MINUTE !== 0) return `${counted(ms / 1000)} s`;
  const minutes = ms / MINUTE;
  const hours = Math.floor(minutes / 60);
  return [...(hours > 0 ? [`${hours} h`] : []), ...(minutes % 60 > 0 ? [`${minutes % 60} min`] : [])].join(
    ' ',
  );
}

/** What the whole comparison comes to, in one sentence. */
export function headline({ sessions }: Record<Measure, Sides<number>>): string {
  if (sessions.now === sessions.then) {
    return `The number of sessions stays at ${counted(sessions.now)}.`;
  }
  const change = `${signed(sessions.then - sessions.now)}, ${signedPercent(sessions)}`;
  return `${counted(sessions.now)} sessions would become ${counted(sessions.then)} (${change}).`;
}
