import type { ComparedReason } from '../../functions/publish/comparison/compare.ts';
import type { Measured } from '../../functions/publish/comparison/numbers.ts';
import type { Preview } from '../../functions/publish/comparison/preview.ts';
import { REASONS } from '../../functions/publish/comparison/reasons.ts';
import { previewKey } from '../../shared/lake/keys.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';

/** Sessions now, and under the proposal. */
interface Moved {
  now: number;
  next: number;
}

/** A preview as the page draws it: days summed over sites, sites over days. */
export interface ShownPreview
  extends Pick<Preview, 'at' | 'base' | 'range' | 'totals' | 'curve' | 'curve_note' | 'inactivity_ms'> {
  reasons: (ComparedReason & { words: string })[];
  days: ({ dt: string } & Moved)[];
  sites: ({ site: string } & Moved)[];
  channels: ({ channel: string } & Moved)[];
}

/** A proposal's preview; null when nobody asked for one. */
export async function shownPreview(objects: ObjectStore, id: string): Promise<ShownPreview | null> {
  if (!/^[0-9a-f]{8,64}$/.test(id)) return null;
  const found = await objects.get(previewKey(id));
  if (found === null) return null;
  const { at, base, range, totals, days, channels, reasons, curve, curve_note, inactivity_ms } = JSON.parse(
    found.body.toString('utf8'),
  ) as Preview;
  return {
    at,
    base,
    range,
    totals,
    reasons: reasons.map((reason) => ({ ...reason, words: REASONS[reason.reason].words })),
    curve,
    curve_note,
    inactivity_ms,
    days: summed(days, (day) => day.dt).map(([dt, sides]) => ({ dt, ...sides })),
    sites: summed(days, (day) => day.site).map(([site, sides]) => ({ site, ...sides })),
    channels: summed(channels, (row) => row.channel).map(([channel, sides]) => ({ channel, ...sides })),
  };
}

function summed<R extends Pick<Measured, 'sessions_now' | 'sessions_then'>>(
  rows: readonly R[],
  by: (row: R) => string,
): [string, Moved][] {
  const sums = new Map<string, Moved>();
  for (const row of rows) {
    const sum = sums.get(by(row)) ?? { now: 0, next: 0 };
    sum.now += row.sessions_now;
    sum.next += row.sessions_then;
    sums.set(by(row), sum);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
}
