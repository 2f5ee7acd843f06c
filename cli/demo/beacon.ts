import type { EventType } from '../../shared/core/event/types.ts';

/** An event as a client sends it; it always has an id of its own, so that sending it again is harmless. */
export interface SentEvent {
  id: string;
  type: EventType;
  /** By the client's clock, ms. */
  time: number;
  seq: number;
  name?: string;
  value?: number;
  visitor?: string;
  user?: string;
  url?: string;
  referrer?: string;
  title?: string;
  properties?: Record<string, unknown>;
}

/** What the collector must answer, known to who made the beacon. */
export interface Expected {
  status: number;
  /** The site of the accepted events; null when the beacon is refused as a whole. */
  site: string | null;
  /** Ids of the events that are taken. */
  accepted: string[];
  /** Those that are refused inside a beacon that is taken. */
  rejected: { index: number; reason: string }[];
}

/** One HTTP request to the collector. */
export interface Beacon {
  /** When the collector receives it, ms UTC. */
  at: number;
  method: 'GET' | 'POST';
  /** With the query string. */
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  expected: Expected;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
