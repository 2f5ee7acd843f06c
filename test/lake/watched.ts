import type { LandingRecord } from '../../shared/core/event/types.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

export const SITE = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n';
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const START = Date.parse('2026-03-01T00:00:00Z');

export const at = (text: string): number => Date.parse(`2026-03-${text}Z`);
export const view = (id: string, visitor: string, time: number): LandingRecord =>
  pageView('shop', id, visitor, time, `/${id}`);

/** A lake whose sessionizer's reasons are noted: `dataset unit: why`. */
export async function watched(): Promise<{ lake: TestLake; recomputed: () => string[] }> {
  const lines: string[] = [];
  const log = {
    info: (message: string, about?: Record<string, unknown>) => {
      if (message === 'recomputed') lines.push(`${about!['dataset']} ${about!['unit']}: ${about!['why']}`);
    },
    warn: () => {},
    error: (message: string) => {
      throw new Error(message);
    },
  };
  const lake = await openTestLake(SITE, '', { log });
  return { lake, recomputed: () => lines.splice(0).sort() };
}

export const sessions = (lake: TestLake) =>
  lake.rows('SELECT dt, landing_page, event_count FROM sessions ORDER BY started_at, landing_page');

export const unitsOf = (recomputed: string[], dataset: string): string[] =>
  recomputed.filter((line) => line.startsWith(`${dataset} `)).map((line) => line.split(/[ :]/)[1]!);
