import type { Measured } from '../functions/publish/comparison/numbers.ts';
import type { Preview } from '../functions/publish/comparison/preview.ts';
import { REASONS } from '../functions/publish/comparison/reasons.ts';
import type { Sides } from '../functions/publish/comparison/sides.ts';
import { sides } from '../functions/publish/comparison/sides.ts';
import { counted, headline, signed, signedPercent } from '../functions/publish/comparison/words.ts';
import type { Style } from './style.ts';
import { type Column, table } from './table.ts';

/** Days and channels that are listed. */
const MOST = 5;

const NUMBERS: Column[] = ['now', 'proposed', 'difference', '%'].map((name) => ({ name, align: 'right' }));

/** A preview for a terminal: what changes, the totals, what changed most, why, and what it cost. */
export function previewText(preview: Preview, style: Style, cost: string): string {
  const { changes, totals, days, channels, reasons, range } = preview;
  const several = range.sites.length > 1;
  const lines = [
    ...changes.map((change) => `  ${change}`),
    '',
    style.bold(headline(totals)),
    '',
    table(
      ['', ...NUMBERS],
      Object.entries(totals)
        .filter(([, { now, then }]) => now !== 0 || then !== 0)
        .map(([measure, sum]) => row([measure.replaceAll('_', ' ')], sum)),
    ),
    ...most('days that change most', days, ['day', ...(several ? ['site'] : [])], (day) =>
      several ? [day.dt, day.site] : [day.dt],
    ),
    ...most('channels that change most', channels, ['channel'], ({ channel }) => [channel]),
    table(
      ['what becomes of the sessions', { name: 'now', align: 'right' }, { name: 'proposed', align: 'right' }],
      [
        ...reasons.map(({ reason, side, count }) => [
          REASONS[reason].words,
          side === 'then' ? '-' : counted(count),
          side === 'now' ? '-' : counted(count),
        ]),
        ['all sessions', counted(totals.sessions.now), counted(totals.sessions.then)],
      ],
    ),
    cost,
  ];
  return lines.join('\n');
}

function row(names: string[], sum: Sides<number>): string[] {
  const percent = signedPercent(sum);
  return [...names, counted(sum.now), counted(sum.then), signed(sum.then - sum.now), percent];
}

/** The rows whose sessions differ most, the first ones first among equals; none when none differ. */
function most<R extends Measured>(
  title: string,
  rows: readonly R[],
  heads: string[],
  names: (row: R) => string[],
): string[] {
  const difference = (one: R): number => Math.abs(one.sessions_then - one.sessions_now);
  const changed = rows.filter((one) => difference(one) > 0).sort((a, b) => difference(b) - difference(a));
  if (changed.length === 0) return [];
  const shown = changed
    .slice(0, MOST)
    .map((one) => row(names(one), sides(one.sessions_now, one.sessions_then)));
  const more = changed.length > MOST ? ` (${MOST} of ${counted(changed.length)})` : '';
  return [`${title}, sessions${more}`, table([...heads, ...NUMBERS], shown)];
}
