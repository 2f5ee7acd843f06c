import { fillSql, sqlText } from '../../../shared/sql-text.ts';
import type { Asking } from './asking.ts';
import { type ComparedRange, insideSql } from './range.ts';
import { type Sides, sides } from './sides.ts';
import { texts } from './sql-literals.ts';

const SQL = sqlText(import.meta.url, 'numbers.sql');

const NO_CHANNEL = '(none)';

/** What is counted of sessions; `conversion_value` is a sum of doubles, rounded to 12 digits. */
export const MEASURES = [
  'sessions',
  'bounces',
  'page_views',
  'events',
  'conversions',
  'conversion_value',
] as const;
export type Measure = (typeof MEASURES)[number];

/** `sessions_now`, `sessions_then`, `bounces_now` .. */
export type Measured = { [M in Measure as `${M}_now` | `${M}_then`]: number };
export type DayRow = { site: string; dt: string } & Measured;
export type ChannelRow = { channel: string } & Measured;

export interface Numbers {
  totals: Record<Measure, Sides<number>>;
  /** By site, then day: every day that holds a session on either side. */
  days: DayRow[];
  /** By name, over all sites. */
  channels: ChannelRow[];
}

/**
 * Counts the sessions of two slices in a range, exactly as a reader counts them in the table `sessions`:
 * what filters exclude is not there, what they only flag is.
 */
export async function numbersOf(
  asking: Asking,
  now: string,
  then: string,
  range: ComparedRange,
): Promise<Numbers> {
  const sql = fillSql(SQL, { slices: texts([...new Set([now, then])]), inside: insideSql(range) });
  const { rows } = await asking.query(sql);
  const days = new Map<string, DayRow>();
  const channels = new Map<string, ChannelRow>();
  for (const [slice, site, dt, channel, ...counts] of rows) {
    const row =
      site === null
        ? entry(channels, channel ?? NO_CHANNEL, () => ({ channel: channel ?? NO_CHANNEL, ...nothing() }))
        : entry(days, `${site} ${dt}`, () => ({ site: site!, dt: dt!, ...nothing() }));
    for (const [i, measure] of MEASURES.entries()) {
      const count = Number(Number(counts[i] ?? 0).toPrecision(12));
      if (slice === now) row[`${measure}_now`] = count;
      if (slice === then) row[`${measure}_then`] = count;
    }
  }
  const sorted = [...days.values()].sort((a, b) => compare(a.site, b.site) || compare(a.dt, b.dt));
  return {
    totals: totalsOf(sorted),
    days: sorted,
    channels: [...channels.values()].sort((a, b) => compare(a.channel, b.channel)),
  };
}

/** Sums over rows. */
export function totalsOf(rows: readonly Measured[]): Record<Measure, Sides<number>> {
  const sum = (name: keyof Measured): number =>
    Number(rows.reduce((total, row) => total + row[name], 0).toPrecision(12));
  return Object.fromEntries(
    MEASURES.map((measure) => [measure, sides(sum(`${measure}_now`), sum(`${measure}_then`))]),
  ) as Record<Measure, Sides<number>>;
}

function nothing(): Measured {
  return Object.fromEntries(
    MEASURES.flatMap((measure) => [
      [`${measure}_now`, 0],
      [`${measure}_then`, 0],
    ]),
  ) as Measured;
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
